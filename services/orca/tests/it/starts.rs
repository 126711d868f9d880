//! How executions start: what is told apart, what is bound, what is stored as failed, and what is only planned.

use gennaker_base::{Timestamp, id};
use gennaker_orca::Options;
use gennaker_wire::Status;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    http::{call, call_with},
    world::World,
};

async fn start(world: &World, pipeline: &Value, headers: &Value) -> (StatusCode, Value) {
    call_with(world, Method::POST, "/orchestrate", &pipeline.to_string(), headers).await
}

fn id_of(answer: &Value) -> String {
    let reference = answer["ref"].as_str().unwrap_or_else(|| panic!("a reference: {answer}"));
    reference.trim_start_matches("/pipelines/").to_owned()
}

async fn stored(world: &World, application: &str) -> Vec<Value> {
    let (_, list) = call(world, Method::GET, &format!("/applications/{application}/pipelines?limit=100"), "").await;
    list.as_array().cloned().expect("a list")
}

/// A pipeline of one stage that names what it finds in its trigger.
fn naming(expressions: Value) -> Value {
    let variables: Vec<Value> = expressions
        .as_object()
        .expect("an object")
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect();
    let stage = json!({"refId": "1", "type": "evaluateVariables", "name": "v", "variables": variables});
    json!({"id": "p", "application": "shop", "name": "deploy", "stages": [stage]})
}

#[tokio::test]
async fn a_start_for_an_event_is_known_by_the_time_and_key_of_the_event() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({}));
    pipeline["trigger"] = json!({"type": "cron", "eventTime": 1_700_000_000_000_i64});
    let key = json!({"idempotency-key": "tick-7"});
    let first = id_of(&start(&world, &pipeline, &key).await.1);
    assert_eq!(first, id::derive(Timestamp::from_millis(1_700_000_000_000), &["tick-7", "p"]));
    assert_eq!(id_of(&start(&world, &pipeline, &key).await.1), first);
    assert_eq!(world.ended(&first).await.trigger["eventTime"], 1_700_000_000_000_i64);
    // The header says the same.
    pipeline["trigger"] = json!({"type": "cron"});
    let header = json!({"idempotency-key": "tick-7", "x-gennaker-event-time": "1700000000000"});
    assert_eq!(id_of(&start(&world, &pipeline, &header).await.1), first);
    pipeline["id"] = json!("another");
    assert_ne!(id_of(&start(&world, &pipeline, &header).await.1), first);
    pipeline["id"] = json!("p");
    // Without a time the key itself is what is known, also for another event.
    let by_key = id_of(&start(&world, &pipeline, &key).await.1);
    assert_ne!(by_key, first);
    assert_eq!(id_of(&start(&world, &pipeline, &key).await.1), by_key);
    assert_eq!(call(&world, Method::DELETE, &format!("/pipelines/{first}"), "").await.0, StatusCode::OK);
    assert_eq!(start(&world, &pipeline, &header).await.0, StatusCode::CONFLICT, "its event is over");
    let (status, answer) = start(&world, &pipeline, &json!({"x-gennaker-event-time": "yesterday"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}

#[tokio::test]
async fn a_start_with_a_correlation_is_answered_with_the_execution_that_runs_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let judgment = json!({"refId": "1", "type": "manualJudgment", "name": "j"});
    let trigger = json!({"type": "manual", "correlationId": "c-1"});
    let mut pipeline = json!({"id": "p", "application": "shop", "stages": [judgment], "trigger": trigger});
    let first = id_of(&start(&world, &pipeline, &Value::Null).await.1);
    assert_eq!(id_of(&start(&world, &pipeline, &Value::Null).await.1), first);
    pipeline["trigger"]["correlationId"] = json!("c-2");
    assert_ne!(id_of(&start(&world, &pipeline, &Value::Null).await.1), first);
    pipeline["trigger"]["correlationId"] = json!("c-1");
    assert_eq!(call(&world, Method::PUT, &format!("/pipelines/{first}/cancel"), "").await.0, StatusCode::ACCEPTED);
    world.ended(&first).await;
    assert_ne!(id_of(&start(&world, &pipeline, &Value::Null).await.1), first, "it is over");
}

#[tokio::test]
async fn who_and_from_where_is_said_by_the_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({}));
    pipeline["trigger"] = json!({"type": "manual", "user": "boss"});
    let id = id_of(&start(&world, &pipeline, &json!({"x-spinnaker-user-origin": "deck"})).await.1);
    let execution = world.ended(&id).await;
    assert_eq!(execution.origin.as_deref(), Some("deck"));
    assert_eq!(execution.trigger["user"], "boss");
    assert_eq!(execution.authentication.user.as_deref(), Some("tester@example.com"), "who names another stays himself");
}

