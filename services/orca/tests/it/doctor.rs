//! Diagnosis, replay and plan over HTTP, on a real store.

use gennaker_orca::{Options, recording::Case};
use gennaker_wire::{
    Diagnosis, Outcome, Plan, Replayed, Status,
    diagnosis::{CauseKind, StageWaitKind, Verdict},
};
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    http::call,
    world::{World, eventually},
};

async fn get<T: DeserializeOwned>(world: &World, path: &str) -> T {
    let (status, answer) = call(world, Method::GET, path, "").await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    serde_json::from_value(answer).expect("the type of this route")
}

async fn diagnosis(world: &World, id: &str) -> Diagnosis {
    get(world, &format!("/pipelines/{id}/diagnosis")).await
}

/// Whatever has ended is diagnosed as over, replays, how far the planner is included, and can be kept with and without its texts.
pub(crate) async fn check_ended(world: &World, id: &str) {
    let found = diagnosis(world, id).await;
    assert!(matches!(found.verdict, Verdict::Succeeded | Verdict::Failed), "{found:#?}");
    let replayed: Replayed = get(world, &format!("/pipelines/{id}/replay")).await;
    assert!(replayed.same, "{replayed:#?}");
    let case: Value = get(world, &format!("/pipelines/{id}/replay?export=true")).await;
    let case = Case::read(&case.to_string()).expect("a case");
    assert!(case.redacted().expect("it can be redacted").rerun().expect("it replays").same);
}

/// An execution that waits for a judgment, and is released.
async fn asking(world: &World) -> String {
    let stages = json!([
        {"refId": "1", "type": "manualJudgment", "name": "Ask"},
        {"refId": "2", "type": "record", "name": "R", "requisiteStageRefIds": ["1"], "done": true},
    ]);
    let id = world.begin(stages).await;
    eventually(async || world.orca.engine().active() == 0).await;
    id
}

#[tokio::test]
async fn an_execution_that_waits_is_diagnosed_until_it_is_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = asking(&world).await;
    let found = diagnosis(&world, &id).await;
    assert_eq!((found.verdict, found.waits[0].waits_for), (Verdict::Waiting, StageWaitKind::Judgment));
    assert!(found.ownership.owner.is_none() && found.causes.is_empty(), "{found:?}");
    assert_eq!(found.ownership.tenures[0].owner.node.as_deref(), Some("one"));
    assert!(found.ownership.nodes[0].lives && found.ownership.nodes[0].lease_ends.is_some());
    assert_eq!((found.subject.application.as_str(), found.subject.user.as_deref()), ("shop", Some("ann")));
    let stage = found.waits[0].stage.id.clone();

    let path = format!("/pipelines/{id}/stages/{stage}");
    let judged = call(&world, Method::PATCH, &path, r#"{"judgmentStatus": "continue"}"#).await;
    assert_eq!(judged.0, StatusCode::OK);
    world.ended(&id).await;
    let found = diagnosis(&world, &id).await;
    assert_eq!(
        (found.verdict, found.summary.as_str()),
        (Verdict::Succeeded, "Nothing is wrong: it is over, and succeeded.")
    );
    let call = found.calls.iter().find(|call| call.stage.name == "R").expect("its call");
    let (request, fence) = world.calls.lock().first().cloned().expect("one call");
    assert_eq!((&call.request_id, call.fences.as_slice()), (&request, &[fence][..]), "as the peer got it");
    assert_eq!(call.result.as_deref(), Some("SUCCEEDED"));
    let command = &found.commands[0];
    assert_eq!((command.user.as_str(), command.command.as_str()), ("tester@example.com", "change"));
    assert_eq!(command.detail.as_deref(), Some("judgmentStatus"));
    assert!(found.record.replayed.is_some_and(|replayed| replayed.same));
}

