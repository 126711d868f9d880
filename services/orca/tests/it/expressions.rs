//! Expressions, from the start of a pipeline to its end, over a crash and on their own.

use std::sync::Arc;

use gennaker_base::SystemClock;
use gennaker_orca::{Options, planner::Signal};
use gennaker_orca_stages::Options as StageOptions;
use gennaker_wire::{Object, Status};
use http::Method;
use serde_json::{Value, json};

use crate::{
    http::call,
    world::{World, open},
};

const V4: &str = "v4";

fn patch(stage: &str, fields: Value) -> Signal {
    let Value::Object(context) = fields else { panic!("an object") };
    Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage: stage.into(), context }
}

#[tokio::test]
async fn a_stage_sees_the_parameters_and_what_the_stages_before_it_put_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    for evaluator in ["v3", V4] {
        let fields = json!({
            "spelEvaluator": evaluator,
            "name": "deploy ${parameters.tag}",
            "trigger": {"parameters": {"tag": "1.2"}},
            "parameterConfig": [{"name": "size", "default": "3"}],
        });
        let stages = json!([
            {"refId": "1", "type": "evaluateVariables", "name": "names", "variables": [
                {"key": "image", "value": "shop:${parameters.tag}"},
                {"key": "size", "value": "${#toInt(parameters.size) + 1}"},
            ]},
            {"refId": "2", "type": "record", "name": "r", "requisiteStageRefIds": ["1"], "done": true,
             "deployed": "${image}", "size": "${#stage('names').outputs.size}", "list": ["${execution.name}", "plain"]},
        ]);
        let execution = world.ended(&world.begin_with(fields, stages).await).await;
        assert_eq!(execution.status, Status::Succeeded);
        assert_eq!(execution.name.as_deref(), Some("deploy 1.2"));
        let names = &execution.stages[0].outputs;
        assert_eq!((&names["image"], &names["size"]), (&json!("shop:1.2"), &json!(4)), "{evaluator}");
        let context = &execution.stages[1].context;
        assert_eq!(context["deployed"], "shop:1.2", "{evaluator}");
        assert_eq!(context["size"], 4);
        assert_eq!(context["list"], json!(["deploy 1.2", "plain"]));
        assert!(!context.contains_key("expressionEvaluationSummary"), "{context:?}");
    }
}

#[tokio::test]
async fn in_v4_a_variable_sees_those_before_it_and_keeps_its_source() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let variables = json!([
        {"key": "a", "value": "${1 + 1}"},
        {"key": "b", "value": "${a * 2}", "description": "twice ${a}"},
        {"key": "c", "value": "${nosuch.field}"},
        {"key": "d", "value": [1]},
    ]);
    let stages =
        json!([{"refId": "1", "type": "evaluateVariables", "name": "e", "variables": variables, "note": "${a}"}]);
    let id = world.begin_with(json!({"spelEvaluator": V4}), stages).await;
    let execution = world.ended(&id).await;
    let stage = &execution.stages[0];
    assert_eq!(execution.status, Status::Succeeded);
    assert_eq!(
        stage.context["variables"],
        json!([
            {"key": "a", "value": 2, "sourceValue": "{1 + 1}"},
            {"key": "b", "value": 4, "sourceValue": "{a * 2}", "description": "twice 2"},
            {"key": "c", "value": "${nosuch.field}", "sourceValue": "{nosuch.field}"},
            {"key": "d", "value": [1]},
        ])
    );
    assert_eq!(stage.context["note"], 2, "at the end the variable is an output of the stage itself");
    let failed: Vec<_> = stage.context["expressionEvaluationSummary"].as_object().expect("failures").keys().collect();
    assert_eq!(failed, ["nosuch.field"]);
    assert_eq!(Value::Object(stage.outputs.clone()), json!({"a": 2, "b": 4, "c": "${nosuch.field}", "d": [1]}));
    assert_eq!(stage.context["exception"]["details"]["error"], "Failed Expression Evaluation");
}

#[tokio::test]
async fn what_fails_stays_as_it_is_and_fails_the_stage_if_that_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    for (fails, status) in [(false, Status::Succeeded), (true, Status::Terminal)] {
        let id = world
            .begin(json!([
                {"refId": "1", "type": "record", "name": "r", "done": true, "note": "${nosuch.field}",
                 "failOnFailedExpressions": fails, "continuePipeline": true},
                {"refId": "2", "type": "wait", "name": "w", "requisiteStageRefIds": ["1"]},
            ]))
            .await;
        let execution = world.ended(&id).await;
        let stage = &execution.stages[0];
        assert_eq!((execution.status, stage.status), (status, status));
        assert_eq!(stage.tasks[0].status, Status::Succeeded, "its task ran all the same");
        assert_eq!(stage.context["note"], "${nosuch.field}");
        let errors = stage.context["exception"]["details"]["errors"].as_array().expect("errors");
        assert!(errors[0].as_str().is_some_and(|error| error.starts_with("Failed to evaluate [note]")), "{errors:?}");
    }
}

