//! What is looked up.

use std::sync::Arc;

use axum::Router;
use gennaker_base::SystemClock;
use gennaker_echo::{Deps, Echo, Options};
use http::StatusCode;
use serde_json::json;

use crate::{
    peers::{Peer, clients},
    world::get,
};

/// echo without peers.
fn alone() -> Router {
    let nobody = Peer::default();
    let deps = Deps { clients: clients(&nobody, &nobody), clock: Arc::new(SystemClock), cluster: None };
    Echo::new(Options::default(), deps).api().into_service((), Default::default())
}

#[tokio::test]
async fn cron_expressions_are_explained() {
    let echo = alone();
    let (status, body) = get(&echo, "/validateCronExpression?cronExpression=0%2015%2010%20?%20*%20MON-FRI").await;
    assert_eq!(status, StatusCode::OK);
    let description = "At 10:15 AM, Monday through Friday";
    assert_eq!(body, json!({"response": "Cron expression is valid", "description": description}));
    for wrong in ["/validateCronExpression?cronExpression=every%20day", "/validateCronExpression"] {
        assert_eq!(get(&echo, wrong).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn without_configuration_it_is_never_quiet() {
    let none = json!({"enabled": false, "inQuietPeriod": false, "startTime": -1, "endTime": -1});
    assert_eq!(get(&alone(), "/quietPeriod").await, (StatusCode::OK, none));
}

#[tokio::test]
async fn without_providers_the_lists_are_empty() {
    for path in ["/notifications/metadata", "/pubsub/publishers", "/pubsub/subscriptions"] {
        assert_eq!(get(&alone(), path).await, (StatusCode::OK, json!([])), "{path}");
    }
}
