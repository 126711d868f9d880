//! The service: its state, its routes and the one task that follows other nodes' changes.

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use gennaker_base::SharedClock;
use gennaker_http::{Api, Endpoint, Health};
use gennaker_objects::Objects;
use gennaker_store::Fences;
use tokio_util::sync::CancellationToken;

use crate::{Error, Options, app::App, routes};

/// What front50 needs.
pub struct Deps {
    /// Where the objects are.
    pub objects: Arc<dyn Objects>,
    /// Who may change something on behalf of an execution.
    pub fences: Arc<dyn Fences>,
    /// The time.
    pub clock: SharedClock,
}

/// front50. Clones are the same service.
#[derive(Clone)]
pub struct Front50 {
    app: Arc<App>,
    fences: Arc<dyn Fences>,
    health: Health,
    options: Options,
    clock: SharedClock,
}

impl Front50 {
    /// Loads everything into memory. Objects that cannot be read are skipped, and named in the log and in the health.
    ///
    /// # Errors
    /// If the configuration is wrong or the store cannot be listed.
    pub async fn new(options: Options, deps: Deps) -> Result<Front50, Error> {
        let health = Health::new("front50");
        let (fences, clock) = (deps.fences.clone(), deps.clock.clone());
        let app = App::load(&options, deps, &health).await?;
        Ok(Front50 { app: Arc::new(app), fences, health, options, clock })
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        let fenced = from_fn_with_state(self.fences.clone(), routes::admit);
        routes::api().layer(fenced).with_state(self.app.clone()).merge(self.health.api())
    }

    /// What the routes declare, but for `/health`.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }

    /// How the service is.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Follows what others change in the store, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut listed = self.clock.now();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                () = self.clock.sleep_until(self.clock.now().after(self.options.poll())) => {}
            }
            let all = self.clock.now().since(listed) >= self.options.refresh();
            if all {
                listed = self.clock.now();
            }
            // A refresh in the middle of a shutdown is let go: it changes nothing outside.
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                () = self.app.follow(all) => {}
            }
        }
    }
}
