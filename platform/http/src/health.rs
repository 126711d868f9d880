//! Whether a service can do its work: named components that say so themselves, and `GET /health` as Spring Boot's.
//!
//! ```
//! use gennaker_http::{Health, HealthStatus};
//!
//! let health = Health::new("front50");
//! let store = health.component("store");
//! assert_eq!(health.status(), HealthStatus::Down, "a component is down until it says otherwise");
//! store.up();
//! assert_eq!(health.status(), HealthStatus::Up);
//! ```
//!
//! The answer is what the components last said: asking does no I/O, so that it is quick under load and while a peer is
//! unreachable.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{Api, Permission, get};

/// How a component or a service is, in Spring Boot's words.
///
/// A service is as its worst component, in the order of the variants; a service without components is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HealthStatus {
    /// It does not work, or has not started to.
    Down,
    /// It works and wants no new work: it is being stopped.
    OutOfService,
    /// It works.
    Up,
    /// Nobody can say; it counts as working.
    Unknown,
}

impl HealthStatus {
    /// Whether a balancer should send work here.
    pub fn is_serving(self) -> bool {
        matches!(self, HealthStatus::Up | HealthStatus::Unknown)
    }
}

/// The health of one service. Clones are the same health.
#[derive(Debug, Clone)]
pub struct Health {
    service: &'static str,
    components: Arc<RwLock<BTreeMap<String, Reported>>>,
}

/// The handle with which one component says how it is. Clones are the same component.
#[derive(Debug, Clone)]
pub struct HealthComponent {
    name: String,
    health: Health,
}

#[derive(Debug, Clone, Serialize)]
struct Reported {
    status: HealthStatus,
    #[serde(skip_serializing_if = "Map::is_empty")]
    details: Map<String, Value>,
}

impl Health {
    /// The health of `service`, without components yet.
    pub fn new(service: &'static str) -> Self {
        Health { service, components: Arc::default() }
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Adds a component, which is down until it says otherwise; the same name is the same component.
    pub fn component(&self, name: &str) -> HealthComponent {
        let mut components = self.components.write().unwrap_or_else(PoisonError::into_inner);
        components.entry(name.to_owned()).or_insert_with(|| Reported {
            status: HealthStatus::Down,
            details: Map::from_iter([("reason".to_owned(), "it has not started yet".into())]),
        });
        drop(components);
        HealthComponent { name: name.to_owned(), health: self.clone() }
    }

    /// The status of the service.
    pub fn status(&self) -> HealthStatus {
        worst(&self.read())
    }

    /// `GET /health`, to be merged into the service's routes: 200, or 503 if the service is down or out of service.
    pub fn api<S: Clone + Send + Sync + 'static>(&self) -> Api<S> {
        let health = self.clone();
        let answer = move || {
            let health = health.clone();
            async move { health.answer() }
        };
        Api::new(self.service).route(get("/health", answer).needs(Permission::Public).always())
    }

    /// What `GET /health` answers with, whatever its status: `{"status": "UP", "components": {...}}`.
    pub fn report(&self) -> Value {
        let components = self.read();
        json!({ "status": worst(&components), "components": *components })
    }

    fn answer(&self) -> Response {
        let code = if self.status().is_serving() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        (code, axum::Json(self.report())).into_response()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Reported>> {
        self.components.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn worst(components: &BTreeMap<String, Reported>) -> HealthStatus {
    components.values().map(|component| component.status).min().unwrap_or(HealthStatus::Up)
}

impl HealthComponent {
    /// The component works.
    pub fn up(&self) {
        self.set(HealthStatus::Up, Map::new());
    }

    /// The component does not work; `reason` is a sentence for operators and has no secret in it.
    pub fn down(&self, reason: &str) {
        self.set(HealthStatus::Down, Map::from_iter([("reason".to_owned(), reason.into())]));
    }

    /// Sets the status and what operators should see beside it.
    pub fn set(&self, status: HealthStatus, details: Map<String, Value>) {
        let mut components = self.health.components.write().unwrap_or_else(PoisonError::into_inner);
        let before = components.insert(self.name.clone(), Reported { status, details });
        drop(components);
        if before.is_some_and(|before| before.status != status) {
            tracing::info!(service = self.health.service, component = self.name, ?status, "the health changed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_as_its_worst_component() {
        let health = Health::new("orca");
        assert_eq!(health.status(), HealthStatus::Up);
        let (store, peers) = (health.component("store"), health.component("peers"));
        for (first, second, whole) in [
            (HealthStatus::Up, HealthStatus::Down, HealthStatus::Down),
            (HealthStatus::OutOfService, HealthStatus::Up, HealthStatus::OutOfService),
            (HealthStatus::Unknown, HealthStatus::Up, HealthStatus::Up),
            (HealthStatus::Unknown, HealthStatus::Unknown, HealthStatus::Unknown),
        ] {
            store.set(first, Map::new());
            peers.set(second, Map::new());
            assert_eq!(health.status(), whole, "{first:?} and {second:?}");
        }
    }
}
