//! The engine on a real store: what is answered is kept, what was under way goes on elsewhere.

use gennaker_orca::{
    Options,
    engine::{Settled, StartRequest},
    planner::Signal,
};
use gennaker_wire::Status;
use serde_json::json;

use crate::world::World;

fn patch(stage: &str, field: &str) -> Signal {
    let mut context = gennaker_wire::Object::new();
    context.insert(field.to_owned(), json!("continue"));
    Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage: stage.into(), context }
}

#[tokio::test]
async fn a_pipeline_runs_to_its_end_and_every_change_has_an_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "wait", "name": "w", "waitTime": 0},
            {"refId": "2", "type": "record", "name": "r", "requisiteStageRefIds": ["1"], "done": true},
        ]))
        .await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    assert_eq!(execution.stages[1].outputs["told"], "yes");
    let events = world.store.events(&id, 0, 100).await.expect("events");
    let kinds: Vec<_> = events.iter().map(|event| event.event.kind.as_str()).collect();
    let stage = ["composed", "stepped", "composedAfter"];
    assert_eq!(kinds, [&["accepted"][..], &stage, &stage].concat());
    let numbers: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(numbers, (1..=7).collect::<Vec<_>>());
    assert!(world.calls.lock()[0].1.starts_with(&format!("{id}/")), "calls carry the fence");
}

#[tokio::test]
async fn an_unknown_stage_type_fails_that_stage_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(json!([{"refId": "1", "type": "teleport", "name": "t"}])).await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Terminal);
    let error = execution.stages[0].context["exception"]["details"]["error"].to_string();
    assert!(error.contains("teleport"), "{error}");
}

#[tokio::test]
async fn what_only_waits_is_released_and_goes_on_after_a_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment", "name": "j"}])).await;
    let waiting = world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    let engine = world.orca.engine();
    for _ in 0..500 {
        if engine.active() == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(engine.active(), 0, "a judgment costs no memory");
    assert_eq!(world.store.load(&id).await.expect("it is there").owner, None);
    let signal = patch(&waiting.stages[0].id, "judgmentStatus");
    assert_eq!(engine.signal(&id, &signal).await.expect("it is recorded"), Settled::Done);
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
}

#[tokio::test]
async fn another_node_goes_on_where_a_dead_one_stopped_with_the_same_request_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = World::start(folder.path(), "one", &Options::default()).await;
    // A task that polls soon keeps its owner.
    let id = first
        .begin(json!([
            {"refId": "1", "type": "wait", "name": "w", "waitTime": 4},
            {"refId": "2", "type": "record", "name": "r", "requisiteStageRefIds": ["1"], "done": true},
        ]))
        .await;
    first.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    first.crash().await;
    let second = World::start(folder.path(), "two", &Options::default()).await;
    let execution = second.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    let calls = second.calls.lock().clone();
    assert_eq!(calls.len(), 1, "once: {calls:?}");
    let stage = &execution.stages[1].id;
    assert_eq!(calls[0].0, format!("{stage}-1-0"));
}

#[tokio::test]
async fn a_second_start_with_the_same_request_is_the_first_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let execution = |id: &str| gennaker_wire::Execution {
        id: id.to_owned(),
        application: "shop".into(),
        ..gennaker_wire::Execution::default()
    };
    let engine = world.orca.engine();
    let start = |id: &str| StartRequest { request: Some("build-7".into()), ..execution(id).into() };
    let first = engine.start(start("01A")).await.expect("it starts");
    let second = engine.start(start("01B")).await.expect("it is answered");
    assert_eq!((first.as_str(), second.as_str()), ("01A", "01A"));
    assert!(engine.load("01B").await.is_err(), "nothing else is stored");
}
