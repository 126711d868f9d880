//! A service that cannot be reached costs its own endpoints only, and its error says who it is.

use std::time::Duration;

use axum::Router;
use gennaker_gate::{Gate, Options};
use gennaker_http::{Coverage, Transport};
use serde_json::json;

use crate::world::{self, Peer, Peers, Ways, World};

fn front50() -> Peer {
    let shop = json!({"name": "SHOP", "email": "a@b.c"});
    Peer::default().with("/v2/applications?restricted=false", &json!([shop])).with("/v2/applications/shop", &shop)
}

#[tokio::test(start_paused = true)]
async fn a_save_of_many_pipelines_may_take_minutes() {
    let slow = Router::new().fallback(async || {
        tokio::time::sleep(Duration::from_secs(300)).await;
        r#"{"successful_pipelines_count": 1}"#
    });
    let front50 = Transport::in_process("front50", slow, world::options());
    let world = World::over(Ways { front50, ..Ways::of(&Peers::default()) }, Options::default());
    let saved = world.send("POST", "/pipelines/bulksave", &json!([{"application": "shop", "name": "a"}])).await;
    assert_eq!((saved.status, &saved.json()["successful_pipelines_count"]), (200, &json!(1)));
}

#[tokio::test]
async fn without_clouddriver_applications_are_still_there() {
    let orca = Peer::default().with("/tasks/01T", &json!({"id": "01T"}));
    let peers = Peers { front50: front50(), orca, ..Peers::default() };
    let world = World::over(Ways::of(&peers).without("clouddriver"), Options::default());
    let application = json!({"name": "shop", "attributes": {"name": "shop", "email": "a@b.c"}, "clusters": {}});
    assert_eq!(world.get("/applications/shop").await.json(), application);
    assert_eq!(world.get("/applications").await.json(), json!([{"name": "shop", "email": "a@b.c"}]));
    assert_eq!(world.get("/tasks/01T").await.status, 200);
    let clusters = world.get("/applications/shop/clusters").await;
    assert_eq!(clusters.status, 503);
    assert!(clusters.message().starts_with("clouddriver cannot be reached"), "{}", clusters.message());
}

#[tokio::test]
async fn without_orca_or_front50_the_other_goes_on() {
    let clouddriver = Peer::default().with("/applications/shop/clusters", &json!({"test": ["shop"]}));
    let peers = Peers { front50: front50(), clouddriver, ..Peers::default() };
    let world = World::over(Ways::of(&peers).without("orca"), Options::default());
    assert_eq!(world.get("/applications/shop").await.status, 200);
    let pipelines = world.get("/applications/shop/pipelines").await;
    assert!(pipelines.status == 503 && pipelines.message().starts_with("orca cannot be reached"));

    let world = World::over(Ways::of(&peers).without("front50"), Options::default());
    assert_eq!(world.get("/applications/shop/clusters").await.json(), json!({"test": ["shop"]}));
    let application = world.get("/applications/shop").await;
    assert_eq!(application.status, 503, "not 404, which would say that it was deleted");
    assert_eq!(world.get("/projects").await.status, 503, "not an empty list either");
}

/// What the web UI asks on every page, and what it does without.
const SOFT: [&str; 6] = [
    "/plugins/deck/plugin-manifest.json",
    "/notifications/metadata",
    "/jobs/preconfigured",
    "/webhooks/preconfigured",
    "/banners",
    "/capabilities/quietPeriod",
];

#[tokio::test]
async fn what_the_web_ui_asks_on_every_page_stays() {
    for service in ["front50", "orca", "clouddriver", "echo"] {
        let world = World::over(Ways::of(&Peers::default()).without(service), Options::default());
        for path in SOFT {
            let answer = world.get(path).await;
            assert_eq!(answer.status, 200, "{path} without {service}: {:?}", answer.bytes);
        }
    }
}

/// The path with a value for each parameter.
fn filled(path: &str) -> String {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// What is needed in a query, and what else would be refused.
const QUERY: &str = "?type=a&artifactName=a&region=a&provider=a&account=a&repository=a&executionId=a&source=a\
                     &expression=a&cloudProvider=a&serviceInstanceName=a&ids=a&q=abc&to=a&entityId=a&entityType=a";

#[tokio::test]
async fn a_service_that_is_down_costs_its_own_endpoints_only() {
    let peer = || Peer::default().otherwise(json!({ "ref": "/tasks/x", "status": "SUCCEEDED" }));
    let peers = Peers { front50: peer(), orca: peer(), clouddriver: peer(), echo: peer() };
    let forwarded = Gate::forwarded();
    let mut failed_with = 0;
    for service in ["front50", "orca", "clouddriver", "echo"] {
        let world = World::over(Ways::of(&peers).without(service), Options::default());
        for endpoint in Gate::endpoints() {
            if endpoint.coverage == Coverage::Unsupported {
                continue;
            }
            let path = filled(endpoint.path);
            let body = match (endpoint.method.as_str(), endpoint.path) {
                ("GET", _) => "",
                (_, "/ops/plan") => "[]",
                _ => "{}",
            };
            let answer = world.ask(&endpoint.method, &format!("{path}{QUERY}"), &[], body.into()).await;
            let told = format!("{} {path} without {service}: {} {:?}", endpoint.method, answer.status, answer.bytes);
            if answer.status >= 500 {
                assert!([502, 503].contains(&answer.status), "{told}");
                assert!(answer.message().contains(&format!("{service} cannot be reached")), "{told}");
            }
            let passed_on = forwarded.iter().find(|one| one.method == endpoint.method && one.path == endpoint.path);
            if let Some(passed_on) = passed_on.filter(|_| !SOFT.contains(&endpoint.path)) {
                assert_eq!(answer.status == 503, passed_on.service == service, "{told}");
                failed_with += usize::from(answer.status == 503);
            }
        }
    }
    assert_eq!(failed_with, forwarded.iter().filter(|one| !SOFT.contains(&one.path)).count());
}
