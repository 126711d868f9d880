//! The service: its engine behind its routes.

use std::sync::Arc;

use gennaker_http::{Api, Endpoint, Health};
use gennaker_orca_stages::Catalogue;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    app::feed::Feed,
    engine::{Deps, Engine},
    routes,
};

/// How many may follow events at a time, those of one execution or of all: each has a connection for itself, and half of those
/// that orca has are left for others.
const FOLLOWERS: usize = 512;

/// orca: cheap to clone.
#[derive(Clone)]
pub struct Orca {
    pub(crate) engine: Engine,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) options: Arc<Options>,
    /// What changes, of all executions.
    pub(crate) feed: Feed,
    /// Places for those who follow events.
    pub(crate) followers: Arc<Semaphore>,
    /// Cancelled when the service stops: what would answer for ever ends.
    pub(crate) stop: CancellationToken,
    health: Health,
}

impl Orca {
    /// A service that drives nothing until [`Orca::run`] runs.
    pub fn new(options: &Options, deps: Deps) -> Self {
        let (catalogue, stop) = (deps.catalogue.clone(), CancellationToken::new());
        Orca {
            feed: Feed::new(deps.store.clone(), stop.clone()),
            engine: Engine::new(deps, options.into()),
            catalogue,
            options: Arc::new(options.clone()),
            followers: Arc::new(Semaphore::new(FOLLOWERS)),
            stop,
            health: Health::new("orca"),
        }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        routes::api().with_state(self.clone()).merge(self.health.api())
    }

    /// Its health: the component `engine` is up while this node may drive executions.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// What its routes are, without a service.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }

    /// Ends the answers that go on for ever when it is cancelled: cancel it before sockets wait for their answers. [`Orca::run`] does
    /// when it is shut down.
    pub fn endless_answers(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// The engine, for who embeds it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Drives executions until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let component = self.health.component("engine");
        let stopped = async {
            shutdown.cancelled().await;
            self.stop.cancel();
            self.feed.ended().await;
        };
        tokio::join!(self.engine.run(shutdown.clone()), stopped, async {
            let watched = self.engine.watch_ownership(|owned| match owned {
                true => component.up(),
                false => component.down("this node has lost its lease; it joins again by itself"),
            });
            tokio::select! {
                () = watched => {}
                () = shutdown.cancelled() => {}
            }
        });
    }
}
