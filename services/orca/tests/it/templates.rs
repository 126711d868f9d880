//! Pipelines from templates that front50 keeps: started, planned, refused, as children; and the endpoints about templates.

use axum::{body::Body, http::Request};
use gennaker_orca::Options;
use gennaker_wire::{ObjectExt as _, Status};
use http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{http::call, world::World};

/// A node whose front50 keeps a template of each schema.
async fn world(folder: &tempfile::TempDir) -> World {
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let v1 = json!({
        "schema": "1", "id": "one", "variables": [{"name": "who", "type": "string"}],
        "stages": [
            {"id": "w", "type": "wait", "name": "for {{ who }}", "config": {"waitTime": 0}},
            {"id": "c", "type": "evaluateVariables", "dependsOn": ["w"], "config": {"variables": [
                {"key": "id", "value": "{% pipelineid name=deploy application=shop %}"},
            ]}},
        ],
    });
    world.front50.put_template("one", v1);
    let v2 = json!({
        "schema": "v2", "id": "two", "protect": false,
        "variables": [{"name": "who", "type": "string"}, {"name": "when", "defaultValue": "${ trigger.user }"}],
        "pipeline": {"notifications": [], "limitConcurrent": true, "stages": [
            {"refId": "1", "type": "evaluateVariables", "name": "e", "requisiteStageRefIds": [], "variables": [
                {"key": "who", "value": "hello ${ templateVariables.who }, ${ templateVariables.when }"},
            ]},
        ]},
    });
    world.front50.put_template("two", v2.clone());
    world.front50.put_template("two:stable", v2);
    world
}

fn of_v1(variables: Value) -> Value {
    let template = json!({"source": "spinnaker://one"});
    let pipeline = json!({"application": "shop", "name": "made", "template": template, "variables": variables});
    json!({
        "type": "templatedPipeline", "id": "p-v1", "application": "shop", "name": "saved", "stages": [],
        "config": {"schema": "1", "pipeline": pipeline}, "trigger": {"type": "manual"},
    })
}

fn of_v2(variables: Value) -> Value {
    json!({
        "schema": "v2", "type": "templatedPipeline", "id": "p-v2", "application": "shop", "name": "second",
        "template": {"artifactAccount": "front50ArtifactCredentials", "type": "front50/pipelineTemplate",
                     "reference": "spinnaker://two:${ trigger.parameters.tag ?: 'stable' }"},
        "variables": variables, "trigger": {"type": "manual", "user": "ann", "parameters": {"tag": "stable"}},
    })
}

async fn post(world: &World, path: &str, body: &Value) -> (StatusCode, Value) {
    call(world, Method::POST, path, &body.to_string()).await
}

async fn ended(world: &World, pipeline: &Value) -> gennaker_wire::Execution {
    let (status, answer) = post(world, "/orchestrate", pipeline).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let reference = answer["ref"].as_str().expect("a reference");
    world.ended(reference.trim_start_matches("/pipelines/")).await
}

#[tokio::test]
async fn a_pipeline_is_started_from_a_template_of_either_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let made = ended(&world, &of_v1(json!({"who": "ann"}))).await;
    assert_eq!((made.status, made.name.as_deref()), (Status::Succeeded, Some("made")));
    let source = json!({"id": "spinnaker://one", "type": "templatedPipeline", "version": "v1"});
    assert_eq!(made.other["source"], source);
    assert_eq!(made.stages[0].name.as_deref(), Some("for ann"));
    assert!(made.stages[0].context.contains_key("id"));
    assert_eq!(made.stages[1].outputs["id"], "p-1");

    let made = ended(&world, &of_v2(json!({"who": "you"}))).await;
    assert_eq!((made.status, made.limit_concurrent), (Status::Succeeded, true));
    assert_eq!(made.stages[0].outputs["who"], "hello you, ann");
    assert_eq!(made.other.get("templateVariables"), None, "they were evaluated");
    let mut late = of_v2(json!({"who": "you"}));
    late["template"]["reference"] = "spinnaker://late".into();
    let mut template = json!({"schema": "v2", "id": "late", "variables": [{"name": "who"}]});
    template["pipeline"] = json!({"spelEvaluator": "v4", "stages": [
        {"refId": "1", "type": "evaluateVariables", "name": "e", "variables": [{"key": "who", "value": "${ templateVariables.who }"}]},
    ]});
    world.front50.put_template("late", template);
    let made = ended(&world, &late).await;
    assert_eq!(made.stages[0].outputs["who"], "you", "when its stage started");
    assert_eq!(made.other["templateVariables"], json!({"who": "you"}));
}

