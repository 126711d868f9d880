//! The service: its clients behind its routes.

use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::Clients;
use gennaker_http::{Api, Endpoint, Health};
use tokio_util::sync::CancellationToken;

use crate::{
    Options,
    app::{application_list::ApplicationList, events::Events},
    forward::Forward,
    identity,
    rate_limit::{self, RateLimit},
    routes,
};

/// An endpoint, and what of a service behind it answers with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The method, for example `GET`.
    pub method: String,
    /// gate's path.
    pub path: &'static str,
    /// The service behind, for example `front50`.
    pub service: &'static str,
    /// The service's method.
    pub to_method: String,
    /// Its path; its parameters are named as in gate's path or query.
    pub to: &'static str,
    /// Whether gate has an answer of its own, an empty one, where the service has no such thing.
    pub is_optional: bool,
}

/// gate: cheap to clone.
#[derive(Clone)]
pub struct Gate {
    pub(crate) options: Arc<Options>,
    pub(crate) clients: Clients,
    pub(crate) clock: SharedClock,
    /// Who follows what changes.
    pub(crate) events: Events,
    /// The list of all applications.
    pub(crate) applications: ApplicationList,
    /// The services that run in the same process.
    pub(crate) neighbours: Arc<[Health]>,
    rate_limit: RateLimit,
    health: Health,
}

impl Gate {
    /// A service in front of `clients`.
    pub fn new(options: Options, clients: Clients) -> Gate {
        let clock: SharedClock = Arc::new(SystemClock);
        let rate_limit = RateLimit::new(options.rate_limit.clone(), clock.clone());
        let events = Events::new(clients.clone(), clock.clone());
        let applications = ApplicationList::default();
        let health = Health::new("gate");
        let neighbours = Arc::default();
        Gate { options: Arc::new(options), clients, clock, events, applications, neighbours, rate_limit, health }
    }

    /// The same beside these services of its process, whose health it tells administrators.
    pub fn beside(self, neighbours: Vec<Health>) -> Gate {
        Gate { neighbours: neighbours.into(), ..self }
    }

    /// The same with another clock: event ids have its time.
    pub fn with_clock(self, clock: SharedClock) -> Gate {
        Gate { events: Events::new(self.clients.clone(), clock.clone()), clock, ..self }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        let limited = from_fn_with_state(self.rate_limit.clone(), rate_limit::admit);
        // Who is asking is known before it is counted.
        let known = from_fn_with_state(self.options.header, identity::complete);
        let api = routes::api().layer(limited).layer(known);
        api.with_state(self.clone()).merge(self.health.api())
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

    /// The endpoints that are passed on, and to what: an endpoint of ours is there as far as that one is.
    pub fn forwarded() -> Vec<Forwarded> {
        let of = |endpoint: &Forward| Forwarded {
            method: endpoint.verb.method().to_string(),
            path: endpoint.path,
            service: endpoint.service.name(),
            to_method: endpoint.verb.method().to_string(),
            to: endpoint.to,
            is_optional: endpoint.is_optional(),
        };
        routes::forwarded().map(of).collect()
    }

    /// The same for endpoints that do more than pass on, but nothing without an endpoint behind.
    pub fn relying() -> Vec<Forwarded> {
        let of = |rest: &routes::Relying| Forwarded {
            method: rest.method.to_owned(),
            path: rest.path,
            service: rest.service.name(),
            to_method: rest.to_method.to_owned(),
            to: rest.to,
            is_optional: false,
        };
        routes::RELYING.iter().map(of).collect()
    }
}
