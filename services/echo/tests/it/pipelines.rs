//! The pipelines that events are matched with: fresh where front50 says so, the last known where it says nothing.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use axum::{Router, routing::get as route};
use gennaker_base::{Clock, SystemClock, Timestamp};
use gennaker_echo::{Deps, Echo, Front50Options, Options};
use gennaker_http::{GuardOptions, RequestTasks};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tokio::{sync::RwLock, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    peers::{Peer, clients},
    world::{World, eventually, get, options, pipeline, post},
};

/// A front50 that says with an `ETag` which pipelines it has: as many as its number.
#[derive(Clone, Default)]
struct Tagged {
    number: Arc<AtomicUsize>,
    whole: Arc<AtomicUsize>,
    /// Whoever holds it for writing keeps it from answering.
    gate: Arc<RwLock<()>>,
}

impl Tagged {
    fn router(&self) -> Router {
        let tagged = self.clone();
        let list = move |headers: HeaderMap| async move {
            let _open = tagged.gate.read().await;
            let number = tagged.number.load(Ordering::SeqCst);
            let etag = format!("\"{number}\"");
            if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
                return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)], String::new());
            }
            tagged.whole.fetch_add(1, Ordering::SeqCst);
            let trigger = json!([{"type": "webhook", "source": "s", "enabled": true}]);
            let pipelines = (0..number).map(|number| pipeline(&format!("p{number}"), json!({"triggers": trigger})));
            (StatusCode::OK, [(header::ETAG, etag)], Value::from_iter(pipelines).to_string())
        };
        Router::new().route("/pipelines", route(list))
    }
}

/// The clock of a test whose time stands still while something is done.
struct Paused(Instant);

#[async_trait]
impl Clock for Paused {
    fn now(&self) -> Timestamp {
        Timestamp::ZERO.after(self.0.elapsed())
    }

    async fn sleep_until(&self, due: Timestamp) {
        tokio::time::sleep(due.since(self.now())).await;
    }
}

/// An orca that takes everything.
fn any_orca() -> Router {
    Router::new().fallback(async || r#"{"ref": "/pipelines/01E"}"#)
}

#[tokio::test]
async fn a_pipeline_that_was_saved_a_moment_ago_is_started() {
    let tagged = Tagged::default();
    let (front50, orca) = (Peer::before(tagged.router()), Peer::before(any_orca()));
    let rarely = Options { front50: Front50Options { polling_interval_ms: 3_600_000 }, ..options() };
    let echo =
        Echo::new(rarely, Deps { clients: clients(&front50, &orca), clock: Arc::new(SystemClock), cluster: None });
    let tasks = RequestTasks::default();
    let router = echo.api().into_service((), GuardOptions { tasks: tasks.clone(), ..GuardOptions::default() });
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let stop = stop.clone();
        async move { echo.run(stop).await }
    });
    eventually(async || get(&router, "/health").await.0 == StatusCode::OK).await;
    let nothing = json!({});
    let send = || post(&router, "/webhooks/webhook/s", &[], &nothing);
    send().await;
    assert_eq!(orca.writes(), 0);
    for number in 1..=3 {
        tagged.number.store(number, Ordering::SeqCst);
        let before = orca.writes();
        assert_eq!(send().await.0, StatusCode::OK);
        assert_eq!(orca.writes() - before, number);
    }
    assert_eq!(tagged.whole.load(Ordering::SeqCst), 4, "what has not changed is not sent");

    // Many events at a time are two questions: that of the first, and one for those that came while it was under way.
    let before = front50.reads();
    let closed = tagged.gate.write().await;
    let events = futures::future::join_all((0..50).map(|_| send()));
    let opened = async {
        eventually(async || tasks.running() == 50 && front50.reads() > before).await;
        drop(closed);
    };
    tokio::join!(events, opened);
    assert_eq!(front50.reads() - before, 2);

    // The last that are known have to do.
    front50.set_down(true);
    let before = orca.writes();
    assert_eq!(send().await.0, StatusCode::OK);
    assert_eq!(orca.writes() - before, 3);
    let (status, health) = get(&router, "/health").await;
    assert_eq!((status, &health["components"]["pipelines"]["status"]), (StatusCode::OK, &json!("UNKNOWN")));
    assert!(
        health["components"]["pipelines"]["details"]["reason"]
            .as_str()
            .is_some_and(|reason| reason.contains("front50"))
    );
    stop.cancel();
    run.await.expect("it stops");
}

#[tokio::test(start_paused = true)]
async fn an_event_does_not_wait_for_a_look_that_hangs() {
    let tagged = Tagged::default();
    tagged.number.store(1, Ordering::SeqCst);
    let (front50, orca) = (Peer::before(tagged.router()), Peer::before(any_orca()));
    let clock = Arc::new(Paused(Instant::now()));
    let echo = Echo::new(options(), Deps { clients: clients(&front50, &orca), clock, cluster: None });
    let router = echo.api().into_service((), Default::default());
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let stop = stop.clone();
        async move { echo.run(stop).await }
    });
    eventually(async || get(&router, "/health").await.0 == StatusCode::OK).await;
    let closed = tagged.gate.write().await;
    let before = front50.reads();
    eventually(async || front50.reads() > before).await;
    let before = front50.reads();
    assert_eq!(post(&router, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    assert_eq!((orca.writes(), front50.reads()), (1, before), "what was known did, while the look was under way");
    drop(closed);
    stop.cancel();
    run.await.expect("it stops");
}

#[tokio::test]
async fn before_the_pipelines_are_known_an_event_has_to_be_sent_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = Peer::default();
    let echo =
        Echo::new(options(), Deps { clients: clients(&nobody, &nobody), clock: Arc::new(SystemClock), cluster: None });
    let router = echo.api().into_service((), Default::default());
    let (status, body) = post(&router, "/webhooks/webhook/s", &[], &json!({})).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
    assert!(
        body["message"].as_str().is_some_and(|message| message.contains("the pipelines are not known yet")),
        "{body}"
    );
    assert_eq!(get(&router, "/health").await.0, StatusCode::SERVICE_UNAVAILABLE);
    drop(folder);
}

#[tokio::test]
async fn a_front50_without_etags_is_read_at_intervals() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", json!({"triggers": [{"type": "webhook", "source": "s", "enabled": true}]}))).await;
    assert_eq!(get(&world.echo, "/health").await.1["status"], "UP");
    assert_eq!(post(&world.echo, "/webhooks/webhook/s", &[], &json!({})).await.0, StatusCode::OK);
    world.ended("a", 1).await;
    world.stop().await;
}