#[tokio::test]
async fn a_template_may_be_any_artifact_that_clouddriver_fetches() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let mut pipeline = of_v2(json!({"who": "you"}));
    pipeline["template"] = json!({
        "type": "http/file", "artifactAccount": "no-auth-http-account", "reference": "https://example.com/template.json",
    });
    let made = ended(&world, &pipeline).await;
    assert_eq!((made.status, &made.stages[0].outputs["who"]), (Status::Succeeded, &json!("hello you")));
    pipeline["template"]["reference"] = "https://example.com/other.json".into();
    let (status, answer) = post(&world, "/orchestrate", &pipeline).await;
    let cause = "the template https://example.com/other.json cannot be had: there is no such thing";
    assert_eq!((status, &answer["errors"][0]["cause"]), (StatusCode::BAD_REQUEST, &json!(cause)), "{answer}");
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_answered_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let missing = "[Pipeline Config: application='shop', name='made'] Missing variable values for: who";
    let (status, answer) = post(&world, "/orchestrate", &of_v1(json!({}))).await;
    let error = json!({"severity": "FATAL", "cause": missing, "message": "malformed template configuration"});
    assert_eq!((status, &answer["message"]), (StatusCode::BAD_REQUEST, &json!("Pipeline template is invalid")));
    assert_eq!(answer["errors"], json!([error]));
    let (_, kept) = call(&world, Method::GET, "/applications/shop/pipelines", "").await;
    let reason = format!(
        "Failed on startup: Pipeline template is invalid\n\nCause: {missing}\n\nMessage: malformed template configuration"
    );
    assert_eq!((&kept[0]["cancellationReason"], &kept[0]["status"]), (&json!(reason), &json!("TERMINAL")));
    assert_eq!(kept[0]["name"], "saved", "as it was sent");

    let mut unknown = of_v1(json!({"who": "x"}));
    unknown["config"]["pipeline"]["template"]["source"] = "spinnaker://gone".into();
    let (status, answer) = post(&world, "/orchestrate", &unknown).await;
    assert_eq!((status, &answer["errors"][0]["message"]), (StatusCode::BAD_REQUEST, &json!("failed loading template")));
    unknown["config"]["pipeline"]["template"]["source"] = "file:///etc/passwd.yml".into();
    let (_, answer) = post(&world, "/orchestrate", &unknown).await;
    let cause = answer["errors"][0]["cause"].as_str().unwrap_or_default();
    assert!(cause.starts_with("No TemplateSchemeLoader found for 'file'"), "{answer}");
    unknown["config"]["pipeline"]["template"]["source"] = "http://localhost:1/t.json".into();
    let (_, answer) = post(&world, "/orchestrate", &unknown).await;
    assert_eq!(answer["errors"][0]["message"], "failed loading template", "localhost is nobody's to ask by default");
    let mut wrong = of_v2(json!({"who": "x"}));
    wrong["template"]["reference"] = "http://here".into();
    let (_, answer) = post(&world, "/orchestrate", &wrong).await;
    assert_eq!(answer["errors"][0]["message"], "unexpected error");
}

#[tokio::test]
async fn a_plan_is_the_pipeline_and_starts_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let mut sent = of_v1(json!({"who": "ann"}));
    sent["plan"] = true.into();
    let (status, planned) = post(&world, "/orchestrate", &sent).await;
    assert_eq!((status, &planned["stages"][0]["name"]), (StatusCode::OK, &json!("for ann")), "{planned}");
    let mut sent = of_v2(json!({"who": "you"}));
    sent["plan"] = true.into();
    let (_, planned) = post(&world, "/orchestrate", &sent).await;
    assert_eq!(planned["templateVariables"], json!({"who": "you", "when": "ann"}), "{planned}");
    let written = "hello ${ templateVariables.who }, ${ templateVariables.when }";
    assert_eq!(planned["stages"][0]["variables"][0]["value"], written);
    let (_, planned) = post(&world, "/v2/pipelineTemplates/plan", &of_v2(json!({"who": "you"}))).await;
    assert_eq!(planned["stages"][0]["variables"][0]["value"], "hello you, ann", "{planned}");
    assert_eq!(planned["source"], json!({"type": "templatedPipeline", "version": "v2"}));
    let (status, answer) = post(&world, "/v2/pipelineTemplates/plan", &of_v2(json!({}))).await;
    assert_eq!((status, &answer["errors"][0]["severity"]), (StatusCode::BAD_REQUEST, &json!("FATAL")));
    let (_, kept) = call(&world, Method::GET, "/applications/shop/pipelines", "").await;
    assert_eq!(kept, json!([]));
}

