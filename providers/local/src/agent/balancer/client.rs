//! A client connection, and the owner of those of one listener.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use tokio::{sync::OwnedSemaphorePermit, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{pace::Pace, pool::Pool};

/// A client connection, as whatever runs on it sees it.
#[derive(Debug, Clone)]
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) pace: Arc<Pace>,
    pub(super) owner: ClientConnections,
    /// Its place among the balancer's connections, also while it is a tunnel.
    pub(super) _place: Arc<Place>,
}

/// A place among the connections that a balancer may have; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    pool: Arc<Pool>,
    room: Option<OwnedSemaphorePermit>,
}

impl Place {
    pub(super) fn take(pool: Arc<Pool>, room: OwnedSemaphorePermit) -> Arc<Place> {
        pool.open.fetch_add(1, Relaxed);
        Arc::new(Place { pool, room: Some(room) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.pool.open.fetch_sub(1, Relaxed);
        if let Some(room) = self.room.take() {
            self.pool.give_back(room);
        }
    }
}

/// The client connections of one listener, tunnels included. To be ended with [`ClientConnections::end`].
#[derive(Debug, Clone, Default)]
pub(in crate::agent) struct ClientConnections {
    pub(super) tasks: TaskTracker,
    /// Cancelled: they end after what they are working on.
    pub(super) stop: CancellationToken,
    /// Cancelled: they end at once.
    pub(super) abort: CancellationToken,
}

impl ClientConnections {
    /// Lets them finish for `patience`, then breaks off what is left. Nobody may add to them any more.
    pub(in crate::agent) async fn end(&self, patience: Duration) {
        self.stop.cancel();
        self.tasks.close();
        if timeout(patience, self.tasks.wait()).await.is_err() {
            self.abort.cancel();
            self.tasks.wait().await;
        }
    }

    /// Returns once they have all ended by themselves. Nobody may add to them any more.
    pub(in crate::agent) async fn ended(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
