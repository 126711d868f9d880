//! Pipelines that limit their own runs, and runs that run again.

use gennaker_orca::{Options, planner::Signal};
use gennaker_wire::{Object, Status};
use serde_json::{Value, json};

use crate::world::{World, eventually, open};

fn stages() -> Value {
    json!([{"refId": "1", "type": "record", "name": "r"}])
}

fn restart(stage: &str) -> Signal {
    Signal::Restart { user: "ann".into(), stage: stage.into(), context: Object::new(), prepared: Default::default() }
}

fn cancel() -> Signal {
    Signal::Cancel { user: "ann".into(), reason: None, force: false }
}

impl World {
    async fn finish(&self, id: &str) {
        let stage = self.orca.engine().load(id).await.expect("it is there").stages[0].id.clone();
        let context = Object::from_iter([("done".to_owned(), json!(true))]);
        let patch = Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage, context };
        self.orca.engine().signal(id, &patch).await.expect("it is recorded");
    }

    async fn status(&self, id: &str) -> Status {
        self.orca.engine().load(id).await.expect("it is there").status
    }

    async fn running(&self, id: &str) {
        self.until(id, |execution| execution.status == Status::Running).await;
    }
}

#[tokio::test]
async fn one_after_the_other_in_the_order_of_their_starts() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let limits = json!({"limitConcurrent": true, "keepWaitingPipelines": true});
    let (first, second, third) = (
        world.begin_with(limits.clone(), stages()).await,
        world.begin_with(limits.clone(), stages()).await,
        world.begin_with(limits, stages()).await,
    );
    world.running(&first).await;
    assert_eq!((world.status(&second).await, world.status(&third).await), (Status::NotStarted, Status::NotStarted));
    world.finish(&first).await;
    world.ended(&first).await;
    world.running(&second).await;
    assert_eq!(world.status(&third).await, Status::NotStarted);
    world.orca.engine().signal(&second, &cancel()).await.expect("it is recorded");
    assert_eq!(world.ended(&second).await.status, Status::Canceled);
    world.running(&third).await;
}

#[tokio::test]
async fn a_newer_run_supersedes_those_that_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let limits = json!({"limitConcurrent": true, "keepWaitingPipelines": false});
    let (first, second, third) = (
        world.begin_with(limits.clone(), stages()).await,
        world.begin_with(limits.clone(), stages()).await,
        world.begin_with(limits, stages()).await,
    );
    world.running(&first).await;
    world.finish(&first).await;
    let superseded = world.ended(&second).await;
    assert_eq!((superseded.status, superseded.canceled_by.as_deref()), (Status::Canceled, Some("spinnaker")));
    assert_eq!((superseded.start_time, superseded.end_time), (None, None), "it never began");
    assert!(superseded.cancellation_reason.is_some_and(|reason| reason.contains("a newer queued execution")));
    world.running(&third).await;
}

#[tokio::test]
async fn a_waiting_run_is_cancelled_without_disturbing_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let limits = json!({"maxConcurrentExecutions": 2, "keepWaitingPipelines": true});
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(world.begin_with(limits.clone(), stages()).await);
    }
    world.running(&ids[0]).await;
    world.running(&ids[1]).await;
    world.orca.engine().signal(&ids[2], &cancel()).await.expect("it is recorded");
    assert_eq!(world.ended(&ids[2]).await.status, Status::Canceled);
    assert_eq!(world.status(&ids[3]).await, Status::NotStarted);
    world.finish(&ids[1]).await;
    world.running(&ids[3]).await;
    assert_eq!(world.status(&ids[0]).await, Status::Running);
}

#[tokio::test]
async fn who_waits_begins_after_the_node_that_ran_the_other_died() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path()).await;
    let world = World::start_on(store.clone(), "one", &Options::default()).await;
    let limits = json!({"limitConcurrent": true, "keepWaitingPipelines": true});
    let first = world.begin_with(limits.clone(), stages()).await;
    let second = world.begin_with(limits, stages()).await;
    world.running(&first).await;
    world.crash().await;
    let world = World::start_on(store, "two", &Options::default()).await;
    assert_eq!(world.status(&second).await, Status::NotStarted);
    world.finish(&first).await;
    assert_eq!(world.ended(&first).await.status, Status::Succeeded);
    world.running(&second).await;
}

#[tokio::test]
async fn a_restart_waits_for_a_place_like_a_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let limits = json!({"limitConcurrent": true, "keepWaitingPipelines": true});
    let first = world.begin_with(limits.clone(), stages()).await;
    world.running(&first).await;
    world.finish(&first).await;
    let stage = world.ended(&first).await.stages[0].id.clone();
    let second = world.begin_with(limits, stages()).await;
    world.running(&second).await;
    world.orca.engine().signal(&first, &restart(&stage)).await.expect("it is recorded");
    world.until(&first, |execution| execution.status == Status::NotStarted).await;
    world.finish(&second).await;
    world.ended(&second).await;
    let again = world.ended(&first).await;
    assert_eq!(again.status, Status::Succeeded);
    assert_eq!(again.stages[0].context["restartDetails"]["restartedBy"], "ann");
}

#[tokio::test]
async fn an_ended_execution_runs_again_with_new_side_effects() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "wait", "name": "w", "waitTime": 0},
            {"refId": "2", "type": "record", "name": "r", "requisiteStageRefIds": ["1"], "done": true},
        ]))
        .await;
    let stage = world.ended(&id).await.stages[1].id.clone();
    world.orca.engine().signal(&id, &restart(&stage)).await.expect("it is recorded");
    eventually(async || world.calls.lock().len() == 2).await;
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
    let calls = world.calls.lock().clone();
    assert_ne!(calls[0].0, calls[1].0, "a request of its own");
}