#[tokio::test]
async fn a_dead_owner_and_a_command_that_nobody_takes_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(json!([{"refId": "1", "type": "record", "name": "R", "poll": true}])).await;
    world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    eventually(async || !world.calls.lock().is_empty()).await;
    let found = diagnosis(&world, &id).await;
    let owner = found.ownership.owner.expect("an owner");
    assert!(owner.lives && owner.node.as_deref() == Some("one"), "{owner:?}");
    assert_eq!(found.verdict, Verdict::Running);

    let store = world.store.clone();
    world.crash().await;
    // A node that drives nothing looks at what the dead one left.
    let options = Options { active_executions: 0, ..Options::default() };
    let other = World::start_on(store, "two", &options).await;
    // Soon the dead one's executions are free for all: what is looked at is one answer from before that.
    let mut found = None;
    eventually(async || {
        let looked = diagnosis(&other, &id).await;
        let told = looked.causes.iter().any(|cause| cause.kind == CauseKind::DeadOwner);
        found = told.then_some(looked);
        told
    })
    .await;
    let found = found.expect("what is said of the dead owner");
    assert_eq!(found.verdict, Verdict::Unowned);
    assert!(!found.ownership.owner.expect("the dead one").lives);
    assert_eq!(found.ownership.nodes.len(), 1, "{:?}", found.ownership.nodes);
}

#[tokio::test]
async fn a_recording_is_replayed_exported_and_replayed_without_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = asking(&world).await;
    let path = format!("/pipelines/{id}/replay");
    let replayed: Replayed = get(&world, &path).await;
    assert!(replayed.same && replayed.events > 2, "{replayed:?}");
    let case: Value = get(&world, &format!("{path}?export=true")).await;
    let case = Case::read(&case.to_string()).expect("a case");
    assert_eq!(case.events.len() as u64, replayed.events);
    assert!(case.rerun().expect("it replays").same);
    assert_eq!(call(&world, Method::GET, &format!("{path}?export=perhaps"), "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_plan_is_made_and_nothing_is_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let pipeline = json!({
        "application": "shop", "name": "deploy ${parameters.tag}", "id": "config",
        "parameterConfig": [{"name": "tag", "default": "1.2"}],
        "stages": [
            {"refId": "2", "type": "checkPreconditions", "name": "C", "requisiteStageRefIds": ["1"],
             "preconditions": [{"type": "expression", "context": {"expression": "true"}}]},
            {"refId": "1", "type": "wait", "name": "W", "waitTime": 2, "note": "${parameters.tag}"},
        ],
    });
    let (status, answer) = call(&world, Method::POST, "/pipelines/plan", &pipeline.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let plan: Plan = serde_json::from_value(answer).expect("a plan");
    assert_eq!((plan.name.as_deref(), plan.outcome), (Some("deploy 1.2"), Outcome::Runs));
    let names: Vec<_> = plan.steps.iter().map(|step| step.name.clone().unwrap_or_default()).collect();
    assert_eq!(names, ["W", "C"]);
    assert_eq!(plan.steps[0].settings["note"], "1.2");
    assert_eq!(plan.steps[1].before[0].steps[0].name.as_deref(), Some("checkPrecondition"));
    let stages = json!([{"refId": "1", "type": "wait"}]);
    for (failing, says) in [
        (json!({"application": "shop", "stages": [{"refId": "1", "type": "moon"}]}), "\"moon\" is not supported"),
        (json!({"application": "shop", "stages": []}), "no stage can start"),
        (json!({"application": "shop", "stages": stages, "disabled": true}), "Pipeline is disabled"),
        (
            json!({"application": "shop", "stages": stages, "type": "templatedPipeline"}),
            "unexpected schema version 'null'",
        ),
        (json!({"application": "shop", "stages": stages, "executionId": "../x"}), "executionId is up to"),
        (json!({"stages": stages, "parameterConfig": [{"name": "tag", "required": true}]}), "the parameter tag"),
    ] {
        let (status, answer) = call(&world, Method::POST, "/pipelines/plan", &failing.to_string()).await;
        assert_eq!((status, &answer["outcome"]), (StatusCode::OK, &json!("FAILS")), "{failing}: {answer}");
        assert!(answer.to_string().contains(&says.replace('"', "\\\"")), "{failing}: {answer}");
    }
    for wrong in ["{", "[]", r#"{"stages": {}}"#, r#"{"stages": [7]}"#, r#"{"trigger": 5}"#] {
        let (status, answer) = call(&world, Method::POST, "/pipelines/plan", wrong).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}: {answer}");
    }
    let (_, list) = call(&world, Method::GET, "/applications/shop/pipelines", "").await;
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn who_has_no_place_is_told_behind_whom_before_and_after_its_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let limits = json!({"limitConcurrent": true, "keepWaitingPipelines": true});
    let stages = json!([{"refId": "1", "type": "record", "name": "R"}]);
    let mut pipeline = json!({"application": "shop", "name": "deploy", "id": "config", "stages": stages});
    pipeline["limitConcurrent"] = true.into();
    let plan = async || {
        let (_, answer) = call(&world, Method::POST, "/pipelines/plan", &pipeline.to_string()).await;
        serde_json::from_value::<Plan>(answer).expect("a plan")
    };
    assert_eq!(plan().await.outcome, Outcome::Runs);
    let first = world.begin_with(limits.clone(), stages.clone()).await;
    world.until(&first, |execution| execution.status == Status::Running).await;
    let planned = plan().await;
    assert_eq!((planned.outcome, planned.waits[0].behind.as_slice()), (Outcome::Waits, &[first.clone()][..]));
    let second = world.begin_with(limits, stages.clone()).await;
    let found = diagnosis(&world, &second).await;
    assert_eq!(found.verdict, Verdict::Queued);
    assert_eq!((found.causes.len(), found.causes[0].executions.as_slice()), (1, &[first.clone()][..]));
    let cancelled = call(&world, Method::PUT, &format!("/pipelines/{first}/cancel"), "").await;
    assert!(cancelled.0.is_success());
    world.until(&second, |execution| execution.status == Status::Running).await;
    let found = diagnosis(&world, &second).await;
    assert!(
        found.causes.is_empty() && found.record.replayed.is_some_and(|replayed| replayed.same),
        "{:?}",
        found.causes
    );
}

