//! Stages that touch no cloud, run by the engine.

use std::sync::Arc;

use gennaker_base::{Clock, SystemClock};
use gennaker_orca::{Options, engine::Settled, planner::Signal};
use gennaker_orca_stages::{DryRunOptions, ExecutionWindowOptions, Options as StageOptions, TasksOptions};
use gennaker_wire::{Execution, Stage, Status};
use serde_json::{Value, json};

use crate::world::{World, open};

/// The one task of a window that has not opened.
const SUSPENDED: (&str, Status) = ("suspendExecutionDuringTimeWindow", Status::Running);

/// The names and statuses of a stage's tasks.
fn tasks(stage: &Stage) -> Vec<(&str, Status)> {
    stage.tasks.iter().map(|task| (task.name.as_str(), task.status)).collect()
}

async fn patch(world: &World, id: &str, stage: &Stage, context: Value) {
    let signal = Signal::Patch {
        user: "judge@example.com".into(),
        allowed_accounts: vec!["main".into()],
        stage: stage.id.clone(),
        context: context.as_object().cloned().expect("an object"),
    };
    assert_eq!(world.orca.engine().signal(id, &signal).await.expect("it is recorded"), Settled::Done);
}

#[tokio::test]
async fn without_an_authorisation_service_anybody_may_judge_and_the_input_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([{
            "refId": "1", "type": "manualJudgment", "name": "j", "selectedStageRoles": ["admins"],
            "judgmentInputs": [{"value": "yes"}, {"value": "no"}],
            "notifications": [{"type": "email", "address": "a@example.com", "when": ["manualJudgment"]}],
        }]))
        .await;
    let is_told = |execution: &Execution| execution.stages[0].context["notifications"][0]["notifyEveryMs"] == -1;
    let waiting = world.until(&id, is_told).await;
    patch(&world, &id, &waiting.stages[0], json!({"judgmentStatus": "continue", "judgmentInput": "yes"})).await;
    let execution = world.ended(&id).await;
    let stage = &execution.stages[0];
    assert_eq!(tasks(stage), [("waitForJudgment", Status::Succeeded)]);
    assert_eq!(
        Value::Object(stage.context.clone()),
        json!({
            "selectedStageRoles": ["admins"], "judgmentInputs": [{"value": "yes"}, {"value": "no"}],
            "notifications": [{
                "type": "email", "address": "a@example.com", "when": ["manualJudgment"],
                "lastNotifiedByNotificationState": {}, "notifyEveryMs": -1,
            }],
            "judgmentStatus": "continue", "judgmentInput": "yes", "lastModifiedBy": "judge@example.com",
        })
    );
    let changed = stage.last_modified.as_ref().expect("who judged");
    assert_eq!((&changed["user"], &changed["allowedAccounts"]), (&json!("judge@example.com"), &json!(["main"])));
}

#[tokio::test]
async fn what_has_nothing_to_do_or_to_wait_for_is_over_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let soon = SystemClock.now().millis() + 200;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "noop", "name": "n"},
            {"refId": "2", "type": "waitUntil", "name": "past", "requisiteStageRefIds": ["1"], "epochMillis": 1000},
            {"refId": "3", "type": "waitUntil", "name": "soon", "requisiteStageRefIds": ["2"], "epochMillis": soon},
            {"refId": "4", "type": "waitUntil", "name": "never", "requisiteStageRefIds": ["3"]},
            {"refId": "5", "type": "checkPreconditions", "name": "c", "requisiteStageRefIds": ["4"],
             "preconditions": [{"type": "noop"}]},
        ]))
        .await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    let stage = |name: &str| {
        let mut stages = execution.stages.iter();
        stages.find(|stage| stage.name.as_deref() == Some(name)).expect("the stage")
    };
    assert_eq!((stage("n").status, stage("n").tasks.len()), (Status::Skipped, 0));
    for name in ["past", "soon"] {
        assert_eq!(tasks(stage(name)), [("waitUntil", Status::Succeeded)]);
        assert!(stage(name).context["startTime"].is_i64());
    }
    assert!(stage("soon").end_time.expect("it ended").millis() >= soon);
    assert!(!stage("never").context.contains_key("startTime"));
    assert_eq!(tasks(stage("Check precondition (noop)")), [("checkPrecondition", Status::Succeeded)]);
}

