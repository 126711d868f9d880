//! The feed of all executions over HTTP: from the start of a pipeline to its end, and from where somebody was.

use std::{collections::VecDeque, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request},
};
use gennaker_orca::Options;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::{http::call, world::World};

/// How long a test waits for what must happen.
const SOON: Duration = Duration::from_secs(30);

/// An event of a stream.
#[derive(Debug, Clone, Default)]
struct Told {
    id: String,
    name: String,
    data: Value,
}

/// A stream that is read as it comes.
struct Stream {
    body: Body,
    text: String,
    ready: VecDeque<Told>,
}

impl Stream {
    async fn open(world: &World, path: &str, last: Option<&str>) -> Stream {
        let mut request = Request::builder().uri(path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = world.router().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut stream = Stream { body: response.into_body(), text: String::new(), ready: VecDeque::new() };
        assert_eq!(stream.next().await.expect("a place").name, "begin");
        stream
    }

    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Told> {
        loop {
            if let Some(told) = self.ready.pop_front() {
                return Some(told);
            }
            let frame = timeout(SOON, self.body.frame()).await.expect("something happens")?;
            let data = frame.expect("it does not break").into_data().expect("data");
            self.text.push_str(std::str::from_utf8(&data).expect("text"));
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let mut told = Told::default();
                for (field, value) in event.lines().filter_map(|line| line.split_once(':')) {
                    match field {
                        "id" => told.id = value.trim().to_owned(),
                        "event" => told.name = value.trim().to_owned(),
                        "data" => told.data = serde_json::from_str(value).expect("JSON"),
                        _ => {}
                    }
                }
                self.text = rest.to_owned();
                self.ready.extend(Some(told).filter(|told| !told.name.is_empty()));
            }
        }
    }

    /// What is told up to the end of the execution.
    async fn until_over(&mut self, id: &str) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let told = self.next().await.expect("it goes on");
            let over = told.data["id"] == id && told.data["status"] == "SUCCEEDED";
            all.push(told);
            if over {
                return all;
            }
        }
    }
}

fn sequences<'a>(told: impl IntoIterator<Item = &'a Told>) -> Vec<u64> {
    told.into_iter().map(|told| told.data["sequence"].as_u64().expect("a number")).collect()
}

async fn node(folder: &tempfile::TempDir, name: &str) -> World {
    World::start(folder.path(), name, &Options::default()).await
}

fn waits() -> Value {
    json!([
        {"refId": "1", "type": "manualJudgment"},
        {"refId": "2", "type": "wait", "requisiteStageRefIds": ["1"]},
    ])
}

/// Lets the pipeline's judgment pass.
async fn judge(world: &World, id: &str) {
    let waiting = |execution: &gennaker_wire::Execution| execution.stages[0].status.name() == "RUNNING";
    let stage = world.until(id, waiting).await.stages[0].id.clone();
    let path = format!("/pipelines/{id}/stages/{stage}");
    let (status, answer) = call(world, Method::PATCH, &path, r#"{"judgmentStatus": "continue"}"#).await;
    assert!(status.is_success(), "{answer}");
}

#[tokio::test]
async fn a_pipeline_is_followed_from_its_start_to_its_end_and_from_the_middle() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = node(&folder, "one").await;
    let mut all = Stream::open(&world, "/events", None).await;
    let mut others = Stream::open(&world, "/events?application=other", None).await;
    let mut tasks = Stream::open(&world, "/events?application=shop&types=task", None).await;
    let id = world.begin(waits()).await;
    judge(&world, &id).await;
    let told = all.until_over(&id).await;
    let ended = world.ended(&id).await;
    let last = world.store.load(&id).await.expect("it is stored").sequence;
    let numbers = sequences(&told);
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once: {numbers:?}");
    assert_eq!(numbers.last(), Some(&last), "with its last state: {ended:?}");
    let end = &told.last().expect("an end");
    assert_eq!(end.name, "execution");
    let mut data = end.data.clone();
    assert!(data["at"].take().as_i64() > Some(1_600_000_000_000));
    let expected = json!({
        "id": id, "kind": "PIPELINE", "application": "shop", "pipelineConfigId": "config", "name": "deploy",
        "status": "SUCCEEDED", "sequence": last, "at": null,
    });
    assert_eq!(data, expected);

    // From each event on, only the last state is left to be told.
    for (place, event) in told.iter().enumerate() {
        if place + 1 < told.len() {
            let mut rest = Stream::open(&world, "/events?types=execution,task", Some(&event.id)).await;
            assert_eq!(sequences(&rest.until_over(&id).await), [last], "after {}", event.id);
        }
    }
    // Nothing is left after the end, and nothing of this was told to who asked for something else.
    let mut after = Stream::open(&world, "/events?application=shop", Some(&end.id)).await;
    let job = json!({"application": "shop", "description": "d", "job": [{"type": "wait", "name": "n"}]});
    let (_, answer) = call(&world, Method::POST, "/ops", &job.to_string()).await;
    let task = answer["ref"].as_str().expect("a reference").trim_start_matches("/tasks/").to_owned();
    for stream in [&mut after, &mut tasks] {
        let first = stream.next().await.expect("a task");
        assert_eq!((first.name.as_str(), &first.data["id"]), ("task", &json!(task)));
    }
    let other = world.begin_with(json!({"application": "other"}), json!([{"refId": "1", "type": "wait"}])).await;
    assert_eq!(others.next().await.expect("an execution").data["id"], json!(other));
}

#[tokio::test]
async fn nodes_on_one_store_tell_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (node(&folder, "one").await, node(&folder, "two").await);
    let mut on_one = Stream::open(&one, "/events", None).await;
    let mut on_two = Stream::open(&two, "/events", None).await;
    let id = one.begin(waits()).await;
    let begun = on_two.next().await.expect("it begins");
    assert_eq!(begun.data["id"], json!(id));
    // The node that was asked goes; the other one knows the place.
    let first = on_one.next().await.expect("it begins");
    one.crash().await;
    while on_one.next().await.is_some() {}
    let mut resumed = Stream::open(&two, "/events", Some(&first.id)).await;
    judge(&two, &id).await;
    let last = two.ended(&id).await;
    assert_eq!(last.status.name(), "SUCCEEDED");
    let rest = resumed.until_over(&id).await;
    let ends = [rest.last(), on_two.until_over(&id).await.last()].map(|told| told.map(|told| told.data.clone()));
    assert_eq!(ends[0], ends[1]);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = node(&folder, "one").await;
    let (status, answer) = call(&world, Method::GET, "/events?types=stage", "").await;
    assert_eq!((status.as_u16(), answer["message"].as_str().expect("a message").contains("stage")), (400, true));
    for last in ["x", "7.", "99999999999999"] {
        let request = Request::builder().uri("/events").header("last-event-id", last);
        let request = request.body(Body::empty()).expect("a request");
        let response = world.router().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 400, "{last}");
        let answer = response.into_body().collect().await.expect("a body").to_bytes();
        assert!(String::from_utf8_lossy(&answer).contains("Last-Event-ID"), "{answer:?}");
    }
    let mut stream = Stream::open(&world, "/events", None).await;
    world.crash().await;
    assert!(stream.next().await.is_none(), "it ends when the node stops");
}