#[tokio::test]
async fn a_pipeline_whose_artifacts_are_missing_is_refused_and_stored_as_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({}));
    pipeline["expectedArtifacts"] =
        json!([{"id": "e", "displayName": "the image", "matchArtifact": {"name": "shop"}, "usePriorArtifact": true}]);
    let key = json!({"idempotency-key": "k"});
    for _ in 0..2 {
        let (status, answer) = start(&world, &pipeline, &key).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["message"].as_str().is_some_and(|message| message.contains("the image")), "{answer}");
    }
    let failed = stored(&world, "shop").await;
    assert_eq!(failed.len(), 1, "one event, one failure: {failed:?}");
    assert_eq!((&failed[0]["status"], &failed[0]["canceledBy"]), (&json!("TERMINAL"), &json!("system")));
    let reason = failed[0]["cancellationReason"].as_str().expect("a reason");
    assert!(reason.starts_with("Failed on startup: ") && reason.contains("the image"), "{reason}");
    assert_eq!(failed[0]["stages"][0]["status"], "NOT_STARTED");
    // Where they are there, the pipeline runs; and so does the next one, with those of this one.
    pipeline["trigger"] = json!({"type": "manual", "artifacts": [{"type": "t", "name": "shop", "version": "7"}]});
    let with = id_of(&start(&world, &pipeline, &Value::Null).await.1);
    world.ended(&with).await;
    pipeline["trigger"] = json!({"type": "manual"});
    let next = world.ended(&id_of(&start(&world, &pipeline, &Value::Null).await.1)).await;
    assert_eq!(next.trigger["resolvedExpectedArtifacts"][0]["boundArtifact"]["version"], "7");
}

#[tokio::test]
async fn a_disabled_pipeline_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({}));
    // Front50 says so: nothing is stored.
    world.front50.put(json!({"id": "p", "name": "deploy", "application": "shop", "disabled": true}));
    let (status, answer) = start(&world, &pipeline, &Value::Null).await;
    let message = "The pipeline config deploy (p) belonging to shop is disabled";
    assert_eq!((status, answer["message"].as_str()), (StatusCode::BAD_REQUEST, Some(message)));
    assert!(stored(&world, "shop").await.is_empty());
    // Unless the request insists.
    pipeline["initialConfig"] = json!({"enabled": true});
    world.ended(&id_of(&start(&world, &pipeline, &Value::Null).await.1)).await;
    // The pipeline says so itself: its failure is stored.
    let (status, answer) = call(&world, Method::POST, "/orchestrate/p", r#"{"type": "manual"}"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let failed = stored(&world, "shop").await.into_iter().find(|execution| execution["status"] == "TERMINAL");
    let reason = "Failed on startup: Pipeline is disabled and cannot be started.";
    assert_eq!(failed.expect("it is stored")["cancellationReason"], reason);
}

#[tokio::test]
async fn a_stored_pipeline_is_started_by_its_id() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({"colour": "${parameters.colour}"}));
    pipeline["parameterConfig"] = json!([{"name": "colour", "default": "blue"}]);
    world.front50.put(pipeline);
    let trigger = json!({"type": "manual", "parameters": {"colour": "red"}}).to_string();
    let (status, answer) = call(&world, Method::POST, "/orchestrate/p", &trigger).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let execution = world.ended(&id_of(&answer)).await;
    assert_eq!(execution.stages[0].outputs["colour"], "red");
    assert_eq!(execution.pipeline_config_id.as_deref(), Some("p"));
}

