//! A clouddriver of two server groups whose disabling takes effect at once.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Json, Router,
    extract::{Query, State},
    routing::{get, post},
};
use gennaker_base::Timestamp;
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_http::TransportOptions;
use gennaker_orca_stages::{Evaluate, StageView, TaskContext};
use gennaker_wire::{Execution, Object, Stage};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value, json};

/// What it was asked to do: request ids with operations, in order.
pub(crate) type Submitted = Arc<Mutex<Vec<(String, Value)>>>;

/// Evaluates nothing.
pub(crate) struct Nothing;

#[async_trait]
impl Evaluate for Nothing {
    async fn evaluate(&self, _view: &StageView, _caller: &Caller, settings: &Object) -> Object {
        settings.clone()
    }
}

#[derive(Clone, Default)]
pub(crate) struct Clouddriver {
    pub(crate) submitted: Submitted,
}

impl Clouddriver {
    /// What a step of a task of the stage `kind` with these settings is given.
    pub(crate) fn context(&self, kind: &str, settings: &Object) -> TaskContext {
        let stage =
            Arc::new(Stage { id: "S".into(), kind: kind.into(), context: settings.clone(), ..Stage::default() });
        let execution = Arc::new(Execution { application: "shop".into(), ..Execution::default() });
        let router = Router::new()
            .route("/applications/shop/clusters/local/shop/local/serverGroups", get(server_groups))
            .route("/local/ops", post(submit))
            .with_state(self.clone());
        let nowhere = |name| Transport::in_process(name, Router::new(), TransportOptions::default());
        TaskContext {
            view: StageView { execution, stages: Arc::new([stage.clone()]), stage },
            expressions: Arc::new(Nothing),
            caller: Caller::service("ann"),
            clients: Clients {
                front50: Front50Client::new(nowhere("front50")),
                orca: OrcaClient::new(nowhere("orca")),
                clouddriver: ClouddriverClient::new(Transport::in_process(
                    "clouddriver",
                    router,
                    TransportOptions::default(),
                )),
                echo: EchoClient::new(nowhere("echo")),
            },
            request_id: "S-2-0".into(),
            now: Timestamp::from_millis(1000),
            started: Timestamp::from_millis(1000),
        }
    }
}

async fn server_groups(State(clouddriver): State<Clouddriver>) -> Json<Value> {
    let disabled = !clouddriver.submitted.lock().is_empty();
    Json(json!([
        {"name": "shop-v000", "region": "here", "createdTime": 1, "disabled": disabled},
        {"name": "shop-v001", "region": "here", "createdTime": 2, "disabled": false},
    ]))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Submission {
    client_request_id: String,
}

/// The task's id is the request's: the same request gets the same task.
async fn submit(
    State(clouddriver): State<Clouddriver>,
    Query(submission): Query<Submission>,
    Json(operations): Json<Value>,
) -> Json<Value> {
    let id = submission.client_request_id;
    clouddriver.submitted.lock().push((id.clone(), operations));
    Json(json!({"id": id, "resourceUri": format!("/task/{id}")}))
}
