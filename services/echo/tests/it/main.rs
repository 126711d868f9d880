//! echo behind its guard, with real peers.

mod lists;

use std::sync::Arc;

use axum::{Router, body::Body};
use gennaker_base::SystemClock;
use gennaker_clients::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};
use gennaker_echo::{Deps, Echo, Options};
use gennaker_http::{Transport, TransportOptions};
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

/// echo without peers.
fn alone() -> Router {
    let nowhere = |name| Transport::in_process(name, Router::new(), TransportOptions::default());
    let clients = Clients {
        front50: Front50Client::new(nowhere("front50")),
        orca: OrcaClient::new(nowhere("orca")),
        clouddriver: ClouddriverClient::new(nowhere("clouddriver")),
        echo: EchoClient::new(nowhere("echo")),
    };
    let echo = Echo::new(Options::default(), Deps { clients, clock: Arc::new(SystemClock) });
    echo.api().into_service((), Default::default())
}

/// Asks and reads the answer: JSON, or `null`.
async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.expect("a router never fails");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn get(router: &Router, path: &str) -> (StatusCode, Value) {
    ask(router, Request::get(path).body(Body::empty()).expect("a request")).await
}
