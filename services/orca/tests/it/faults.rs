//! What a store or a node may do at the worst moment: answers are lost, callers give up, a node stands still too long.

use std::sync::Arc;

use gennaker_orca::{Options, planner::Signal};
use gennaker_store::SharedStore;
use gennaker_wire::{Execution, Status};
use serde_json::{Value, json};

use crate::{
    unsteady::UnsteadyStore,
    world::{World, eventually, open},
};

async fn unsteady(folder: &std::path::Path) -> (Arc<UnsteadyStore>, World) {
    let store = Arc::new(UnsteadyStore::new(open(folder).await));
    let world = World::start_on(store.clone(), "one", &Options::default()).await;
    (store, world)
}

fn patch(stage: &str, context: Value) -> Signal {
    let context = context.as_object().cloned().expect("an object");
    Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage: stage.into(), context }
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_settled_and_nothing_happens_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    store.lose_answers("commit");
    let id = world
        .begin(json!([
            {"refId": "1", "type": "record", "name": "r", "done": true},
            {"refId": "2", "type": "manualJudgment", "name": "j", "requisiteStageRefIds": ["1"]},
        ]))
        .await;
    let waiting = world.until(&id, |execution| execution.stages[1].status == Status::Running).await;
    let judgment = patch(&waiting.stages[1].id, json!({"judgmentStatus": "continue"}));
    world.orca.engine().signal(&id, &judgment).await.expect("it is recorded");
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    assert_eq!(world.calls.lock().len(), 1);
    let events = store_events(&world, &id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "signalled").count(), 1, "{events:?}");
}

async fn store_events(world: &World, id: &str) -> Vec<String> {
    let events = world.store.events(id, 0, 1000).await.expect("events");
    events.into_iter().map(|event| event.event.kind).collect()
}

#[tokio::test]
async fn a_command_without_effect_is_taken_once_also_if_the_answer_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    let id = world.begin(json!([{"refId": "1", "type": "record", "name": "r", "poll": true}])).await;
    let running = world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    store.lose_answers("commit");
    // It is not paused, so this changes nothing.
    let engine = world.orca.engine();
    engine.signal(&id, &Signal::Resume { user: "ann".into() }).await.expect("it is recorded");
    engine.signal(&id, &patch(&running.stages[0].id, json!({"done": true}))).await.expect("it is recorded");
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
}

#[tokio::test]
async fn an_execution_is_driven_on_after_a_defect_of_the_engine() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    let id = world.begin(json!([{"refId": "1", "type": "record", "name": "r", "poll": true}])).await;
    let running = world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    store.panic_at_commits(2);
    let done = patch(&running.stages[0].id, json!({"done": true}));
    world.orca.engine().signal(&id, &done).await.expect("it is recorded");
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
    assert_eq!(store.defects_left(), 0);
    let events = store_events(&world, &id).await;
    assert_eq!(events.iter().filter(|kind| *kind == "signalled").count(), 1, "{events:?}");
}

#[tokio::test]
async fn a_start_whose_answer_is_lost_is_driven() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    store.lose_answers("create");
    let id = world.begin(json!([{"refId": "1", "type": "record", "name": "r", "done": true}])).await;
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
    assert_eq!(world.calls.lock().len(), 1);
}

#[tokio::test]
async fn a_start_whose_caller_gives_up_is_driven() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    store.freeze();
    let engine = world.orca.engine().clone();
    let mut execution = Execution { id: "01A".into(), application: "shop".into(), ..Execution::default() };
    let stage = json!({"id": "s", "refId": "1", "type": "record", "context": {"done": true}});
    execution.stages.push(serde_json::from_value(stage).expect("a stage"));
    let caller = tokio::spawn(async move { engine.start(execution.into()).await });
    eventually(async || world.store.load("01A").await.is_ok()).await;
    caller.abort();
    assert!(caller.await.is_err(), "it gave up");
    store.thaw();
    assert_eq!(world.ended("01A").await.status, Status::Succeeded);
}

#[tokio::test]
async fn what_was_claimed_without_an_answer_is_driven() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, world) = unsteady(folder.path()).await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment", "name": "j"}])).await;
    let waiting = world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    eventually(async || world.orca.engine().active() == 0).await;
    store.lose_answers("claim");
    let judgment = patch(&waiting.stages[0].id, json!({"judgmentStatus": "continue"}));
    world.orca.engine().signal(&id, &judgment).await.expect("it is recorded");
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
}

#[tokio::test]
async fn a_node_that_stood_still_past_its_lease_is_refused_and_drops_what_it_drove() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, first) = unsteady(folder.path()).await;
    let id = first.begin(json!([{"refId": "1", "type": "record", "name": "r", "poll": true}])).await;
    eventually(async || !first.calls.lock().is_empty()).await;
    // As if its process was stopped: it neither writes nor renews, and does not notice that its lease ends.
    first.hold_news();
    store.freeze();
    eventually(async || store.blocked_commits() > 0).await;
    let second = World::start(folder.path(), "two", &Options::default()).await;
    eventually(async || !second.calls.lock().is_empty()).await;
    assert_eq!(first.orca.engine().active(), 1, "it still believes that it owns the execution");

    store.thaw();
    eventually(async || !store.refused().is_empty()).await;
    eventually(async || first.orca.engine().active() == 0).await;
    assert_eq!(store.refused().len(), 1, "it is told once and stops");

    let stage = first.orca.engine().load(&id).await.expect("it is there").stages[0].id.clone();
    second.orca.engine().signal(&id, &patch(&stage, json!({"done": true}))).await.expect("it is recorded");
    assert_eq!(second.ended(&id).await.status, Status::Succeeded);
    let (before, after) = (first.calls.lock().clone(), second.calls.lock().clone());
    assert!(before.iter().chain(&after).all(|(request, _)| *request == format!("{stage}-1-0")), "{before:?} {after:?}");
    assert!(before.iter().all(|(_, fence)| epoch(fence) < epoch(&after[0].1)), "{before:?} {after:?}");
    let events = first.store.events(&id, 0, 1000).await.expect("events");
    let epochs: Vec<_> = events.iter().filter_map(|event| event.epoch).collect();
    assert!(epochs.is_sorted(), "nothing of the first node comes after the second's: {epochs:?}");

    // It notices at last, joins again and works on.
    first.release_news();
    let next = first.begin(json!([{"refId": "1", "type": "record", "name": "r", "done": true}])).await;
    assert_eq!(first.ended(&next).await.status, Status::Succeeded);
}

fn epoch(fence: &str) -> u64 {
    fence.rsplit_once('/').expect("execution/epoch").1.parse().expect("a number")
}

#[tokio::test]
async fn a_wait_that_two_nodes_could_take_up_is_taken_up_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let store: SharedStore = open(folder.path()).await;
    // Released at once, so that either node may claim it when it is due.
    let options = Options { release_after_ms: 0, ..Options::default() };
    let first = World::start_on(store.clone(), "one", &options).await;
    let second = World::start_on(store, "two", &options).await;
    let mut started = Vec::new();
    for _ in 0..20 {
        started.push(
            first
                .begin(json!([
                    {"refId": "1", "type": "wait", "name": "w", "waitTime": 0.2},
                    {"refId": "2", "type": "record", "name": "r", "requisiteStageRefIds": ["1"], "done": true},
                ]))
                .await,
        );
    }
    for id in &started {
        assert_eq!(first.ended(id).await.status, Status::Succeeded);
    }
    assert_eq!(first.calls.lock().len() + second.calls.lock().len(), 20);
}
