//! What the listeners of one balancer share: where requests may go, within which limits, and who may ask.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::{Connections, routes::Routes, sources::Sources, upstream::InFlight};

/// The limits of a balancer; their meaning and defaults are those of
/// [`LoadBalancerSpec`](crate::protocol::LoadBalancerSpec).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct Limits {
    pub(in crate::agent) connect_timeout: Duration,
    pub(in crate::agent) response_timeout: Duration,
    pub(in crate::agent) header_timeout: Duration,
    pub(in crate::agent) send_timeout: Duration,
    pub(in crate::agent) idle_timeout: Duration,
    pub(in crate::agent) connections: usize,
}

/// The shared side of a balancer.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) name: String,
    pub(super) limits: watch::Sender<Limits>,
    pub(super) routes: watch::Sender<Arc<Routes>>,
    /// None: everybody may connect.
    pub(super) sources: watch::Sender<Option<Arc<Sources>>>,
    pub(super) turn: AtomicU64,
    /// To the instances.
    pub(super) connections: Connections,
    /// For client connections.
    pub(super) room: Arc<Semaphore>,
    /// How many may be there at most: more than the limit while connections of before it was lowered are open.
    pub(super) places: Mutex<usize>,
    /// Cancelled when it may begin to accept.
    pub(super) opened: CancellationToken,
    /// Cancelled when another agent accepts in its place: clients are asked to come back on a new connection.
    pub(super) retiring: CancellationToken,
    pub(super) accepted: AtomicU64,
    pub(super) refused: AtomicU64,
    pub(super) open: AtomicU64,
}

impl Pool {
    pub(super) fn limits(&self) -> Limits {
        *self.limits.borrow()
    }

    /// Makes as many places for client connections as the limit says, as far as they are free.
    pub(super) fn fit(&self) {
        let wanted = self.limits().connections;
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if wanted > *places {
            self.room.add_permits(wanted - *places);
            *places = wanted;
        } else {
            *places -= self.room.forget_permits(*places - wanted);
        }
    }

    /// A client connection has ended: another one may take its place, unless there are too many.
    pub(super) fn give_back(&self, room: OwnedSemaphorePermit) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if *places > self.limits().connections {
            *places -= 1;
            room.forget();
        }
    }

    /// Begins a request or connection on an instance. One that closed since the routes were read is not among the newer
    /// routes.
    pub(super) fn enter(&self, without: &[String]) -> Option<InFlight> {
        let turn = self.turn.fetch_add(1, Relaxed);
        for _ in 0..8 {
            let routes = self.routes.borrow().clone();
            if let Some(in_flight) = routes.choose(without, turn) {
                return Some(in_flight);
            }
            if Arc::ptr_eq(&routes, &self.routes.borrow()) {
                return None;
            }
        }
        None
    }

    /// Whether a client at `address` may connect to the listener on `port`; counts both.
    pub(super) fn admit(&self, address: IpAddr, port: u16) -> bool {
        let admitted = self.sources.borrow().as_ref().is_none_or(|sources| sources.admit(address, port));
        let counter = if admitted { &self.accepted } else { &self.refused };
        counter.fetch_add(1, Relaxed);
        admitted
    }
}
