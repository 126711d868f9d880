//! The pipelines of a front50 that tells what changed: in pages, anew after its restart, and while events come.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body, extract::Request, middleware::Next, response::IntoResponse as _};
use gennaker_base::SystemClock;
use gennaker_echo::{Deps, Echo, Front50Options, Options};
use gennaker_front50::Front50;
use gennaker_objects::{FolderObjects, FolderOptions};
use gennaker_store_sql::SqlStore;
use http::{Method, Request as HttpRequest, StatusCode};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{
    peers::{Peer, clients},
    world::{ask, eventually, get, options, pipeline, post},
};

/// What echo asked front50 for.
type Asked = Arc<Mutex<Vec<String>>>;

/// A front50 on the folder.
async fn front50(folder: &TempDir) -> Router {
    let clock = Arc::new(SystemClock);
    let fences = SqlStore::open_sqlite(&folder.path().join("store.db"), clock.clone(), Default::default()).await;
    let fences = Arc::new(fences.expect("the store opens"));
    let objects = FolderObjects::open(folder.path().join("objects"), FolderOptions::default(), clock.clone());
    let objects = Arc::new(objects.expect("the folder opens"));
    let deps = gennaker_front50::Deps { objects, fences, clock };
    Front50::new(Default::default(), deps).await.expect("front50 starts").api().into_service((), Default::default())
}

/// The same, with pages of `size` pipelines, and a record of what it was asked.
fn paged(front50: &Router, size: usize, asked: Asked) -> Router {
    front50.clone().layer(axum::middleware::from_fn(move |mut request: Request, next: Next| {
        asked.lock().push(request.uri().to_string());
        let separator = if request.uri().query().is_some() { '&' } else { '?' };
        let uri = format!("{}{separator}pageSize={size}", request.uri());
        *request.uri_mut() = uri.parse().expect("a path");
        next.run(request)
    }))
}

/// Two nodes behind a balancer that has another one answer each request, and at last none.
fn in_turns(nodes: [Router; 2]) -> Router {
    let asked = Arc::new(AtomicUsize::new(0));
    Router::new().fallback(move |request: Request| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        let node = nodes[number % 2].clone();
        async move {
            match number {
                0..50 => node.oneshot(request).await.expect("a router never fails"),
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        }
    })
}

/// An orca that takes everything, and keeps the names of what it was to start.
fn orca(started: Arc<Mutex<Vec<String>>>) -> Router {
    Router::new().fallback(async move |body: String| {
        let config: Value = serde_json::from_str(&body).unwrap_or_default();
        started.lock().push(config["id"].as_str().unwrap_or_default().to_owned());
        r#"{"ref": "/pipelines/01E"}"#
    })
}

fn waiting(id: &str, source: &str) -> Value {
    let trigger = json!({"type": "webhook", "source": source, "enabled": true});
    pipeline(id, json!({"triggers": [trigger], "description": "kept"}))
}

