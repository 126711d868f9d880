//! Child pipelines: what they are given, what comes back, that there is one of each, and what becomes of them with their parents.

use gennaker_clients::{Caller, OrcaClient};
use gennaker_orca::Options;
use gennaker_store::{Order, Query};
use gennaker_wire::{Execution, Status};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    http::{call, call_with},
    world::World,
};

/// A child that gives back its parameters.
fn child(fields: Value) -> Value {
    let variables = json!([{"key": "n", "value": "${parameters.n + 1}"}, {"key": "from", "value": "${trigger.parentExecution.name}"}]);
    let stage = json!({"refId": "1", "type": "evaluateVariables", "name": "v", "variables": variables});
    let mut pipeline = json!({"id": "child", "name": "the child", "application": "shop", "stages": [stage]});
    for (name, value) in fields.as_object().expect("an object") {
        pipeline[name] = value.clone();
    }
    pipeline
}

fn calling(fields: Value) -> Value {
    let mut stage =
        json!({"refId": "1", "type": "pipeline", "name": "call", "application": "shop", "pipeline": "child"});
    for (name, value) in fields.as_object().expect("an object") {
        stage[name] = value.clone();
    }
    stage
}

async fn children(world: &World) -> Vec<Execution> {
    let query = Query { definitions: vec!["child".into()], order: Order::OldestFirst, ..Query::default() };
    world.orca.engine().list(&query).await.expect("a list")
}

#[tokio::test]
async fn a_child_gets_parameters_and_gives_its_outputs_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    world.front50.put(child(
        json!({"parameterConfig": [{"name": "n", "default": 1}, {"name": "d", "default": "${trigger.type}"}]}),
    ));
    let stages = json!([
        calling(json!({"pipelineParameters": {"n": 4, "list": [1, "${execution.name}"]}})),
        {"refId": "2", "type": "evaluateVariables", "name": "after", "requisiteStageRefIds": ["1"],
            "variables": [{"key": "sum", "value": "${n + 1}"}]},
    ]);
    let parent = world.ended(&world.begin(stages).await).await;
    assert_eq!(parent.status, Status::Succeeded, "{parent:#?}");
    assert_eq!(Value::Object(parent.stages[0].outputs.clone()), json!({"n": 5, "from": "deploy"}));
    assert_eq!(parent.stages[1].outputs["sum"], 6, "what comes after sees what the child put out");
    let child = children(&world).await.remove(0);
    assert_eq!(child.trigger["parameters"], json!({"n": 4, "d": "pipeline", "list": [1, "deploy"]}));
    assert_eq!(child.authentication, parent.authentication);
    assert_eq!((child.origin, child.trigger["user"].as_str()), (None, Some("ann")));
    // It may keep them to itself.
    let kept =
        world.begin(json!([calling(json!({"skipDownstreamOutput": true, "pipelineParameters": {"n": 1}}))])).await;
    let kept = world.ended(&kept).await;
    assert_eq!((kept.status, kept.stages[0].outputs.is_empty()), (Status::Succeeded, true));
}

#[tokio::test]
async fn a_dry_run_is_one_for_children_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    world.front50.put(child(json!({"parameterConfig": [{"name": "n", "default": 1}]})));
    let trigger = json!({"trigger": {"type": "manual", "dryRun": true}});
    world.ended(&world.begin_with(trigger, json!([calling(json!({}))])).await).await;
    assert_eq!(children(&world).await[0].trigger["dryRun"], true);
}

#[tokio::test]
async fn artifacts_go_down_to_the_child_and_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let expected =
        json!([{"id": "e", "matchArtifact": {"type": "embedded/base64", "name": "v.*"}, "usePriorArtifact": true}]);
    let made = json!({"refId": "1", "type": "evaluateArtifacts", "name": "m", "artifactContents": [{"name": "other", "contents": "b"}]});
    world.front50.put(child(json!({"expectedArtifacts": expected, "stages": [made]})));
    let own = json!({"refId": "0", "type": "evaluateArtifacts", "name": "own", "artifactContents": [{"name": "values", "contents": "a"}]});
    let wants = json!([{"id": "w", "matchArtifact": {"name": "other"}}]);
    let call = calling(json!({"requisiteStageRefIds": ["0"], "expectedArtifacts": wants}));
    let find = json!({
        "refId": "2", "type": "findArtifactFromExecution", "name": "f", "requisiteStageRefIds": ["1"], "pipeline": "child",
        "executionOptions": {"successful": true}, "expectedArtifact": {"id": "f", "matchArtifact": {"name": "other"}},
    });
    let parent = world.ended(&world.begin(json!([own, call, find])).await).await;
    assert_eq!(parent.status, Status::Succeeded, "{parent:#?}");
    let bound =
        |outputs: &gennaker_wire::Object| outputs["resolvedExpectedArtifacts"][0]["boundArtifact"]["name"].clone();
    assert_eq!(bound(&parent.stages[1].outputs), "other");
    assert_eq!(bound(&parent.stages[2].outputs), "other");
    assert_eq!(bound(&children(&world).await[0].trigger), "values");
}