#[tokio::test]
async fn a_plan_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut pipeline = naming(json!({"colour": "${parameters.colour}"}));
    pipeline["parameterConfig"] = json!([{"name": "colour", "default": "blue"}]);
    pipeline["stages"][0]["refId"] = Value::Null;
    pipeline["expectedArtifacts"] = json!([{
        "id": "e", "matchArtifact": {"name": "shop"}, "useDefaultArtifact": true, "defaultArtifact": {"name": "shop"},
    }]);
    world.front50.put(pipeline.clone());
    let plan = async |path: &str, body: &Value| call(&world, Method::POST, path, &body.to_string()).await;
    let (status, planned) = plan("/plan?resolveArtifacts=true", &pipeline).await;
    assert_eq!(status, StatusCode::OK, "{planned}");
    assert_eq!(planned["trigger"]["parameters"], json!({"colour": "blue"}));
    assert_eq!(planned["trigger"]["user"], "tester@example.com");
    assert_eq!(planned["trigger"]["resolvedExpectedArtifacts"][0]["boundArtifact"]["name"], "shop");
    assert_eq!(planned["stages"][0]["refId"], "0");
    assert_eq!(planned["stages"][0]["variables"][0]["value"], "${parameters.colour}", "as it was written");
    let (_, planned) = plan("/plan/p?resolveArtifacts=false", &json!({"type": "webhook"})).await;
    assert_eq!((&planned["trigger"]["type"], &planned["trigger"]["artifacts"]), (&json!("webhook"), &Value::Null));
    assert_eq!(plan("/plan", &pipeline).await.0, StatusCode::BAD_REQUEST, "it has to say whether artifacts count");
    assert_eq!(plan("/plan/none?resolveArtifacts=true", &json!({})).await.0, StatusCode::INTERNAL_SERVER_ERROR);
    pipeline["plan"] = json!(true);
    let (status, planned) = plan("/orchestrate", &pipeline).await;
    assert_eq!((status, &planned["id"]), (StatusCode::OK, &json!("p")));
    assert!(stored(&world, "shop").await.is_empty());
}

#[tokio::test]
async fn a_trigger_that_names_its_parent_gets_it_with_its_artifacts() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let mut parent = naming(json!({"a": "${1}"}));
    parent["trigger"] =
        json!({"type": "manual", "artifacts": [{"name": "shop", "version": "3"}], "note": "${not evaluated again}"});
    let parent_id = id_of(&start(&world, &parent, &Value::Null).await.1);
    world.ended(&parent_id).await;
    let mut pipeline =
        naming(json!({"status": "${trigger.parentExecution.status}", "v": "${trigger.artifacts[0].version}"}));
    pipeline["id"] = json!("child");
    pipeline["trigger"] = json!({"type": "pipeline", "parentPipelineId": parent_id});
    let execution = world.ended(&id_of(&start(&world, &pipeline, &Value::Null).await.1)).await;
    let trigger = &execution.trigger;
    assert_eq!(trigger["parentExecution"]["id"], parent_id.as_str());
    assert_eq!((&trigger["isPipeline"], &trigger["parentPipelineName"]), (&json!(true), &json!("deploy")));
    assert_eq!(trigger["parentExecution"]["trigger"]["note"], "${not evaluated again}");
    assert_eq!(Value::Object(execution.stages[0].outputs.clone()), json!({"status": "SUCCEEDED", "v": "3"}));
}

#[tokio::test]
async fn contents_become_artifacts_one_after_the_other_and_are_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let stage = json!({
        "refId": "1", "type": "evaluateArtifacts", "name": "e",
        "artifactContents": [
            {"name": "tag", "contents": "${trigger.type}", "id": "1"}, {"name": "values", "contents": "tag: ${tag}", "id": "2"},
        ],
        "expectedArtifacts": [{"id": "x", "matchArtifact": {"type": "embedded/base64", "name": "values"}}],
    });
    let id = world.begin_with(json!({"spelEvaluator": "v4"}), json!([stage])).await;
    let execution = world.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded, "{execution:#?}");
    let outputs = &execution.stages[0].outputs;
    // The task that binds what was made has the last word on what there is: "tag: manual".
    assert_eq!(outputs["artifacts"][0]["reference"], "dGFnOiBtYW51YWw=");
    assert_eq!(outputs["resolvedExpectedArtifacts"][0]["boundArtifact"]["name"], "values");
    let names: Vec<_> = execution.stages[0].tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["evaluateArtifacts", "bindArtifacts"]);
}
