//! Live events: orca's feed over its absences, an upstream orca without one, infrastructure, and events that are passed on.
//! Time stands still but where all wait for it.

mod upstream;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures::{StreamExt as _, stream, stream::BoxStream};
use gennaker_base::{ManualClock, Timestamp};
use gennaker_clients::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};
use gennaker_gate::{Gate, Options};
use gennaker_http::{GuardOptions, Transport};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use sse_stream::{Sse, SseByteStream};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::world::{Peer, in_process, options};

const SOUND: &str = "no test panicked with it";
/// How long a test waits for what must happen.
const SOON: Duration = Duration::from_secs(3600);

/// A path, and the id to go on after.
type Asked = (String, Option<String>);

/// An orca whose answers to whoever follows are written by the test.
#[derive(Clone, Default)]
struct Feed {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

enum Answer {
    Stream(mpsc::Receiver<String>),
    Refused(StatusCode),
}

impl Feed {
    /// The next who asks gets what is sent here, to the end if this is dropped.
    fn answers(&self) -> mpsc::Sender<String> {
        let (sender, receiver) = mpsc::channel(16);
        self.answers.lock().expect(SOUND).push_back(Answer::Stream(receiver));
        sender
    }

    /// The next who asks is refused.
    fn refuses(&self, status: u16) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.answers.lock().expect(SOUND).push_back(Answer::Refused(status));
    }

    /// What was asked, with the ids to go on after.
    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect(SOUND).clone()
    }

    fn router(&self) -> Router {
        let feed = self.clone();
        Router::new().fallback(move |request: Request| std::future::ready(feed.answer(&request)))
    }

    fn answer(&self, request: &Request) -> Response {
        let last = request.headers().get("last-event-id").map(|id| id.to_str().expect("text").to_owned());
        let path = request.uri().path_and_query().expect("a path").to_string();
        self.asked.lock().expect(SOUND).push((path, last));
        match self.answers.lock().expect(SOUND).pop_front() {
            Some(Answer::Stream(events)) => {
                let events = stream::unfold(events, |mut events| async {
                    Some((Ok::<_, std::io::Error>(Bytes::from(events.recv().await?)), events))
                });
                ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
            }
            Some(Answer::Refused(StatusCode::NO_CONTENT)) => StatusCode::NO_CONTENT.into_response(),
            Some(Answer::Refused(status)) => (status, axum::Json(json!({"message": "told so"}))).into_response(),
            None => (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({"message": "away"}))).into_response(),
        }
    }
}

struct World {
    gate: Gate,
    clock: Arc<ManualClock>,
}

impl World {
    fn of(orca: Transport, clouddriver: &Peer) -> World {
        let clients = Clients {
            front50: Front50Client::new(in_process("front50", &Peer::default())),
            orca: OrcaClient::new(orca),
            clouddriver: ClouddriverClient::new(in_process("clouddriver", clouddriver)),
            echo: EchoClient::new(in_process("echo", &Peer::default())),
        };
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000_000)));
        World { gate: Gate::new(Options::default(), clients).with_clock(clock.clone()), clock }
    }

    fn over(feed: &Feed) -> World {
        World::of(Transport::in_process("orca", feed.router(), options()), &Peer::default())
    }

    async fn ask(&self, path: &str, last: Option<&str>) -> (StatusCode, HeaderMap, Body) {
        let mut request = Request::builder().uri(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let router = self.gate.api().into_service((), GuardOptions::default());
        let response = router.oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body)
    }

    async fn follow(&self, path: &str, last: Option<&str>) -> Follower {
        let (status, headers, body) = self.ask(path, last).await;
        let of = HeaderValue::from_static;
        assert_eq!((status.as_u16(), &headers["content-type"]), (200, &of(STREAM)));
        Follower { events: SseByteStream::new(body.into_data_stream()).boxed() }
    }

    async fn refused(&self, path: &str, last: Option<&str>) -> (u16, String) {
        let (status, _, body) = self.ask(path, last).await;
        let bytes = axum::body::to_bytes(body, 1 << 20).await.expect("a small body");
        let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
        (status.as_u16(), answer["message"].as_str().expect("a message").to_owned())
    }
}

const STREAM: &str = "text/event-stream";

struct Follower {
    events: BoxStream<'static, Result<Sse, sse_stream::Error>>,
}

impl Follower {
    /// The next event: its name, its id and what it says.
    async fn next(&mut self) -> (String, Option<String>, Value) {
        self.maybe().await.expect("it goes on")
    }