#[tokio::test]
async fn a_restart_and_an_import_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let stages = json!([{"refId": "1", "type": "record", "name": "R", "done": true}]);
    let id = world.begin(stages).await;
    let ended = world.ended(&id).await;
    let path = format!("/pipelines/{id}/stages/{}/restart", ended.stages[0].id);
    assert!(call(&world, Method::PUT, &path, "{}").await.0.is_success());
    eventually(async || world.calls.lock().len() == 2).await;
    world.ended(&id).await;
    let found = diagnosis(&world, &id).await;
    let keys: Vec<_> = found.calls.iter().map(|call| call.request_id.clone()).collect();
    let sent: Vec<_> = world.calls.lock().iter().map(|(request, _)| request.clone()).collect();
    assert_eq!(keys, sent, "each run has a key of its own");
    assert_eq!(found.commands[0].command, "restart");

    let mut imported = ended;
    imported.id = "01IMPORTED".to_owned();
    world.orca.engine().import(imported).await.expect("it is stored");
    let found = diagnosis(&world, "01IMPORTED").await;
    assert_eq!(found.verdict, Verdict::Succeeded);
    assert!(found.record.problem.is_some_and(|problem| problem.contains("it was imported")));
    let (status, answer) = call(&world, Method::GET, "/pipelines/01IMPORTED/replay", "").await;
    assert_eq!(status, StatusCode::NOT_IMPLEMENTED, "{answer}");
}

#[tokio::test]
async fn who_is_not_there_is_not_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    for path in ["/pipelines/nope/diagnosis", "/pipelines/nope/replay", "/pipelines/nope/replay?export=true"] {
        let (status, answer) = call(&world, Method::GET, path, "").await;
        assert_eq!((status.as_u16(), &answer["message"]), (404, &json!("No pipeline found for nope")), "{path}");
    }
}
