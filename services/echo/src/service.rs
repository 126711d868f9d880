//! The service: its state and its routes.

use std::sync::Arc;

use gennaker_base::SharedClock;
use gennaker_clients::Clients;
use gennaker_http::{Api, Endpoint, Health};
use gennaker_store::{Owner, SharedStore};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Options, app::App, routes};

/// What echo needs.
pub struct Deps {
    /// front50, which has the pipelines, and orca, which runs them.
    pub clients: Clients,
    /// The time.
    pub clock: SharedClock,
    /// What decides which node fires cron triggers; without, none fires here.
    pub cluster: Option<Cluster>,
}

/// The cluster that this node is of.
#[derive(Clone)]
pub struct Cluster {
    /// Where leases are, and how far cron triggers have fired.
    pub store: SharedStore,
    /// As whom this node holds leases; `None` while it has none of its own.
    pub owner: watch::Receiver<Option<Owner>>,
}

/// echo. Clones are the same service.
#[derive(Clone)]
pub struct Echo {
    app: Arc<App>,
    health: Health,
}

impl Echo {
    /// A service that knows no pipeline until [`Echo::run`] runs.
    pub fn new(options: Options, deps: Deps) -> Echo {
        let health = Health::new("echo");
        Echo { app: Arc::new(App::new(options, deps, &health)), health }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        routes::api().with_state(self.app.clone()).merge(self.health.api())
    }

    /// What the routes declare, but for `/health`.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }

    /// How the service is.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Keeps the pipelines at hand and fires cron triggers, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.app.run(shutdown).await;
    }
}
