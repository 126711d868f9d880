//! Health, the balancer's check, and metrics.

use std::sync::Arc;

use gennaker_http::{Api, GuardOptions, Health, HealthStatus, ServeLimits, healthcheck, prometheus};
use serde_json::{Map, json};

use crate::app::{Running, Seen, serve};

async fn running(router: axum::Router) -> Running {
    serve(router, Arc::new(Seen::default()), ServeLimits::default()).await
}

#[tokio::test]
async fn health_is_spring_boots() {
    let health = Health::new("orca");
    let (store, peer) = (health.component("store"), health.component("front50"));
    // However busy the service is.
    let options = GuardOptions { concurrency: 0, ..GuardOptions::default() };
    let service = running(Api::<()>::new("orca").merge(health.api()).into_service((), options)).await;

    let starting = service.get("/health").await;
    assert_eq!((starting.status, &starting.json()["status"]), (503, &json!("DOWN")));
    store.up();
    peer.set(HealthStatus::Up, Map::from_iter([("url".to_owned(), "http://localhost:8080".into())]));
    let up = service.get("/health").await;
    let components = json!({
        "front50": {"status": "UP", "details": {"url": "http://localhost:8080"}},
        "store": {"status": "UP"},
    });
    assert_eq!((up.status, up.json()), (200, json!({"status": "UP", "components": components})));
    store.down("the disk is full");
    let down = service.get("/health").await;
    assert_eq!((down.status, &down.json()["status"]), (503, &json!("DOWN")));
    assert_eq!(down.json()["components"]["store"]["details"]["reason"], "the disk is full");
    store.set(HealthStatus::OutOfService, Map::new());
    assert_eq!(service.get("/health").await.json()["status"], "OUT_OF_SERVICE");
}

#[tokio::test]
async fn the_balancer_sees_each_service_of_the_node() {
    let (gate, orca) = (Health::new("gate"), Health::new("orca"));
    let component = orca.component("store");
    let node = running(healthcheck(vec![gate, orca], "/".into(), GuardOptions::default())).await;
    let answer = node.get("/healthcheck").await;
    let body = answer.json();
    assert_eq!(answer.status, 503);
    assert_eq!(body["healthy"], false);
    assert_eq!((&body["systems"]["gate"], &body["systems"]["orca"]), (&json!(true), &json!(false)));
    assert!(body["systems"]["host"]["diskUsage"].is_f64(), "{body}");
    component.up();
    let answer = node.get("/healthcheck").await;
    assert_eq!((answer.status, &answer.json()["healthy"]), (200, &json!(true)));
}

#[tokio::test]
async fn metrics_are_rendered_when_asked_for() {
    let service =
        running(prometheus::<(), _>("gate", || "a_total 1\n".into()).into_service((), GuardOptions::default())).await;
    let answer = service.get("/prometheus").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "a_total 1\n"));
    assert_eq!(answer.header("content-type").as_deref(), Some("text/plain; version=0.0.4; charset=utf-8"));
}