#[tokio::test]
async fn a_child_whose_artifacts_are_missing_fails_and_its_parent_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let expected = json!([{"id": "e", "matchArtifact": {"name": "shop"}, "usePriorArtifact": true}]);
    world.front50.put(child(json!({ "expectedArtifacts": expected })));
    let parent = world.ended(&world.begin(json!([calling(json!({}))])).await).await;
    assert_eq!(parent.status, Status::Terminal);
    assert_eq!(parent.stages[0].context["status"], "TERMINAL");
    let child = children(&world).await.remove(0);
    assert!(child.cancellation_reason.is_some_and(|reason| reason.starts_with("Failed on startup: ")));
    assert_eq!(child.status, Status::Terminal);
}

#[tokio::test]
async fn what_cannot_be_a_child_fails_the_stage_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    world.front50.put(child(json!({"type": "templatedPipeline"})));
    for (pipeline, problem) in [("none", "cannot be located (none)"), ("child", "unexpected schema version 'null'")] {
        let parent = world.ended(&world.begin(json!([calling(json!({ "pipeline": pipeline }))])).await).await;
        assert_eq!(parent.status, Status::Terminal);
        let exception = parent.stages[0].context["exception"].to_string();
        assert!(exception.contains(problem), "{exception}");
    }
    world.front50.put(child(json!({"parameterConfig": [{"name": "n", "default": 1}]})));
    let named = world.ended(&world.begin(json!([calling(json!({"pipeline": "the child"}))])).await).await;
    assert_eq!(named.status, Status::Succeeded, "its name will do");
}

#[tokio::test]
async fn a_node_that_dies_while_a_child_runs_leaves_one_child() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = World::start(folder.path(), "one", &Options::default()).await;
    let waits = json!([{"refId": "1", "type": "wait", "name": "w", "waitTime": 4}]);
    first.front50.put(child(json!({ "stages": waits })));
    let id = first.begin(json!([calling(json!({}))])).await;
    first.until(&id, |parent| parent.stages[0].context.contains_key("executionId")).await;
    first.crash().await;
    let second = World::start(folder.path(), "two", &Options::default()).await;
    let parent = second.ended(&id).await;
    assert_eq!(parent.status, Status::Succeeded, "{parent:#?}");
    let children = children(&second).await;
    assert_eq!(children.len(), 1);
    assert_eq!(parent.stages[0].context["executionId"], children[0].id.as_str());
}

#[tokio::test]
async fn a_child_is_started_once_and_not_by_an_owner_that_was_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world.begin(json!([{"refId": "1", "type": "manualJudgment", "name": "j"}])).await;
    let parent = world.until(&id, |execution| execution.stages[0].status == Status::Running).await;
    let stage = &parent.stages[0].id;
    let orca = OrcaClient::new(world.transport());
    let sent = json!({"executionId": "01CHILD", "pipeline": child(json!({})), "parameters": {"n": 1}});
    let by = |epoch: u64| Caller { fence: Some(format!("{id}/{epoch}")), ..Caller::service("ann") };
    assert_eq!(orca.start_child(&by(7), &id, stage, &sent).await.as_deref(), Ok("/pipelines/01CHILD"));
    assert_eq!(orca.start_child(&by(8), &id, stage, &sent).await.as_deref(), Ok("/pipelines/01CHILD"));
    let mut late = sent.clone();
    late["executionId"] = json!("01LATE");
    let refused = orca.start_child(&by(7), &id, stage, &late).await.expect_err("it is refused");
    assert_eq!(refused.status(), StatusCode::CONFLICT, "{refused}");
    assert_eq!(children(&world).await.len(), 1);
    let path = format!("/pipelines/{id}/stages/none/child");
    let (status, _) = call(&world, Method::POST, &path, &sent.to_string()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "there is no such stage");
    assert_eq!(call(&world, Method::PUT, &format!("/pipelines/{id}/cancel"), "").await.0, StatusCode::ACCEPTED);
    world.ended(&id).await;
    let refused = orca.start_child(&by(9), &id, stage, &late).await.expect_err("it is refused");
    assert_eq!(refused.status(), StatusCode::CONFLICT, "a stage that is over starts nothing: {refused}");
}

#[tokio::test]
async fn a_task_may_run_a_pipeline_and_cancels_it_when_it_is_cancelled() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let waits = json!([{"refId": "1", "type": "manualJudgment", "name": "j"}]);
    world.front50.put(child(json!({ "stages": waits })));
    let mut job = calling(json!({}));
    job["refId"] = Value::Null;
    let task = json!({"application": "shop", "description": "run it", "job": [job]});
    let (status, answer) = call_with(&world, Method::POST, "/ops", &task.to_string(), &Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let id = answer["ref"].as_str().expect("a reference").trim_start_matches("/tasks/").to_owned();
    let started = world.until(&id, |task| task.stages[0].context.contains_key("executionId")).await;
    let child = started.stages[0].context["executionId"].as_str().expect("an id").to_owned();
    assert_eq!(call(&world, Method::PUT, &format!("/tasks/{id}/cancel"), "").await.0, StatusCode::ACCEPTED);
    assert_eq!(world.ended(&id).await.status, Status::Canceled);
    let child = world.ended(&child).await;
    assert_eq!((child.status, child.canceled_by.as_deref()), (Status::Canceled, Some("parent pipeline")));
}
