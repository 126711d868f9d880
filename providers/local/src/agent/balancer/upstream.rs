//! An instance as the balancers see it: an address, what is running on it, and idle connections to it.
//!
//! It lives from one enabling of its server group to the disabling. [`Upstream::enter`] and [`Upstream::close`] are a
//! handshake: whoever disables sees every request that got in, and no request gets in after that. One that is enabled
//! again before it has emptied is opened again, and what was running on it is not cut ([`reopen`]).

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hyper::client::conn::{http1, http2};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{body::RequestBody, counters::Counters, sender::Sender};
use crate::protocol::InstanceProtocol;

const MOST_IDLE: usize = 64;
const IDLE_FOR: Duration = Duration::from_secs(30);

/// It takes no requests.
const CLOSED: u64 = 1;
/// What was running on it was cut; it is never opened again.
const CUT: u64 = 2;
/// Added each time that it is opened again, so that a drain of before does not cut what came after.
const REOPENED: u64 = 4;

/// Where an instance is and what it speaks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::agent) struct Target {
    pub(in crate::agent) instance: String,
    pub(in crate::agent) address: SocketAddr,
    pub(in crate::agent) protocol: InstanceProtocol,
}

/// An instance that takes requests.
#[derive(Debug)]
pub(in crate::agent) struct Upstream {
    target: Target,
    counters: Arc<Counters>,
    in_flight: AtomicUsize,
    /// [`CLOSED`], [`CUT`], and how often it was opened again.
    state: AtomicU64,
    /// Something ended, or it was opened again.
    changed: Notify,
    cut: CancellationToken,
    idle: Mutex<Vec<Idle>>,
    /// Of an instance that speaks HTTP/2: the connection that requests share.
    shared: Mutex<Option<http2::SendRequest<RequestBody>>>,
}

#[derive(Debug)]
struct Idle {
    sender: http1::SendRequest<RequestBody>,
    since: Instant,
}

impl Upstream {
    pub(in crate::agent) fn new(target: Target, counters: Arc<Counters>) -> Arc<Self> {
        Arc::new(Upstream {
            target,
            counters,
            in_flight: AtomicUsize::new(0),
            state: AtomicU64::new(0),
            changed: Notify::new(),
            cut: CancellationToken::new(),
            idle: Mutex::default(),
            shared: Mutex::default(),
        })
    }

    pub(in crate::agent) fn target(&self) -> &Target {
        &self.target
    }

    /// Takes no more requests. What is running goes on.
    pub(in crate::agent) fn close(&self) {
        self.state.fetch_or(CLOSED, Ordering::SeqCst);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// How many requests and tunnels are running.
    pub(in crate::agent) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    fn is_closed(&self) -> bool {
        self.state.load(Ordering::SeqCst) & CLOSED != 0
    }

    /// Takes requests again; false if it was cut, and will never.
    fn reopen(&self) -> bool {
        let opened = |state| (state & (CLOSED | CUT) == CLOSED).then(|| state - CLOSED + REOPENED);
        let reopened = self.state.fetch_update(Ordering::SeqCst, Ordering::SeqCst, opened).is_ok();
        if reopened {
            self.changed.notify_waiters();
        }
        reopened
    }

    /// Returns once nothing is running, or it is not in `state` any more.
    async fn emptied(&self, state: u64) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.in_flight() == 0 || self.state.load(Ordering::SeqCst) != state {
                return;
            }
            changed.await;
        }
    }

    /// Breaks off what is running and returns how much that was; nothing, if it is not in `state` any more.
    fn cut(&self, state: u64) -> usize {
        let running = self.in_flight();
        if self.state.compare_exchange(state, state | CUT, Ordering::SeqCst, Ordering::SeqCst).is_err() {
            return 0;
        }
        self.cut.cancel();
        running
    }

    pub(super) fn instance(&self) -> &str {
        &self.target.instance
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.target.address
    }

    pub(super) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Cancelled at the end of a drain that something has outlived.
    pub(super) fn cut_token(&self) -> &CancellationToken {
        &self.cut
    }

    /// Begins a request; None if no more are taken.
    pub(super) fn enter(self: &Arc<Self>) -> Option<InFlight> {
        // First count, then look: with `close` doing it the other way round, one of both sees the other.
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.counters.begin();
        let entered = InFlight(self.clone());
        (!self.is_closed()).then_some(entered)
    }

    /// A connection that may be used again: the shared one, or the one that was idle for the shortest time.
    pub(super) fn reusable(&self) -> Option<Sender> {
        if self.target.protocol == InstanceProtocol::Http2 {
            let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            return shared.as_ref().filter(|sender| !sender.is_closed()).cloned().map(Sender::Http2);
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop() {
            if !connection.sender.is_closed() && connection.since.elapsed() < IDLE_FOR {
                return Some(Sender::Http1(connection.sender));
            }
        }
        None
    }

    /// Lets other requests share a new connection.
    pub(super) fn share(&self, sender: &http2::SendRequest<RequestBody>) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.is_closed() {
            *shared = Some(sender.clone());
        }
    }

    /// Keeps a connection whose response was read to the end.
    pub(super) fn put_back(&self, sender: Sender) {
        let Sender::Http1(sender) = sender else { return };
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at with the lock, which closing takes after it has said so: nothing stays behind.
        if sender.is_closed() || self.is_closed() {
            return;
        }
        if idle.first().is_some_and(|oldest| idle.len() >= MOST_IDLE || oldest.since.elapsed() >= IDLE_FOR) {
            idle.remove(0);
        }
        idle.push(Idle { sender, since: Instant::now() });
    }

    #[cfg(test)]
    pub(super) fn for_test(instance: &str) -> Arc<Upstream> {
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        let target = Target { instance: instance.to_owned(), address, protocol: InstanceProtocol::Http1 };
        Upstream::new(target, Arc::default())
    }
}

