//! The service: its operations and its view of the clouds behind its routes.

use std::{sync::Arc, time::Duration};

use gennaker_base::SharedClock;
use gennaker_clients::Front50Client;
use gennaker_http::{Api, Endpoint, Health};
use gennaker_provider_api::{AccountDefinition, Provider};
use gennaker_store::{Owner, SharedStore};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    app::{definitions::Definitions, health, operations::Operations, providers::Providers, served::Served, tags::Tags},
    artifacts::Artifacts,
    routes,
};

/// What the service works with.
#[derive(Clone)]
pub struct Deps {
    /// Where tasks and accounts are kept.
    pub store: SharedStore,
    /// This node's present life; `None` while it has none.
    pub owner: watch::Receiver<Option<Owner>>,
    /// Store-corrected time.
    pub clock: SharedClock,
    /// The clouds, each under its own name.
    pub providers: Vec<Arc<dyn Provider>>,
    /// What fetches artifacts.
    pub artifacts: Artifacts,
    /// Where projects and entity tags are kept.
    pub front50: Front50Client,
    /// The accounts that the configuration defines, now and whenever it changes.
    pub accounts: watch::Receiver<Arc<Vec<AccountDefinition>>>,
}

/// clouddriver: cheap to clone.
#[derive(Clone)]
pub struct Clouddriver {
    pub(crate) providers: Providers,
    pub(crate) operations: Operations,
    pub(crate) artifacts: Artifacts,
    pub(crate) definitions: Definitions,
    pub(crate) served: Served,
    pub(crate) tags: Tags,
    pub(crate) front50: Front50Client,
    pub(crate) clock: SharedClock,
    pub(crate) refresh_wait: Duration,
    owner: watch::Receiver<Option<Owner>>,
    health: Health,
}

impl Clouddriver {
    /// A service that runs no operation until [`Clouddriver::run`] runs; it reads at once.
    pub fn new(options: &Options, deps: Deps) -> Self {
        let tags = Tags::new(deps.front50.clone(), deps.clock.clone());
        let providers = Providers::new(deps.providers.clone()).with_own(Arc::new(tags.clone()));
        let folder = options.accounts_folder.clone().filter(|folder| !folder.as_os_str().is_empty());
        let definitions = Definitions::new(deps.store.clone(), providers.clone(), deps.accounts.clone(), folder);
        let good_after = Duration::from_millis(options.good_after_ms);
        let served = Served::new(deps.store.clone(), deps.clock.clone(), good_after);
        Clouddriver {
            served,
            tags,
            front50: deps.front50.clone(),
            definitions,
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

    /// Runs operations and keeps accounts until `shutdown`. What is under way then stays recorded, and goes on with its next owner.
    pub async fn run(&self, shutdown: CancellationToken) {
        tokio::join!(
            self.operations.run(shutdown.clone()),
            self.artifacts.clear(&self.clock),
            self.definitions.run(&shutdown),
            self.served.run(&self.providers, &shutdown),
            health::accounts(&self.providers, self.health.component("accounts"), &shutdown),
            health::operations(self.owner.clone(), self.health.component("operations"), &shutdown),
        );
    }
}
