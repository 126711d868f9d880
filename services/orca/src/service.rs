//! The service: its engine behind its routes.

use std::sync::Arc;

use gennaker_http::{Api, Endpoint};
use gennaker_orca_stages::Catalogue;
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    engine::{Deps, Engine},
    routes,
};

/// orca: cheap to clone.
#[derive(Clone)]
pub struct Orca {
    pub(crate) engine: Engine,
    pub(crate) catalogue: Arc<Catalogue>,
}

impl Orca {
    /// A service that drives nothing until [`Orca::run`] runs.
    pub fn new(options: &Options, deps: Deps) -> Self {
        let catalogue = deps.catalogue.clone();
        Orca { engine: Engine::new(deps, options.into()), catalogue }
    }

    /// Its routes; their state is the service.
    pub fn api(&self) -> Api<Orca> {
        routes::api()
    }

    /// What its routes are, without a service.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }

    /// The engine, for who embeds it.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Drives executions until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.engine.run(shutdown).await;
    }
}