#[tokio::test]
async fn a_dry_run_does_nothing_where_it_is_switched_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let stages = StageOptions { dryrun: DryRunOptions { enabled: true }, ..StageOptions::default() };
    let store = open(folder.path()).await;
    let world = World::start_with(store, "one", &Options::default(), Arc::new(SystemClock), &stages).await;
    let pipeline = json!([
        {"refId": "1", "type": "record", "name": "r"},
        {"refId": "2", "type": "wait", "name": "w", "requisiteStageRefIds": ["1"], "waitTime": "${nobody.knows}"},
        {"refId": "3", "type": "evaluateVariables", "name": "v", "requisiteStageRefIds": ["2"],
         "variables": [{"key": "two", "value": "${1 + 1}"}]},
        {"refId": "4", "type": "checkPreconditions", "name": "c", "requisiteStageRefIds": ["3"],
         "preconditions": [{"type": "stageStatus", "context": {"stageName": "r", "stageStatus": "TERMINAL"}}]},
    ]);
    let id = world.begin_with(json!({"trigger": {"type": "manual", "dryRun": true}}), pipeline).await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    assert!(world.calls.lock().is_empty(), "nothing was done");
    let dry = [("dry run", Status::Succeeded)];
    let of = |name: &str| {
        let stage = execution.stages.iter().find(|stage| stage.name.as_deref() == Some(name)).expect("the stage");
        tasks(stage)
    };
    assert_eq!(of("r"), dry);
    assert_eq!(of("w"), dry);
    assert_eq!(of("v"), [("evaluateVariables", Status::Succeeded)]);
    assert_eq!(of("c"), dry);
    assert_eq!(of("Check precondition (stageStatus)"), dry);
    let class = &execution.stages[0].tasks[0].implementing_class;
    assert_eq!(class, "com.netflix.spinnaker.orca.dryrun.DryRunTask");
}

#[tokio::test]
async fn a_dry_run_is_a_run_where_it_is_not_switched_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let stages = json!([{"refId": "1", "type": "record", "name": "r", "done": true}]);
    let id = world.begin_with(json!({"trigger": {"type": "manual", "dryRun": true}}), stages).await;
    assert_eq!(world.ended(&id).await.status, Status::Succeeded);
    assert_eq!(world.calls.lock().len(), 1);
}

#[tokio::test]
async fn nothing_of_a_stage_starts_before_its_window_opens_or_is_skipped() {
    let folder = tempfile::tempdir().expect("a folder");
    let window = ExecutionWindowOptions { timezone: "UTC".to_owned() };
    let stages = StageOptions {
        tasks: TasksOptions { execution_window: window, ..TasksOptions::default() },
        ..StageOptions::default()
    };
    let store = open(folder.path()).await;
    let world = World::start_with(store, "one", &Options::default(), Arc::new(SystemClock), &stages).await;
    // From two hours on for an hour.
    let hour = SystemClock.now().millis() / 3_600_000 % 24;
    let hours = json!({"startHour": (hour + 2) % 24, "endHour": (hour + 3) % 24});
    let id = world
        .begin(json!([{
            "refId": "1", "type": "checkPreconditions", "name": "c", "preconditions": [{"type": "noop"}, {"type": "noop"}],
            "restrictExecutionDuringTimeWindow": true, "restrictedExecutionWindow": {"whitelist": [hours]},
        }]))
        .await;
    let held = |execution: &Execution| execution.stages.iter().any(|stage| tasks(stage) == [SUSPENDED]);
    let waiting = world.until(&id, held).await;
    let started = waiting.stages.iter().filter(|stage| stage.start_time.is_some()).count();
    assert_eq!((waiting.stages.len(), started), (4, 2), "the stage itself and its window");
    let window = waiting.stages.iter().find(|stage| tasks(stage) == [SUSPENDED]).expect("the window");
    assert_eq!(window.ref_id.as_deref(), Some("1<1"));
    patch(&world, &id, window, json!({"skipRemainingWait": true})).await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    for stage in execution.stages.iter().filter(|stage| tasks(stage) == [("checkPrecondition", Status::Succeeded)]) {
        assert_eq!(stage.requisite_stage_ref_ids, ["1<1"]);
        assert!(!stage.context.contains_key("restrictedExecutionWindow"));
    }
}

#[tokio::test]
async fn a_window_that_cannot_be_read_fails_its_stage_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([{"refId": "1", "type": "wait", "name": "w", "restrictExecutionDuringTimeWindow": true,
            "restrictedExecutionWindow": {"whitelist": [{"startHour": 9, "endHour": 24}]}}]))
        .await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Terminal);
    let reasons = execution.stages.iter().filter_map(|stage| stage.context.get("failureReason")?.as_str());
    let reasons: Vec<_> = reasons.collect();
    assert!(matches!(reasons[..], [reason] if reason.contains("endHour")), "{reasons:?}");
}