/// Waits for `upstreams`, which are closed, to empty, at most for `limit`, then cuts them. Returns how much was cut. One that
/// is opened again meanwhile is not waited for and not cut.
pub(in crate::agent) fn drain(
    upstreams: Vec<Arc<Upstream>>,
    limit: Duration,
) -> impl Future<Output = usize> + Send + 'static {
    let closed: Vec<(Arc<Upstream>, u64)> = upstreams
        .into_iter()
        .map(|upstream| {
            let state = upstream.state.load(Ordering::SeqCst);
            (upstream, state)
        })
        .collect();
    async move {
        let emptied = futures::future::join_all(closed.iter().map(|(upstream, state)| upstream.emptied(*state)));
        match tokio::time::timeout(limit, emptied).await {
            Ok(_) => 0,
            Err(_) => closed.iter().map(|(upstream, state)| upstream.cut(*state)).sum(),
        }
    }
}

/// Opens the one of `closed` again that leads to `target`, if something is still running on it, and takes it out of them.
pub(in crate::agent) fn reopen(closed: &mut Vec<Arc<Upstream>>, target: &Target) -> Option<Arc<Upstream>> {
    let running = |upstream: &Arc<Upstream>| upstream.target == *target && upstream.in_flight() > 0;
    let index = closed.iter().position(|upstream| running(upstream) && upstream.reopen())?;
    Some(closed.swap_remove(index))
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
        self.0.counters.end();
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_closed_one_lets_nobody_in_and_empties() {
        let upstream = Upstream::for_test("a");
        let running = upstream.enter().unwrap();
        upstream.close();
        assert!(upstream.enter().is_none());
        assert_eq!(upstream.in_flight(), 1);
        let drained = tokio::spawn(drain(vec![upstream.clone()], Duration::from_secs(600)));
        drop(running);
        assert_eq!(drained.await.unwrap(), 0);
        assert!(
            reopen(&mut vec![upstream.clone()], upstream.target()).is_none(),
            "nothing runs on it: a new one will do"
        );
    }

    #[tokio::test]
    async fn a_drain_does_not_cut_what_is_in_traffic_again() {
        let upstream = Upstream::for_test("a");
        let running = upstream.enter().unwrap();
        upstream.close();
        let before = drain(vec![upstream.clone()], Duration::ZERO);
        let mut closed = vec![upstream.clone()];
        assert!(reopen(&mut closed, upstream.target()).is_some() && closed.is_empty());
        assert_eq!(before.await, 0, "it is not waited for either");
        assert!(!upstream.cut_token().is_cancelled());
        drop(upstream.enter().expect("it takes requests again"));

        // Its next drain is one of its own, and what was cut stays so.
        upstream.close();
        assert_eq!(drain(vec![upstream.clone()], Duration::ZERO).await, 1);
        assert!(upstream.cut_token().is_cancelled());
        assert!(reopen(&mut vec![upstream.clone()], upstream.target()).is_none());
        drop(running);
    }
}
