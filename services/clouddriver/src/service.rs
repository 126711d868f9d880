//! The service: its operations and its view of the clouds behind its routes.

use std::{sync::Arc, time::Duration};

use gennaker_base::SharedClock;
use gennaker_http::{Api, Endpoint, Health};
use gennaker_provider_api::Provider;
use gennaker_store::{Owner, SharedStore};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    app::{health, operations::Operations, providers::Providers},
    artifacts::Artifacts,
    routes,
};

/// What the service works with.
#[derive(Clone)]
pub struct Deps {
    /// Where tasks are kept.
    pub store: SharedStore,
    /// This node's present life; `None` while it has none.
    pub owner: watch::Receiver<Option<Owner>>,
    /// Store-corrected time.
    pub clock: SharedClock,
    /// The clouds, each under its own name.
    pub providers: Vec<Arc<dyn Provider>>,
    /// What fetches artifacts.
    pub artifacts: Artifacts,
}

/// clouddriver: cheap to clone.
#[derive(Clone)]
pub struct Clouddriver {
    pub(crate) providers: Providers,
    pub(crate) operations: Operations,
    pub(crate) artifacts: Artifacts,
    pub(crate) clock: SharedClock,
    pub(crate) refresh_wait: Duration,
    owner: watch::Receiver<Option<Owner>>,
    health: Health,
}

impl Clouddriver {
    /// A service that runs no operation until [`Clouddriver::run`] runs; it reads at once.
    pub fn new(options: &Options, deps: Deps) -> Self {
        let providers = Providers::new(deps.providers.clone());
        Clouddriver {
            operations: Operations::new(options, &deps, providers.clone()),
            providers,
            artifacts: deps.artifacts,
            owner: deps.owner,
            clock: deps.clock,
            refresh_wait: Duration::from_millis(options.refresh_wait_ms),
            health: Health::new("clouddriver"),
        }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        routes::api().with_state(self.clone()).merge(self.health.api())
    }

    /// What its routes are, without a service.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }

    /// Its health: a component `accounts` that names each broken account and is up all the same.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Runs operations until `shutdown`. What is under way then stays recorded, and goes on with its next owner.
    pub async fn run(&self, shutdown: CancellationToken) {
        tokio::join!(
            self.operations.run(shutdown.clone()),
            self.artifacts.clear(&self.clock),
            health::accounts(&self.providers, self.health.component("accounts"), &shutdown),
            health::operations(self.owner.clone(), self.health.component("operations"), &shutdown),
        );
    }
}