#[tokio::test]
async fn what_gets_its_value_by_a_task_has_it_at_the_end_and_no_failure_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "record", "name": "r", "poll": true, "note": "it told ${told}", "failOnFailedExpressions": true},
        ]))
        .await;
    let called = |execution: &gennaker_wire::Execution| execution.stages[0].tasks.len() == 1;
    let stage = world.until(&id, called).await.stages[0].clone();
    assert!(stage.context["expressionEvaluationSummary"].as_object().is_some_and(|failures| failures.len() == 1));
    world.orca.engine().signal(&id, &patch(&stage.id, json!({"done": true}))).await.expect("it is recorded");
    let execution = world.ended(&id).await;
    let context = &execution.stages[0].context;
    assert_eq!((execution.status, &context["note"]), (Status::Succeeded, &json!("it told yes")));
    assert_eq!(context["expressionEvaluationSummary"], json!({}));
    assert!(!context.contains_key("exception"), "{context:?}");
}

#[tokio::test]
async fn what_was_evaluated_is_not_evaluated_again_after_a_crash() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = World::start(folder.path(), "one", &Options::default()).await;
    let chance = "${T(java.util.UUID).randomUUID().toString()}";
    let stages = json!([
        {"refId": "1", "type": "record", "name": "r", "poll": true, "token": chance},
        {"refId": "2", "type": "record", "name": "s", "requisiteStageRefIds": ["1"], "done": true,
         "told": "${#stage('r').outputs.told}", "token": "${#stage('r').context.token}"},
    ]);
    let id = first.begin_with(json!({"spelEvaluator": V4}), stages).await;
    let called = |execution: &gennaker_wire::Execution| execution.stages[0].tasks.len() == 1;
    let token = first.until(&id, called).await.stages[0].context["token"].clone();
    assert!(token.as_str().is_some_and(|token| token.len() == 36), "{token}");
    first.crash().await;

    let second = World::start(folder.path(), "two", &Options::default()).await;
    let stage = second.orca.engine().load(&id).await.expect("it is there").stages[0].id.clone();
    second.orca.engine().signal(&id, &patch(&stage, json!({"done": true}))).await.expect("it is recorded");
    let execution = second.ended(&id).await;
    assert_eq!(execution.status, Status::Succeeded);
    assert_eq!(execution.stages[0].context["token"], token);
    assert_eq!(execution.stages[1].context["token"], token);
    assert_eq!(execution.stages[1].context["told"], "yes");
    let events = second.store.events(&id, 0, 1000).await.expect("events");
    let composed = events.iter().find(|event| event.event.kind == "composed").expect("it was composed");
    assert!(composed.event.body.contains(token.as_str().expect("a text")), "what came of it is recorded");
}

#[tokio::test]
async fn front50_is_asked_for_what_it_knows_and_this_machine_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "record", "name": "r", "done": true, "id": "${#pipelineId('deploy')}",
             "owner": "${#applicationMetadata('shop').email}", "page": "${#fromUrl('http://localhost/x')}"},
        ]))
        .await;
    let execution = world.ended(&id).await;
    let context = &execution.stages[0].context;
    assert_eq!((&context["id"], &context["owner"]), (&json!("p-1"), &json!("ann@example.com")));
    assert_eq!(context["page"], "${#fromUrl('http://localhost/x')}");
    let errors = context["exception"]["details"]["errors"].to_string();
    assert!(errors.contains("may not be called"), "{errors}");
    for (questions, answered) in [(20, true), (21, false)] {
        let text: String =
            (0..questions).map(|number| format!("$%7B%23pipelineIdOrNull('p{number}')%3F:'-'%7D")).collect();
        let path = format!("/pipelines/{id}/evaluateExpression?expression={text}");
        let (_, answer) = call(&world, Method::GET, &path, "").await;
        assert_eq!(answer.get("detail").is_none(), answered, "{answer}");
        assert_eq!(answer.to_string().contains("more than 20 questions"), !answered, "{answer}");
    }
}

#[tokio::test]
async fn conditions_decide_whether_a_stage_runs_and_whether_the_pipeline_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let condition = |expression: &str| json!({"type": "expression", "expression": expression});
    let id = world
        .begin_with(
            json!({"trigger": {"parameters": {"go": "no"}}}),
            json!([
                {"refId": "1", "type": "record", "name": "r", "stageEnabled": condition("parameters.go == 'yes'")},
                {"refId": "2", "type": "checkPreconditions", "name": "c", "requisiteStageRefIds": ["1"], "preconditions": [
                    {"type": "expression", "context": {"expression": "parameters.go == 'no'"}},
                    {"type": "stageStatus", "context": {"stageName": "r", "stageStatus": "SKIPPED"}},
                ]},
                {"refId": "3", "type": "checkPreconditions", "name": "d", "requisiteStageRefIds": ["2"], "preconditions": [
                    {"type": "expression", "failPipeline": true, "context": {"expression": "#stage('r').hasSucceeded"}},
                ]},
            ]),
        )
        .await;
    let execution = world.ended(&id).await;
    let status =
        |name: &str| execution.stages.iter().find(|stage| stage.name.as_deref() == Some(name)).map(|s| s.status);
    assert_eq!(status("r"), Some(Status::Skipped));
    assert_eq!(status("c"), Some(Status::Succeeded));
    assert_eq!(status("d"), Some(Status::Terminal));
    assert!(world.calls.lock().is_empty());
}

