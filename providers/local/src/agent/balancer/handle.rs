//! A balancer as the director handles it: its listeners come and go, its routes, limits and sources change while it runs.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::{
    Connections, Limits, Listener, Route, Sources, client::ClientConnections, listener, pool::Pool, routes::Routes,
};
use crate::protocol::Protocol;

/// A balancer. It must be ended with [`Balancer::stop`] or [`Balancer::retire`].
#[derive(Debug)]
pub(in crate::agent) struct Balancer {
    pool: Arc<Pool>,
    /// By port.
    listeners: BTreeMap<u16, Listener>,
}

impl Balancer {
    /// A balancer that listens nowhere yet. It accepts once `opened` is cancelled.
    pub(in crate::agent) fn new(
        name: &str,
        limits: Limits,
        sources: Option<Sources>,
        connections: Connections,
        opened: CancellationToken,
    ) -> Balancer {
        let pool = Pool {
            name: name.to_owned(),
            room: Arc::new(Semaphore::new(limits.connections)),
            places: Mutex::new(limits.connections),
            limits: watch::Sender::new(limits),
            routes: watch::Sender::new(Arc::default()),
            sources: watch::Sender::new(sources.map(Arc::new)),
            turn: AtomicU64::new(0),
            connections,
            opened,
            retiring: CancellationToken::new(),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            open: AtomicU64::new(0),
        };
        Balancer { pool: Arc::new(pool), listeners: BTreeMap::new() }
    }

    /// A listener for this balancer on `address`, or on `inherited`, a socket that listens there already.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub(in crate::agent) fn bind(
        &self,
        address: SocketAddr,
        protocol: Protocol,
        inherited: Option<std::net::TcpListener>,
    ) -> std::io::Result<Listener> {
        Listener::start(listener::listen(address, inherited)?, protocol, self.pool.clone())
    }

    /// Keeps a listener that [`Balancer::bind`] made; returns the one that it replaces.
    pub(in crate::agent) fn add(&mut self, listener: Listener) -> Option<Listener> {
        self.listeners.insert(listener.address().port(), listener)
    }

    pub(in crate::agent) fn remove(&mut self, port: u16) -> Option<Listener> {
        self.listeners.remove(&port)
    }

    pub(in crate::agent) fn listener(&self, port: u16) -> Option<&Listener> {
        self.listeners.get(&port)
    }

    pub(in crate::agent) fn ports(&self) -> Vec<u16> {
        self.listeners.keys().copied().collect()
    }

    /// Sends the next requests to these instances.
    pub(in crate::agent) fn route(&self, routes: Vec<Route>) {
        let new = Routes::new(routes);
        self.pool.routes.send_if_modified(|routes| {
            let changed = !routes.same(&new);
            if changed {
                *routes = Arc::new(new);
            }
            changed
        });
    }

    /// Applies other limits to the next requests. Fewer connections: as they end.
    pub(in crate::agent) fn limit(&self, limits: Limits) {
        self.pool.limits.send_replace(limits);
        self.pool.fit();
    }

    /// Lets in only these from now on; with None everybody. Connections that are open stay.
    pub(in crate::agent) fn admit(&self, sources: Option<Sources>) {
        self.pool.sources.send_replace(sources.map(Arc::new));
    }

    /// Where its connections are counted.
    pub(in crate::agent) fn meter(&self) -> Meter {
        Meter(self.pool.clone())
    }

    /// Its listening sockets once more, for another agent.
    ///
    /// # Errors
    /// If this process has no room for more descriptors.
    pub(in crate::agent) fn sockets(&self) -> std::io::Result<Vec<std::net::TcpListener>> {
        self.listeners.values().map(Listener::socket).collect()
    }

    /// Frees the ports, lets requests finish for `patience`, then breaks off what is left.
    pub(in crate::agent) async fn stop(self, patience: Duration) {
        futures::future::join_all(self.listeners.into_values().map(|listener| listener.stop(patience))).await;
    }

    /// Accepts no more, and asks clients to come back on a new connection, to an agent that accepts in its place. What
    /// is open goes on as its clients wish.
    pub(in crate::agent) async fn retire(self) -> Retired {
        self.pool.retiring.cancel();
        let clients = futures::future::join_all(self.listeners.into_values().map(Listener::deafen)).await;
        Retired { pool: self.pool, clients }
    }
}

/// Reads how many connections a balancer had.
#[derive(Debug, Clone)]
pub(in crate::agent) struct Meter(Arc<Pool>);

/// How many client connections a balancer has let in, hung up on, and has open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::agent) struct Connected {
    pub(in crate::agent) admitted: u64,
    pub(in crate::agent) refused: u64,
    pub(in crate::agent) open: u64,
}

impl Meter {
    pub(in crate::agent) fn read(&self) -> Connected {
        let Pool { accepted, refused, open, .. } = &*self.0;
        Connected { admitted: accepted.load(Relaxed), refused: refused.load(Relaxed), open: open.load(Relaxed) }
    }
}

/// A balancer that accepts no more, with the connections that it still has.
#[derive(Debug)]
pub(in crate::agent) struct Retired {
    pool: Arc<Pool>,
    clients: Vec<ClientConnections>,
}

impl Retired {
    /// Sends the next requests of its connections to these instances.
    pub(in crate::agent) fn route(&self, routes: Vec<Route>) {
        self.pool.routes.send_replace(Arc::new(Routes::new(routes)));
    }

    /// Returns once all its connections have ended.
    pub(in crate::agent) fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let clients = self.clients.clone();
        async move {
            futures::future::join_all(clients.iter().map(ClientConnections::ended)).await;
        }
    }

    /// Lets what runs finish for `patience`, then breaks off what is left.
    pub(in crate::agent) async fn stop(&self, patience: Duration) {
        futures::future::join_all(self.clients.iter().map(|clients| clients.end(patience))).await;
    }
}
