//! The service: its clients behind its routes.

use std::sync::Arc;

use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::Clients;
use gennaker_http::{Api, Endpoint, Health};
use tokio_util::sync::CancellationToken;

use crate::{Options, app::events::Events, routes};

/// gate: cheap to clone.
#[derive(Clone)]
pub struct Gate {
    pub(crate) options: Arc<Options>,
    pub(crate) clients: Clients,
    pub(crate) clock: SharedClock,
    /// Who follows what changes.
    pub(crate) events: Events,
    health: Health,
}

impl Gate {
    /// A service in front of `clients`.
    pub fn new(options: Options, clients: Clients) -> Gate {
        let clock: SharedClock = Arc::new(SystemClock);
        let events = Events::new(clients.clone(), clock.clone());
        Gate { options: Arc::new(options), clients, clock, events, health: Health::new("gate") }
    }

    /// The same with another clock: event ids have its time.
    pub fn with_clock(self, clock: SharedClock) -> Gate {
        Gate { events: Events::new(self.clients.clone(), clock.clone()), clock, ..self }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        routes::api().with_state(self.clone()).merge(self.health.api())
    }

    /// Ends the answers that go on for ever when it is cancelled: cancel it before sockets wait for their answers.
    /// [`Gate::run`] does when it is shut down.
    pub fn endless_answers(&self) -> CancellationToken {
        self.events.stop().clone()
    }

    /// Owns what it looks at for those who follow, until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        shutdown.cancelled().await;
        self.events.stop().cancel();
        self.events.ended().await;
    }

    /// Its health: it is up as long as it answers, whatever the services behind it do.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// What its routes are, without a service.
    pub fn endpoints() -> Vec<Endpoint> {
        routes::api().endpoints().to_vec()
    }
}