async fn save(front50: &Router, config: Value) {
    let (status, body) = post(front50, "/pipelines", &[], &config).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

#[tokio::test]
async fn changes_are_followed_page_by_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = front50(&folder).await;
    for number in 0..7 {
        save(&node, waiting(&format!("P{number}"), "s")).await;
    }
    let (asked, started) = (Asked::default(), Arc::new(Mutex::new(Vec::new())));
    let before_front50 = Peer::before(paged(&node, 3, asked.clone()));
    let before_orca = Peer::before(orca(started.clone()));
    let rarely = Options { front50: Front50Options { polling_interval_ms: 3_600_000 }, ..options() };
    let clients = clients(&before_front50, &before_orca);
    let echo = Echo::new(rarely, Deps { clients, clock: Arc::new(SystemClock), cluster: None });
    let router = echo.api().into_service((), Default::default());
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let stop = stop.clone();
        async move { echo.run(stop).await }
    });
    eventually(async || get(&router, "/health").await.0 == StatusCode::OK).await;
    assert_eq!(asked.lock().len(), 3, "seven pipelines are three pages of three");
    let nothing = json!({});
    let send = async |source: &str| {
        started.lock().clear();
        let sent = post(&router, &format!("/webhooks/webhook/{source}"), &[], &nothing).await;
        assert_eq!(sent.0, StatusCode::OK, "{}", sent.1);
        let mut started = started.lock().clone();
        started.sort_unstable();
        started
    };
    assert_eq!(send("s").await, ["P0", "P1", "P2", "P3", "P4", "P5", "P6"]);
    assert_eq!(asked.lock().len(), 4, "one question before the event");

    // What changed and what was deleted a moment ago.
    save(&node, waiting("P1", "other")).await;
    let delete = HttpRequest::builder().method(Method::DELETE).uri("/pipelines/shop/pipe%20P2");
    let delete = delete.header("X-SPINNAKER-USER", "tester").body(Body::empty()).expect("a request");
    assert_eq!(ask(&node, delete).await.0, StatusCode::OK);
    assert_eq!(send("s").await, ["P0", "P3", "P4", "P5", "P6"]);
    assert_eq!(send("other").await, ["P1"]);

    // Another front50, as after a restart, does not know the version: everything is read anew.
    let next = front50(&folder).await;
    before_front50.is(paged(&next, 3, asked.clone()));
    let before = asked.lock().len();
    assert_eq!(send("s").await, ["P0", "P3", "P4", "P5", "P6"]);
    assert_eq!(asked.lock().len() - before, 2);

    // Events are matched with what was saved before they came, however many saves there are.
    for round in 0..10 {
        let saves = (0..5).map(|number| save(&next, waiting(&format!("burst{number}"), &format!("r{round}"))));
        let events = (0..5).map(|_| post(&router, "/webhooks/webhook/none", &[], &nothing));
        tokio::join!(futures::future::join_all(saves), futures::future::join_all(events));
        assert_eq!(send(&format!("r{round}")).await.len(), 5);
    }
    assert_eq!(send("s").await.len(), 5);

    // One that does not answer is done without.
    before_front50.set_down(true);
    assert_eq!(send("r9").await.len(), 5);
    stop.cancel();
    run.await.expect("it stops");
}

#[tokio::test]
async fn nodes_that_answer_in_turns_are_read_as_one_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (front50(&folder).await, front50(&folder).await);
    for number in 0..7 {
        save(&one, waiting(&format!("P{number}"), "s")).await;
    }
    let started = Arc::new(Mutex::new(Vec::new()));
    let nodes = [one, other].map(|node| paged(&node, 3, Asked::default()));
    let (before_front50, before_orca) = (Peer::before(in_turns(nodes)), Peer::before(orca(started.clone())));
    let clients = clients(&before_front50, &before_orca);
    let echo = Echo::new(options(), Deps { clients, clock: Arc::new(SystemClock), cluster: None });
    let router = echo.api().into_service((), Default::default());
    assert_eq!(post(&router, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    assert_eq!(started.lock().len(), 7);
}

#[tokio::test]
async fn a_list_without_changes_takes_the_place_of_what_was_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = front50(&folder).await;
    save(&node, waiting("ours", "s")).await;
    let (asked, started) = (Asked::default(), Arc::new(Mutex::new(Vec::new())));
    let before_front50 = Peer::before(paged(&node, 9, asked));
    let before_orca = Peer::before(orca(started.clone()));
    let echo = Echo::new(
        options(),
        Deps { clients: clients(&before_front50, &before_orca), clock: Arc::new(SystemClock), cluster: None },
    );
    let router = echo.api().into_service((), Default::default());
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let stop = stop.clone();
        async move { echo.run(stop).await }
    });
    let nothing = json!({});
    let starts = async |id: &str| {
        started.lock().clear();
        let (status, _) = post(&router, "/webhooks/webhook/s", &[], &nothing).await;
        status == StatusCode::OK && *started.lock() == [id]
    };
    eventually(async || starts("ours").await).await;
    // As upstream's: it answers all of them, whatever it is asked after.
    let all = json!([waiting("theirs", "s")]).to_string();
    before_front50.is(Router::new().fallback(async move || all.clone()));
    eventually(async || starts("theirs").await).await;
    before_front50.is(node);
    eventually(async || starts("ours").await).await;
    stop.cancel();
    run.await.expect("it stops");
}
