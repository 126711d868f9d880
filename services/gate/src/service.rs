//! The service: its clients behind its routes.

use std::sync::Arc;

use axum::middleware::{from_fn, from_fn_with_state};
use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::Clients;
use gennaker_http::{Api, Endpoint, Health};

use crate::{
    Options,
    forward::Forward,
    identity,
    rate_limit::{self, RateLimit},
    routes,
};

/// An endpoint that is passed on with the same method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// The method, for example `GET`.
    pub method: String,
    /// gate's path.
    pub path: &'static str,
    /// The service behind, for example `front50`.
    pub service: &'static str,
    /// Its path; its parameters are named as in gate's path or query.
    pub to: &'static str,
}

/// gate: cheap to clone.
#[derive(Clone)]
pub struct Gate {
    pub(crate) options: Arc<Options>,
    pub(crate) clients: Clients,
    pub(crate) clock: SharedClock,
    rate_limit: RateLimit,
    health: Health,
}

impl Gate {
    /// A service in front of `clients`.
    pub fn new(options: Options, clients: Clients) -> Gate {
        let clock: SharedClock = Arc::new(SystemClock);
        let rate_limit = RateLimit::new(options.rate_limit.clone(), clock.clone());
        Gate { options: Arc::new(options), clients, clock, rate_limit, health: Health::new("gate") }
    }

    /// The same with another clock: event ids have its time.
    pub fn with_clock(self, clock: SharedClock) -> Gate {
        Gate { clock, ..self }
    }

    /// Its routes, `/health` included.
    pub fn api(&self) -> Api {
        let limited = from_fn_with_state(self.rate_limit.clone(), rate_limit::admit);
        let api = routes::api().layer(from_fn(identity::complete)).layer(limited);
        api.with_state(self.clone()).merge(self.health.api())
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
            to: endpoint.to,
        };
        routes::forwarded().map(of).collect()
    }
}