    async fn maybe(&mut self) -> Option<(String, Option<String>, Value)> {
        let event = timeout(SOON, self.events.next()).await.expect("something happens")?.expect("an event");
        let data = serde_json::from_str(&event.data.expect("data")).expect("JSON");
        Some((event.event.expect("a name"), event.id, data))
    }

    async fn expect(&mut self, name: &str, data: Value) {
        let (told, _, said) = self.next().await;
        assert_eq!((told.as_str(), said), (name, data));
    }
}

fn event(name: &str, id: &str, data: &Value) -> String {
    format!("event: {name}\nid: {id}\ndata: {data}\n\n")
}

#[tokio::test(start_paused = true)]
async fn orcas_feed_is_followed_over_its_absence() {
    let feed = Feed::default();
    let world = World::over(&feed);
    let orca = feed.answers();
    let mut follower = world.follow("/events?types=execution,task", Some("3")).await;
    orca.send(event("begin", "3", &json!({}))).await.expect("gate reads");
    assert_eq!(follower.next().await, ("begin".to_owned(), Some("3".to_owned()), json!({})));
    orca.send(event("execution", "7.1.a", &json!({"id": "a"}))).await.expect("gate reads");
    assert_eq!(follower.next().await, ("execution".to_owned(), Some("7.1.a".to_owned()), json!({"id": "a"})));

    // A short absence is not told.
    drop(orca);
    let orca = feed.answers();
    orca.send(event("begin", "7.1.a", &json!({}))).await.expect("gate reads");
    orca.send(event("task", "8.1.b", &json!({"id": "b"}))).await.expect("gate reads");
    assert_eq!(follower.next().await.1.as_deref(), Some("8.1.b"));

    // A longer one is told once, and so is its end.
    drop(orca);
    for status in [503, 503, 500, 504] {
        feed.refuses(status);
    }
    let orca = feed.answers();
    orca.send(event("begin", "8.1.b", &json!({}))).await.expect("gate reads");
    orca.send(event("execution", "9.5.a", &json!({"id": "a"}))).await.expect("gate reads");
    follower.expect("unavailable", json!({"service": "orca", "message": "told so"})).await;
    follower.expect("available", json!({"service": "orca"})).await;
    assert_eq!(follower.next().await.1.as_deref(), Some("9.5.a"));
    let lasts: Vec<_> = feed.asked().into_iter().map(|(_, last)| last.expect("an id")).collect();
    assert_eq!(lasts, ["3", "7.1.a", "8.1.b", "8.1.b", "8.1.b", "8.1.b", "8.1.b"]);

    // What orca refuses for good ends it.
    drop(orca);
    feed.refuses(400);
    follower.expect("end", json!({"message": "told so"})).await;
    assert_eq!(follower.maybe().await, None);
}

#[tokio::test(start_paused = true)]
async fn an_orca_that_is_not_there_yet_is_waited_for() {
    let feed = Feed::default();
    let world = World::over(&feed);
    let mut follower = world.follow("/events?application=a%20b&types=task", None).await;
    follower.expect("unavailable", json!({"service": "orca", "message": "away"})).await;
    let orca = feed.answers();
    orca.send(event("begin", "5", &json!({}))).await.expect("gate reads");
    follower.expect("available", json!({"service": "orca"})).await;
    assert_eq!(follower.next().await, ("begin".to_owned(), Some("5".to_owned()), json!({})));
    assert_eq!(feed.asked()[0], ("/events?application=a+b&types=task".to_owned(), None));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_followed_is_refused() {
    let feed = Feed::default();
    let world = World::over(&feed);
    for (path, word) in [("/events?types=stage", "stage"), ("/events?types=inventory", "application=NAME")] {
        let (status, message) = world.refused(path, None).await;
        assert!(status == 400 && message.contains(word), "{path}: {status} {message}");
    }
    feed.refuses(400);
    assert_eq!(world.refused("/events", Some("x")).await, (400, "told so".to_owned()));
    // 204 as anything that is no feed.
    for no_feed in [404, 204] {
        feed.refuses(no_feed);
        let (status, message) = world.refused("/events", None).await;
        assert!(status == 400 && message.contains("/events?application=NAME"), "{status} {message}");
    }
    feed.refuses(404);
    let (status, message) = world.refused("/events?application=shop", Some("x")).await;
    assert!(status == 400 && message.contains("Last-Event-ID"), "{status} {message}");
}

#[tokio::test(start_paused = true)]
async fn who_follows_is_let_go_when_gate_stops() {
    let feed = Feed::default();
    let world = World::over(&feed);
    let (_orca, _events) = (feed.answers(), feed.answers());
    let mut live = world.follow("/events?application=shop", None).await;
    let (_, _, passed) = world.ask("/pipelines/e/events", None).await;
    let (stop, gate) = (CancellationToken::new(), world.gate.clone());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { gate.run(stop).await }
    });
    live.expect("inventory", json!({"application": "shop", "what": ["serverGroups", "loadBalancers"]})).await;
    stop.cancel();
    timeout(SOON, running).await.expect("it ends").expect("no panic");
    while live.maybe().await.is_some() {}
    axum::body::to_bytes(passed, 1 << 20).await.expect("it ends");
}