#[tokio::test]
async fn a_plan_without_a_trigger_has_that_of_the_last_execution() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let mut pipeline = of_v1(json!({"who": "{{ trigger.parameters.name }}"}));
    pipeline["trigger"]["parameters"] = json!({"name": "bob"});
    let made = ended(&world, &pipeline).await;
    assert_eq!(made.stages[0].name.as_deref(), Some("for {{ trigger.parameters.name }}"), "values are not rendered");
    let mut plan = of_v1(json!({"who": "x"}));
    plan["config"]["pipeline"]["template"]["source"] = "spinnaker://{{ trigger.parameters.template }}".into();
    plan["trigger"]["parameters"] = json!({"template": "one"});
    let earlier = ended(&world, &plan).await;
    plan["plan"] = true.into();
    plan.as_object_mut().expect("an object").remove("trigger");
    let (status, planned) = post(&world, "/orchestrate", &plan).await;
    assert_eq!((status, &planned["executionId"]), (StatusCode::OK, &json!(earlier.id)), "{planned}");
    assert_eq!(planned["trigger"]["parameters"]["template"], "one");
    let source = "/pipelineTemplate?source=spinnaker://%7B%7B%20trigger.parameters.template%20%7D%7D";
    let (_, template) = call(&world, Method::GET, &format!("{source}&pipelineConfigId=p-v1"), "").await;
    assert_eq!(template["id"], "mergedTemplate", "{template}");
    let (status, _) = call(&world, Method::GET, &format!("{source}&pipelineConfigId=none"), "").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_child_may_be_made_from_a_template() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    world.front50.put(of_v1(json!({"who": "child"})));
    let stage = json!({"refId": "1", "type": "pipeline", "name": "c", "application": "shop", "pipeline": "p-v1"});
    let parent = world.ended(&world.begin(json!([stage])).await).await;
    assert_eq!(parent.status, Status::Succeeded, "{:?}", parent.stages[0].context);
    let child = parent.stages[0].context.text("executionId").expect("a child");
    let child = world.ended(&child).await;
    assert_eq!(child.stages[0].name.as_deref(), Some("for child"));
    assert_eq!(child.trigger["parentExecution"]["id"], parent.id);
}

#[tokio::test]
async fn a_template_is_resolved_and_a_pipeline_converted() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = world(&folder).await;
    let child = json!({"schema": "1", "id": "child", "source": "spinnaker://one", "stages": [
        {"id": "more", "type": "wait", "dependsOn": ["c"], "config": {"waitTime": 1}},
    ]});
    world.front50.put_template("child", child);
    let (_, template) = call(&world, Method::GET, "/pipelineTemplate?source=spinnaker://child", "").await;
    let ids: Vec<_> = template["stages"].as_array().expect("stages").iter().map(|stage| stage["id"].clone()).collect();
    assert_eq!((json!(ids), &template["source"]), (json!(["w", "c", "more"]), &json!("spinnaker://one")));
    let (status, answer) = call(&world, Method::GET, "/pipelineTemplate?source=spinnaker://gone", "").await;
    let hidden = "Could not load pipeline template from source";
    assert_eq!((status, &answer["message"]), (StatusCode::BAD_REQUEST, &json!(hidden)));
    let pipeline = json!({"application": "shop", "name": "deploy", "stages": [{"refId": "1", "type": "wait"}]});
    let request = Request::post("/convertPipelineToTemplate").header("content-type", "application/json");
    let request = request.body(Body::from(pipeline.to_string())).expect("a request");
    let answer = world.router().oneshot(request).await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/x-yaml;charset=UTF-8");
    let yaml = answer.into_body().collect().await.expect("a body").to_bytes();
    assert!(String::from_utf8_lossy(&yaml).contains("\nid: shop-deploy\n"), "{yaml:?}");
}
