//! The end of a pipeline starts others: once for each end, whatever dies in between.

use std::{collections::HashSet, sync::Arc, time::Duration};

use axum::{Json, Router, extract::DefaultBodyLimit};
use http::StatusCode;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::world::{USER, World, eventually, options, pipeline, post};

/// How long after an end it is told again, at least.
const GRACE: Duration = Duration::from_secs(31);

/// Waits for the end of another pipeline.
fn after(other: &str, status: &[&str]) -> Value {
    json!({"triggers": [{"type": "pipeline", "application": "shop", "pipeline": other, "status": status, "enabled": true}]})
}

async fn start(world: &World, config: &str) {
    let (status, body) = post(&world.orca, &format!("/orchestrate/{config}"), &[], &json!({"type": "manual"})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

#[tokio::test]
async fn a_chain_of_pipelines_runs_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", json!({}))).await;
    world.save(pipeline("b", after("a", &["successful"]))).await;
    world.save(pipeline("c", after("b", &["failed", "successful"]))).await;
    world.save(pipeline("not", after("a", &["failed", "canceled"]))).await;
    start(&world, "a").await;
    let last = world.ended("c", 1).await.remove(0);
    let (first, second) = (world.ended("a", 1).await.remove(0), world.ended("b", 1).await.remove(0));
    assert_eq!(second["trigger"]["parentExecution"]["id"], first["id"]);
    assert_eq!(last["trigger"]["parentExecution"]["id"], second["id"]);
    assert_eq!((&last["trigger"]["type"], &last["trigger"]["user"]), (&json!("pipeline"), &json!(USER)));
    assert_eq!(last["authentication"]["user"], USER);
    let start_time = &first["startTime"];
    let id = first["id"].as_str().expect("an id");
    assert_eq!(second["trigger"]["correlationId"], format!("{id}_null_b_{start_time}"));
    assert!(world.executions("not").await.is_empty());

    // A restart ends once more.
    let stage = first["stages"][0]["id"].as_str().expect("an id");
    let path = format!("/pipelines/{id}/stages/{stage}/restart");
    let (status, body) = crate::world::put(&world.orca, &path, &json!({})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    world.ended("b", 2).await;
    world.ended("c", 2).await;
    world.ended("a", 1).await;
    world.stop().await;
}

#[tokio::test]
async fn an_end_that_nobody_could_be_told_of_is_told_by_another_node() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", json!({}))).await;
    world.save(pipeline("b", after("a", &["successful"]))).await;
    // front50 dies between the start and the end: who waits for that is not known.
    let stages = json!([{"refId": "1", "type": "wait", "name": "w", "requisiteStageRefIds": [], "waitTime": 1}]);
    world.save(pipeline("a", json!({ "stages": stages }))).await;
    start(&world, "a").await;
    world.before_front50.set_down(true);
    world.ended("a", 1).await;
    world.stop().await;

    let later = World::start_later(folder.path(), "two", options(), GRACE).await;
    let started = later.ended("b", 1).await;
    assert_eq!(started[0]["trigger"]["parentExecution"]["pipelineConfigId"], "a");
    later.stop().await;

    // It is told, and is not told again.
    let last = World::start_later(folder.path(), "three", options(), 3 * GRACE).await;
    let asked = last.before_front50.reads();
    start(&last, "a").await;
    last.ended("a", 2).await;
    last.ended("b", 2).await;
    assert!(last.before_front50.reads() > asked);
    last.stop().await;
}

#[tokio::test]
async fn echo_is_told_of_each_end_and_holds_nothing_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    world.save(pipeline("a", json!({}))).await;
    world.before_echo.set_down(true);
    start(&world, "a").await;
    world.ended("a", 1).await;
    eventually(async || world.before_echo.writes() > 0).await;
    world.stop().await;

    let later = World::start_later(folder.path(), "two", options(), GRACE).await;
    eventually(async || later.before_echo.writes() == 1).await;
    start(&later, "a").await;
    later.ended("a", 2).await;
    eventually(async || later.before_echo.writes() == 2).await;
    later.stop().await;
}

#[tokio::test]
async fn ends_that_are_too_large_to_wait_in_memory_are_told_whole_all_the_same() {
    const ENDS: usize = 24;
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(&folder).await;
    let (open, text) = (watch::Sender::new(false), "x".repeat(1 << 20));
    let told: Arc<Mutex<Vec<(Value, Value)>>> = Arc::default();
    let hears = {
        let (told, open) = (told.clone(), open.clone());
        move |Json(event): Json<Value>| {
            let (told, mut open) = (told.clone(), open.subscribe());
            async move {
                open.wait_for(|open| *open).await.expect("the test goes on");
                let Value::Object(content) = &event["content"] else { return };
                let payload = content["execution"]["trigger"]["payload"]["text"].clone();
                told.lock().push((content["executionId"].clone(), payload));
            }
        }
    };
    world.before_echo.is(Router::new().route("/", axum::routing::post(hears)).layer(DefaultBodyLimit::disable()));
    world.save(pipeline("a", json!({}))).await;
    let trigger = json!({"type": "manual", "payload": {"text": text}});
    for _ in 0..ENDS {
        let (status, body) = post(&world.orca, "/orchestrate/a", &[], &trigger).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    world.ended("a", ENDS).await;
    open.send_replace(true);
    eventually(async || told.lock().len() == ENDS).await;
    let told = told.lock().clone();
    let ids: HashSet<&str> = told.iter().filter_map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), ENDS, "each once");
    assert!(told.iter().all(|(_, payload)| payload.as_str() == Some(&*text)));
    world.stop().await;
}

#[tokio::test]
async fn an_echo_that_reads_it_is_told_of_stages_and_tasks() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut orca = gennaker_orca::Options::default();
    orca.echo.events.progress = Some(true);
    let world = World::start_all(folder.path(), "one", options(), Duration::ZERO, &orca).await;
    let told: Arc<Mutex<Vec<Value>>> = Arc::default();
    let hears = {
        let told = told.clone();
        async move |Json(event): Json<Value>| told.lock().push(event)
    };
    world.before_echo.is(Router::new().route("/", axum::routing::post(hears)));
    world.save(pipeline("a", json!({}))).await;
    start(&world, "a").await;
    eventually(async || told.lock().len() == 6).await;
    let told = told.lock().clone();
    let mut kinds: Vec<_> = told.iter().filter_map(|event| event["details"]["type"].as_str()).collect();
    // The end is told beside what happened before it.
    let end = kinds.iter().position(|kind| *kind == "orca:pipeline:complete").expect("its end");
    kinds.remove(end);
    let expected = [
        "orca:pipeline:starting",
        "orca:stage:starting",
        "orca:task:starting",
        "orca:task:complete",
        "orca:stage:complete",
    ];
    assert_eq!(kinds, expected);
    let task = told.iter().find(|event| event["details"]["type"] == "orca:task:complete").expect("a task");
    let content = &task["content"];
    assert_eq!(
        (&content["taskName"], &content["standalone"]),
        (&json!("evaluateVariables.evaluateVariables"), &json!(false))
    );
    assert_eq!(content["execution"]["stages"][0]["id"], content["stageId"]);
    world.stop().await;
}
