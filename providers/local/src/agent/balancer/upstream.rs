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

use hyper::client::conn::{http1, http2};
use serde::{Deserialize, Serialize};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{body::RequestBody, counters::Counters, sender::Sender};
use crate::protocol::InstanceProtocol;

const MOST_IDLE: usize = 64;
const IDLE_FOR: Duration = Duration::from_secs(30);

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
    closed: AtomicBool,
    emptied: Notify,
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
            closed: AtomicBool::new(false),
            emptied: Notify::new(),
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
        self.closed.store(true, Ordering::SeqCst);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).take();
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
        &self.target.instance
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.target.address
    }

    pub(super) fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// Cancelled by [`Upstream::cut`].
    pub(super) fn cut_token(&self) -> &CancellationToken {
        &self.cut
    }

    /// Begins a request; None if no more are taken.
    pub(super) fn enter(self: &Arc<Self>) -> Option<InFlight> {
        // First count, then look: with `close` doing it the other way round, one of both sees the other.
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.counters.begin();
        let entered = InFlight(self.clone());
        (!self.closed.load(Ordering::SeqCst)).then_some(entered)
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
        if !self.closed.load(Ordering::SeqCst) {
            *shared = Some(sender.clone());
        }
    }

    /// Keeps a connection whose response was read to the end.
    pub(super) fn put_back(&self, sender: Sender) {
        let Sender::Http1(sender) = sender else { return };
        if sender.is_closed() || self.closed.load(Ordering::SeqCst) {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Waits for `upstreams`, which are closed, to empty, at most for `limit`, then cuts them. Returns how much was cut.
pub(in crate::agent) async fn drain(upstreams: Vec<Arc<Upstream>>, limit: Duration) -> usize {
    let emptied = futures::future::join_all(upstreams.iter().map(|upstream| upstream.emptied()));
    match tokio::time::timeout(limit, emptied).await {
        Ok(_) => 0,
        Err(_) => upstreams.iter().map(|upstream| upstream.cut()).sum(),
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
        self.0.counters.end();
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
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
        let emptied = tokio::spawn({
            let upstream = upstream.clone();
            async move { upstream.emptied().await }
        });
        drop(running);
        emptied.await.unwrap();
        assert_eq!(upstream.cut(), 0);
    }
}