#[tokio::test(start_paused = true)]
async fn events_of_one_execution_are_passed_on() {
    let feed = Feed::default();
    let world = World::over(&feed);
    let orca = feed.answers();
    let text = "id: 8\ndata: {\"kind\":\"stepped\"}\n\n: comment\n\nevent: end\ndata: {\"status\":\"SUCCEEDED\"}\n\n";
    orca.send(text.to_owned()).await.expect("gate reads");
    drop(orca);
    let (status, headers, body) = world.ask("/pipelines/e%2F1/events?after=7", Some("7")).await;
    let of = HeaderValue::from_static;
    assert_eq!(
        (status.as_u16(), &headers["content-type"], &headers["cache-control"]),
        (200, &of(STREAM), &of("no-cache"))
    );
    assert_eq!(axum::body::to_bytes(body, 1 << 20).await.expect("a body"), text);
    feed.refuses(204);
    assert_eq!(world.ask("/tasks/t/events", Some("9")).await.0, StatusCode::NO_CONTENT);
    let asked = feed.asked();
    assert_eq!(asked[0], ("/pipelines/e%2F1/events?after=7".to_owned(), Some("7".to_owned())));
    assert_eq!(asked[1], ("/tasks/t/events".to_owned(), Some("9".to_owned())));
    feed.refuses(404);
    assert_eq!(world.refused("/tasks/t/events", None).await.0, 404);
    assert_eq!(world.refused("/tasks/t/events", None).await, (503, "away".to_owned()));
}

fn groups(names: &[&str]) -> Value {
    names.iter().map(|name| json!({"name": name})).collect()
}

fn clouddriver(names: &[&str]) -> Peer {
    Peer::default().with("/applications/shop/serverGroups?expand=false", &groups(names))
}

#[tokio::test(start_paused = true)]
async fn infrastructure_is_looked_at_once_for_all_who_follow_it() {
    let peer = clouddriver(&["a", "b"]);
    let world = World::of(in_process("orca", &Peer::default()), &peer);
    let path = "/events?application=shop&types=inventory";
    let both = json!({"application": "shop", "what": ["serverGroups", "loadBalancers"]});
    let (mut first, mut second) = (world.follow(path, None).await, world.follow(path, None).await);
    first.expect("inventory", both.clone()).await;
    second.expect("inventory", both.clone()).await;
    let looks = |peer: &Peer| peer.got().iter().filter(|got| got.path.contains("serverGroups")).count();
    assert_eq!(looks(&peer), 1, "one look for both");

    // Another order is no change.
    peer.become_like(&clouddriver(&["b", "a"]));
    while looks(&peer) < 3 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    peer.become_like(&clouddriver(&["a", "b", "c"]));
    for follower in [&mut first, &mut second] {
        follower.expect("inventory", json!({"application": "shop", "what": ["serverGroups"]})).await;
    }
    let down = json!({"message": "it rests"});
    peer.become_like(&Peer::default().answering("GET", "/applications/shop/serverGroups?expand=false", 503, &down));
    first.expect("unavailable", json!({"service": "clouddriver", "message": "it rests"})).await;
    peer.become_like(&clouddriver(&["a", "b", "c"]).with("/applications/shop/loadBalancers", &groups(&["l"])));
    first.expect("available", json!({"service": "clouddriver"})).await;
    first.expect("inventory", json!({"application": "shop", "what": ["loadBalancers"]})).await;

    // Nobody looks when nobody follows.
    drop((first, second));
    peer.become_like(&clouddriver(&["a"]));
    let mut seen = (usize::MAX, 0);
    while seen.0 != seen.1 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        seen = (seen.1, looks(&peer));
    }
    let mut third = world.follow(path, None).await;
    third.expect("inventory", both).await;
}