#[tokio::test]
async fn expressions_are_tried_on_an_execution() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = World::start(folder.path(), "one", &Options::default()).await;
    let id = world
        .begin(json!([
            {"refId": "1", "type": "evaluateVariables", "name": "e", "variables": [{"key": "a", "value": "one"}]},
            {"refId": "2", "type": "wait", "name": "w", "requisiteStageRefIds": ["1"], "mark": "z"},
        ]))
        .await;
    let execution = world.ended(&id).await;
    let tried = async |path: String| call(&world, Method::GET, &path, "").await;
    let whole = async |text: &str| tried(format!("/pipelines/{id}/evaluateExpression?expression={text}")).await.1;
    assert_eq!(whole("$%7B1%2B1%7D").await, json!({"result": 2}));
    assert_eq!(whole("plain").await, json!({"result": "plain"}));
    let unknown = whole("$%7Ba%7D").await;
    assert_eq!((&unknown["result"], &unknown["detail"]["a"][0]["level"]), (&json!("${a}"), &json!("INFO")));
    let stage = &execution.stages[1].id;
    let (_, answer) = tried(format!("/pipelines/{id}/{stage}/evaluateExpression?expression=$%7Bmark%2Ba%7D")).await;
    assert_eq!(answer, json!({"result": "zone"}));
    let (status, answer) = tried("/pipelines/nope/evaluateExpression?expression=x".to_owned()).await;
    assert_eq!((status.as_u16(), &answer["message"]), (404, &json!("No pipeline found for nope")));
    let (status, _) = tried(format!("/pipelines/{id}/nope/evaluateExpression?expression=x")).await;
    assert_eq!(status.as_u16(), 404);

    let variables = json!([{"key": "x", "value": "${a}"}, {"key": "y", "value": "${x}"}]).to_string();
    let path = format!("/pipelines/{id}/evaluateVariables?requisiteStageRefIds=1");
    let (_, answer) = call(&world, Method::POST, &path, &variables).await;
    assert_eq!(answer["result"], json!([{"key": "x", "value": "one"}, {"key": "y", "value": "${x}"}]));
    assert_eq!(answer["detail"].as_object().map(Object::len), Some(1));
    let (_, answer) = call(&world, Method::POST, &format!("{path}&spelVersion=v4"), &variables).await;
    assert_eq!(answer["result"][1], json!({"key": "y", "value": "one", "sourceValue": "{x}"}));
    let (status, _) = call(&world, Method::POST, &format!("{path}&spelVersion=v9"), &variables).await;
    assert_eq!(status.as_u16(), 400);

    let (_, answer) = tried("/capabilities/expressions".to_owned()).await;
    assert!(answer["functions"].as_array().is_some_and(|functions| functions.len() > 30), "{answer}");
}

#[tokio::test]
async fn addresses_are_read_if_pipelines_may_name_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let answers = axum::Router::new().route("/sizes", axum::routing::get(|| async { r#"{"size": 3}"# }));
    let server = tokio::spawn(async move { axum::serve(listener, answers).await });
    let stages = json!([{"refId": "1", "type": "evaluateVariables", "name": "e", "variables": [
        {"key": "size", "value": format!("${{#jsonFromUrl('http://{address}/sizes').size + 1}}")},
        {"key": "gone", "value": format!("${{#fromUrl('http://{address}/none')}}")},
    ]}]);
    let mut options = StageOptions::default();
    let strict =
        World::start_with(open(folder.path()).await, "one", &Options::default(), Arc::new(SystemClock), &options).await;
    let refused = strict.ended(&strict.begin(stages.clone()).await).await;
    assert!(refused.stages[0].outputs["size"].is_string(), "this machine is nobody's to read: {refused:?}");
    strict.crash().await;

    options.urls.reject_localhost = false;
    options.urls.reject_verbatim_ips = false;
    options.urls.allowed_hostnames_regex = ".*".to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let world =
        World::start_with(open(folder.path()).await, "one", &Options::default(), Arc::new(SystemClock), &options).await;
    let read = world.ended(&world.begin(stages).await).await;
    assert_eq!(read.stages[0].outputs["size"], 4);
    let failures = read.stages[0].context["expressionEvaluationSummary"].to_string();
    assert!(failures.contains("404"), "{failures}");
    server.abort();
}
