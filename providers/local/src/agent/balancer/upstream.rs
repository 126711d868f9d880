//! An instance as the balancers see it: an address, what is running on it, and idle connections to it.
//!
//! It lives from one enabling of its server group to the disabling. [`Upstream::enter`] and [`Upstream::close`] are a
//! handshake: whoever disables sees every request that got in, and no request gets in after that.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::client::conn::http1::SendRequest;
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::body::RequestBody;

const MOST_IDLE: usize = 64;
const IDLE_FOR: Duration = Duration::from_secs(30);

/// An instance that takes requests.
#[derive(Debug)]
pub(in crate::agent) struct Upstream {
    instance: String,
    address: SocketAddr,
    in_flight: AtomicUsize,
    closed: AtomicBool,
    emptied: Notify,
    cut: CancellationToken,
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    sender: SendRequest<RequestBody>,
    since: Instant,
}

impl Upstream {
    pub(in crate::agent) fn new(instance: &str, address: SocketAddr) -> Arc<Self> {
        Arc::new(Upstream {
            instance: instance.to_owned(),
            address,
            in_flight: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            emptied: Notify::new(),
            cut: CancellationToken::new(),
            idle: Mutex::default(),
        })
    }

    /// Takes no more requests. What is running goes on.
    pub(in crate::agent) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many requests and tunnels are running.
    pub(in crate::agent) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Returns once nothing is running. To be called after [`Upstream::close`].
    pub(in crate::agent) async fn emptied(&self) {
        loop {
            let mut emptied = std::pin::pin!(self.emptied.notified());
            emptied.as_mut().enable();
            if self.in_flight() == 0 {
                return;
            }
            emptied.await;
        }
    }

    /// Breaks off what is running and returns how much that was.
    pub(in crate::agent) fn cut(&self) -> usize {
        let running = self.in_flight();
        self.cut.cancel();
        running
    }

    pub(super) fn instance(&self) -> &str {
        &self.instance
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cancelled by [`Upstream::cut`].
    pub(super) fn cut_token(&self) -> &CancellationToken {
        &self.cut
    }

    /// Begins a request; None if no more are taken.
    pub(super) fn enter(self: &Arc<Self>) -> Option<InFlight> {
        // First count, then look: with `close` doing it the other way round, one of both sees the other.
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        let entered = InFlight(self.clone());
        (!self.closed.load(Ordering::SeqCst)).then_some(entered)
    }

    /// The connection that was idle for the shortest time, if there is one that seems usable.
    pub(super) fn take_idle(&self) -> Option<SendRequest<RequestBody>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop() {
            if !connection.sender.is_closed() && connection.since.elapsed() < IDLE_FOR {
                return Some(connection.sender);
            }
        }
        None
    }

    /// Keeps a connection whose response was read to the end.
    pub(super) fn put_idle(&self, sender: SendRequest<RequestBody>) {
        if sender.is_closed() || self.closed.load(Ordering::SeqCst) {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.first().is_some_and(|oldest| idle.len() >= MOST_IDLE || oldest.since.elapsed() >= IDLE_FOR) {
            idle.remove(0);
        }
        idle.push(Idle { sender, since: Instant::now() });
    }
}

/// A running request or tunnel.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Upstream>);

impl InFlight {
    pub(super) fn upstream(&self) -> &Arc<Upstream> {
        &self.0
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}

/// Begins a request on the upstream with the fewest running ones, `without` one that has failed it. Among equals the
/// `turn` decides, so that they take turns.
pub(super) fn choose(upstreams: &[Arc<Upstream>], without: Option<&str>, turn: usize) -> Option<InFlight> {
    let count = upstreams.len().max(1);
    let mut candidates: Vec<(usize, usize)> = (0..upstreams.len())
        .map(|step| (turn % count + step) % count)
        .filter(|index| without != Some(upstreams[*index].instance()))
        .map(|index| (upstreams[index].in_flight(), index))
        .collect();
    // Stable, so that the turn is kept.
    candidates.sort_by_key(|(in_flight, _)| *in_flight);
    candidates.into_iter().find_map(|(_, index)| upstreams[index].enter())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(instance: &str) -> Arc<Upstream> {
        Upstream::new(instance, SocketAddr::from(([127, 0, 0, 1], 1)))
    }

    #[test]
    fn the_least_loaded_one_is_chosen_and_equals_take_turns() {
        let all = [upstream("a"), upstream("b"), upstream("c")];
        let chosen = |turn| choose(&all, None, turn).map(|entered| entered.upstream().instance().to_owned());
        assert_eq!([chosen(0), chosen(1), chosen(5)], ["a", "b", "c"].map(|name| Some(name.to_owned())));
        let _busy = (all[0].enter(), all[1].enter());
        assert_eq!([chosen(0), chosen(1)], ["c", "c"].map(|name| Some(name.to_owned())));
        assert!(choose(&all[2..], Some("c"), 0).is_none());
        assert!(choose(&[], None, 0).is_none());
    }

    #[tokio::test]
    async fn a_closed_one_lets_nobody_in_and_empties() {
        let upstream = upstream("a");
        let running = upstream.enter().unwrap();
        upstream.close();
        assert!(upstream.enter().is_none());
        assert_eq!(upstream.in_flight(), 1);
        let emptied = tokio::spawn({
            let upstream = upstream.clone();
            async move { upstream.emptied().await }
        });
        drop(running);
        emptied.await.unwrap();
        assert_eq!(upstream.cut(), 0);
    }
}
