//! Pipelines and templates as upstream's stages save, order and delete them.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use base64::Engine as _;
use gennaker_base::{Kind, Timestamp};
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_http::{Error, TransportOptions};
use gennaker_orca_stages::{
    Catalogue, ComposeContext, MonitorFront50Options, Next, Options, StageView, TaskContext, TaskError, TaskResult,
    TasksOptions,
};
use gennaker_wire::{Execution, Stage, Status};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::clouddriver::Nothing;

const FRONT50: &str = "com.netflix.spinnaker.orca.front50.tasks";
const TEMPLATE: &str = "com.netflix.spinnaker.orca.pipelinetemplate.tasks";

/// A front50 that has one pipeline and one template, and notes what it is asked to change.
#[derive(Clone, Default)]
struct Front50 {
    changes: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Front50 {
    fn clients(&self) -> Clients {
        let front50 = Router::new()
            .route("/pipelines/{id}/get", get(pipeline))
            .route("/pipelineTemplates/{id}", get(template).fallback(change))
            .route("/pipelineTemplates/{id}/dependentPipelines", get(dependents))
            .fallback(change)
            .with_state(self.clone());
        let to = |name, router| Transport::in_process(name, router, TransportOptions::default());
        Clients {
            front50: Front50Client::new(to("front50", front50)),
            orca: OrcaClient::new(to("orca", Router::new())),
            clouddriver: ClouddriverClient::new(to("clouddriver", Router::new())),
            echo: EchoClient::new(to("echo", Router::new())),
        }
    }

    fn view(settings: &Value) -> StageView {
        let context = settings.as_object().cloned().expect("an object");
        let start_time = Some(Timestamp::from_millis(100_000));
        let stage = Arc::new(Stage { id: "S".into(), context, start_time, ..Stage::default() });
        StageView { execution: Arc::new(Execution::default()), stages: Arc::new([stage.clone()]), stage }
    }

    async fn try_step(&self, class: &str, settings: &Value) -> Result<TaskResult, TaskError> {
        self.step_with(&Options::default(), class, settings).await
    }

    async fn step_with(&self, options: &Options, class: &str, settings: &Value) -> Result<TaskResult, TaskError> {
        let catalogue = Catalogue::new(options).expect("sound settings");
        let task = catalogue.task(class).expect("the task is there");
        let now = Timestamp::from_millis(100_000);
        let context = TaskContext {
            view: Front50::view(settings),
            expressions: Arc::new(Nothing),
            caller: Caller::service("ann"),
            clients: self.clients(),
            request_id: "S-1-0".into(),
            now,
            started: now,
        };
        task.step(&context).await
    }

    async fn step(&self, class: &str, settings: &Value) -> Value {
        let result = self.try_step(class, settings).await.expect("a result");
        assert_eq!(result.status, Status::Succeeded, "{class}");
        Value::Object(result.context)
    }

    fn changes(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut self.changes.lock())
    }
}

async fn pipeline(Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    match id.as_str() {
        "p-1" => Ok(Json(json!({"id": "p-1", "index": 3, "updateTs": "99000"}))),
        "old" => Ok(Json(json!({"id": "old", "lastModified": 1}))),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn template(Path(id): Path<String>) -> Result<Json<Value>, StatusCode> {
    let template = json!({"schema": "1", "id": id, "configuration": {"triggers": [{"type": "cron"}]}, "stages": []});
    if id == "t" { Ok(Json(template)) } else { Err(StatusCode::NOT_FOUND) }
}

/// Two pipelines are made from the template, one of which gives it no value for `who`.
async fn dependents(Query(query): Query<BTreeMap<String, String>>) -> Json<Value> {
    let pipeline = |id: &str, variables: Value| {
        let pipeline =
            json!({"application": "shop", "name": id, "template": {"source": "spinnaker://t"}, "variables": variables});
        json!({"id": id, "type": "templatedPipeline", "config": {"schema": "1", "pipeline": pipeline}})
    };
    let mut all = vec![pipeline("good", json!({"who": "x"}))];
    if query.get("recursive").map(String::as_str) == Some("false") {
        all.push(pipeline("bad", json!({})));
    }
    Json(all.into())
}

/// Everything else changes something.
async fn change(State(front50): State<Front50>, request: Request) -> Response {
    let what = format!("{} {}", request.method(), request.uri());
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    front50.changes.lock().push((what.clone(), body.clone()));
    match what.as_str() {
        taken if body["name"] == "taken" && taken.starts_with("POST /pipelines") => {
            Error::invalid("A pipeline with name taken already exists in application shop").into_response()
        }
        batch if batch.starts_with("POST /pipelines/batchUpdate") => {
            Json(json!({"successful_pipelines_count": 2})).into_response()
        }
        gone if gone.contains("gone") => StatusCode::NOT_FOUND.into_response(),
        _ => Json(body).into_response(),
    }
}

fn encoded(json: &Value) -> Value {
    base64::engine::general_purpose::STANDARD.encode(json.to_string()).into()
}

#[tokio::test]
async fn a_pipeline_is_saved_with_its_place() {
    let front50 = Front50::default();
    let pipeline = json!({"id": "p-1", "application": "shop", "name": "deploy", "stages": []});
    let settings = json!({"pipeline": encoded(&pipeline), "application": "shop", "staleCheck": true});
    let found = front50.step(&format!("{FRONT50}.SavePipelineTask"), &settings).await;
    let expected = json!({
        "notification.type": "savepipeline", "application": "shop", "pipeline.name": "deploy", "pipeline.id": "p-1",
    });
    assert_eq!(found, expected);
    let (what, sent) = front50.changes().remove(0);
    assert_eq!((what.as_str(), &sent["index"]), ("POST /pipelines?staleCheck=true", &json!(3)));
}

#[tokio::test]
async fn a_new_pipeline_is_the_same_one_in_every_repetition() {
    let front50 = Front50::default();
    let settings = json!({"pipeline": {"application": "shop", "name": "new", "stages": []}});
    let class = format!("{FRONT50}.SavePipelineTask");
    let first = front50.step(&class, &settings).await;
    assert_eq!(front50.step(&class, &settings).await, first);
    let changes = front50.changes();
    assert_eq!(changes[0], changes[1]);
    assert_eq!(changes[0].1["id"], first["pipeline.id"]);
}

#[tokio::test]
async fn several_pipelines_are_saved_at_once() {
    let front50 = Front50::default();
    let pipelines = json!([{"application": "shop", "name": "a"}, {"application": "shop", "name": "b"}]);
    let settings = json!({"isBulkSavingPipelines": true, "pipelines": encoded(&pipelines)});
    let found = front50.step(&format!("{FRONT50}.SavePipelineTask"), &settings).await;
    assert_eq!(found, json!({"notification.type": "savepipeline", "bulksave": {"successful_pipelines_count": 2}}));
    let (what, sent) = front50.changes().remove(0);
    assert_eq!(what, "POST /pipelines/batchUpdate?staleCheck=false");
    assert_ne!(sent[0]["id"], sent[1]["id"]);
}

#[tokio::test]
async fn a_templated_pipeline_is_saved_with_what_it_inherits() {
    let front50 = Front50::default();
    let config = json!({
        "schema": "1", "pipeline": {"template": {"source": "spinnaker://t"}}, "configuration": {"inherit": ["triggers"]},
    });
    let pipeline =
        json!({"id": "p-1", "application": "shop", "name": "n", "type": "templatedPipeline", "config": config});
    front50.step(&format!("{FRONT50}.SavePipelineTask"), &json!({ "pipeline": pipeline })).await;
    let (_, sent) = front50.changes().remove(0);
    assert_eq!(sent["triggers"], json!([{"type": "cron"}]));
    assert_eq!(sent["config"]["pipeline"]["name"], "n");
}

#[tokio::test]
async fn what_cannot_be_saved_fails_as_upstream_does() {
    let front50 = Front50::default();
    let class = format!("{FRONT50}.SavePipelineTask");
    let error = front50.try_step(&class, &json!({"pipeline": "{}"})).await.expect_err("no base 64");
    assert_eq!(
        (error.exception_type.as_str(), error.message.as_str()),
        ("IllegalArgumentException", "Illegal base64 character 7b")
    );
    assert!(front50.try_step(&class, &json!({})).await.is_err());
    let taken = json!({"pipeline": {"application": "shop", "name": "taken"}});
    let error = front50.try_step(&class, &taken).await.expect_err("it is taken");
    let call = error.call.expect("a call");
    assert_eq!((error.kind, call.method.as_str(), call.status), (Kind::Invalid, "POST", 400));
    let roles = front50.try_step(&format!("{FRONT50}.SaveServiceAccountTask"), &json!({})).await;
    assert!(roles.is_err_and(|error| error.kind == Kind::Unsupported));
}

#[tokio::test]
async fn it_is_watched_whether_front50_shows_what_was_saved() {
    let front50 = Front50::default();
    let class = format!("{FRONT50}.MonitorFront50Task");
    let options = Options {
        tasks: TasksOptions {
            monitor_front50_task: MonitorFront50Options { success_threshold: 2, grace_period_ms: 5000 },
            ..TasksOptions::default()
        },
        ..Options::default()
    };
    let look = async |options: &Options, settings: Value| {
        front50.step_with(options, &class, &settings).await.expect("a result")
    };
    assert_eq!(look(&Options::default(), json!({"pipeline.id": "gone"})).await, TaskResult::succeeded());
    assert_eq!(look(&options, json!({"pipeline.id": "gone"})).await.status, Status::Running);
    assert_eq!(look(&options, json!({"pipeline.id": "old"})).await.status, Status::Running);
    let once = look(&options, json!({"pipeline.id": "p-1"})).await;
    assert!(once.status == Status::Running && matches!(once.next, Next::At(_)), "{once:?}");
    let twice = look(&options, json!({"pipeline.id": "p-1", "front50.seen": once.context["front50.seen"]})).await;
    assert_eq!(twice.status, Status::Succeeded);
}

#[tokio::test]
async fn pipelines_are_deleted_and_reordered() {
    let front50 = Front50::default();
    let pipeline = json!({"id": "p-1", "application": "shop", "name": "deploy it"});
    let found = front50.step(&format!("{FRONT50}.DeletePipelineTask"), &json!({"pipeline": encoded(&pipeline)})).await;
    assert_eq!((&found["pipeline.name"], &found["pipeline.id"]), (&json!("deploy it"), &json!("p-1")));
    assert_eq!(front50.changes()[0].0, "DELETE /pipelines/shop/deploy%20it");
    front50
        .step(&format!("{FRONT50}.DeletePipelineTask"), &json!({"pipeline": {"application": "shop", "name": "gone"}}))
        .await;
    front50.changes();
    let settings = |is_strategy: bool| {
        json!({
            "idsToIndices": encoded(&json!({"p-1": 0})), "application": encoded(&json!("shop")),
            "isStrategy": encoded(&json!(is_strategy)),
        })
    };
    let class = format!("{FRONT50}.ReorderPipelinesTask");
    let found = front50.step(&class, &settings(false)).await;
    assert_eq!(found, json!({"notification.type": "reorderpipelines", "application": "shop"}));
    front50.step(&class, &settings(true)).await;
    let changes = front50.changes();
    assert_eq!(
        changes[0],
        ("POST /actions/pipelines/reorder".into(), json!({"idsToIndices": {"p-1": 0}, "application": "shop"}))
    );
    assert_eq!(changes[1].0, "POST /actions/strategies/reorder");
    let error = front50.try_step(&class, &json!({"idsToIndices": {}})).await.expect_err("no base 64");
    assert!(error.message.starts_with("`idsToIndices` context key must be a base64-encoded string"));
}

#[tokio::test]
async fn templates_are_saved_and_deleted() {
    let front50 = Front50::default();
    let metadata = json!({"name": "t", "description": "d", "scopes": ["global"]});
    let v1 = json!({"id": "t", "schema": "1", "metadata": metadata});
    let v2 = json!({"id": "t", "schema": "v2", "metadata": metadata});
    let saved = json!({"pipelineTemplate": encoded(&v1)});
    let found = front50.step(&format!("{TEMPLATE}.CreatePipelineTemplateTask"), &saved).await;
    assert_eq!(found, json!({"notification.type": "createpipelinetemplate", "pipelineTemplate.id": "t"}));
    let tagged = json!({"pipelineTemplate": encoded(&v2), "tag": "stable", "id": "t"});
    let found = front50.step(&format!("{TEMPLATE}.v2.CreateV2PipelineTemplateTask"), &tagged).await;
    assert_eq!(found["pipelineTemplate.id"], "t:stable");
    front50.step(&format!("{TEMPLATE}.v2.UpdateV2PipelineTemplateTask"), &tagged).await;
    let updated = json!({"pipelineTemplate": encoded(&v1), "id": "t"});
    front50.step(&format!("{TEMPLATE}.UpdatePipelineTemplateTask"), &updated).await;
    let delete = json!({"pipelineTemplateId": "gone", "digest": "ab"});
    let found = front50.step(&format!("{TEMPLATE}.v2.DeleteV2PipelineTemplateTask"), &delete).await;
    assert_eq!(found, json!({"notification.type": "deletepipelinetemplate", "pipeline.id": "gone"}));
    front50.step(&format!("{TEMPLATE}.DeletePipelineTemplateTask"), &delete).await;
    let asked: Vec<_> = front50.changes().into_iter().map(|(what, _)| what).collect();
    let expected = [
        "POST /pipelineTemplates",
        "POST /v2/pipelineTemplates?tag=stable",
        "PUT /v2/pipelineTemplates/t?tag=stable",
        "PUT /pipelineTemplates/t",
        "DELETE /v2/pipelineTemplates/gone?digest=ab",
        "DELETE /pipelineTemplates/gone",
    ];
    assert_eq!(asked, expected);
    let dotted = json!({"pipelineTemplate": encoded(&json!({"id": "a.b"}))});
    let error = front50.try_step(&format!("{TEMPLATE}.CreatePipelineTemplateTask"), &dotted).await.expect_err("a dot");
    assert_eq!(error.message, "Pipeline Template IDs cannot have dots");
}

#[tokio::test]
async fn a_template_is_planned_with_its_pipelines_before_and_saved_with_them_after() {
    let front50 = Front50::default();
    let mut template = json!({
        "id": "t", "schema": "1", "metadata": {"name": "t", "description": "d", "scopes": ["global"]},
        "variables": [{"name": "who"}], "stages": [{"id": "w", "type": "wait", "name": "{{ who }}", "config": {}}],
    });
    let class = format!("{TEMPLATE}.PlanTemplateDependentsTask");
    let settings = |template: &Value| json!({"id": "t", "pipelineTemplate": encoded(template)});
    let result = front50.try_step(&class, &settings(&template)).await.expect("a result");
    assert_eq!(result.status, Status::Terminal);
    assert_eq!(result.context["pipelineTemplate.allDependentPipelines"], json!(["good", "bad"]));
    let errors = &result.context["pipelineTemplate.dependentErrors"];
    assert_eq!(errors["bad"][0]["message"], "malformed template configuration");
    assert_eq!(errors.get("good"), None);
    template["variables"] = json!([{"name": "who", "defaultValue": "nobody"}]);
    let result = front50.try_step(&class, &settings(&template)).await.expect("a result");
    assert_eq!((result.status, result.context.get("pipelineTemplate.dependentErrors")), (Status::Succeeded, None));

    let catalogue = Catalogue::standard();
    let stage = catalogue.stage("updatePipelineTemplate").expect("the stage is there");
    let composed = async |settings: Value| {
        let context = ComposeContext {
            view: Front50::view(&settings),
            caller: Caller::service("ann"),
            clients: front50.clients(),
        };
        let tasks = stage.compose(&context).await.expect("tasks").tasks.into_iter().map(|task| task.name);
        (tasks.collect::<Vec<_>>(), stage.after(&context).await.expect("stages"))
    };
    let (tasks, after) = composed(settings(&template)).await;
    assert_eq!(tasks, ["planDependentPipelines", "updatePipelineTemplate"]);
    assert_eq!(
        (after.len(), after[0].kind.as_str(), after[0].name.as_str()),
        (1, "updatePipeline", "updateDependentPipeline")
    );
    let mut skipping = settings(&template);
    skipping["skipPlanDependents"] = true.into();
    assert_eq!(composed(skipping).await.0, ["updatePipelineTemplate"]);
}
