//! A front50 that keeps applications, who may use them, and projects in memory; beside it a clouddriver that knows one
//! application with a cluster.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::{delete, get, post, put},
};
use gennaker_base::Timestamp;
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_http::TransportOptions;
use gennaker_orca_stages::{StageView, TaskContext};
use gennaker_wire::{Execution, Stage};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::clouddriver::Nothing;

/// What it keeps and was asked.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) applications: BTreeMap<String, Value>,
    pub(crate) permissions: BTreeMap<String, Value>,
    pub(crate) projects: BTreeMap<String, Value>,
    /// Whether it says that it keeps no permissions.
    pub(crate) has_no_permissions: bool,
    /// Methods with paths, of what changes something.
    pub(crate) changes: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Front50 {
    pub(crate) kept: Arc<Mutex<Kept>>,
}

type Answer = Result<Json<Value>, StatusCode>;

impl Front50 {
    /// What a step of a task with these settings is given.
    pub(crate) fn context(&self, settings: &Value) -> TaskContext {
        let context = settings.as_object().cloned().expect("an object");
        let stage = Arc::new(Stage { id: "S".into(), context, ..Stage::default() });
        let view = StageView { execution: Arc::new(Execution::default()), stages: Arc::new([stage.clone()]), stage };
        let front50 = Router::new()
            .route("/v2/applications", post(create_application))
            .route("/v2/applications/{name}", get(application).patch(update_application).delete(delete_application))
            .route("/permissions/applications/{name}", get(permissions).put(permit).delete(forget))
            .route("/v2/projects", post(create_project))
            .route("/v2/projects/{id}", put(update_project).merge(delete(delete_project)))
            .with_state(self.clone());
        let clouddriver =
            Router::new().route("/applications/{name}", get(clusters)).route("/search", get(security_groups));
        let orca = Router::new().route("/pipelines/{id}", get(execution)).route("/tasks/{id}", get(execution));
        let to = |name, router| Transport::in_process(name, router, TransportOptions::default());
        TaskContext {
            view,
            expressions: Arc::new(Nothing),
            caller: Caller::service("ann"),
            clients: Clients {
                front50: Front50Client::new(to("front50", front50)),
                orca: OrcaClient::new(to("orca", orca)),
                clouddriver: ClouddriverClient::new(to("clouddriver", clouddriver)),
                echo: EchoClient::new(to("echo", Router::new())),
            },
            request_id: "S-1-0".into(),
            now: Timestamp::from_millis(1000),
            started: Timestamp::from_millis(1000),
        }
    }

    fn change(&self, what: impl Into<String>) -> parking_lot::MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock();
        kept.changes.push(what.into());
        kept
    }
}

/// As front50 shows it: the name in upper case, and what it knows besides.
fn shown(mut application: Value) -> Value {
    application["name"] = application["name"].as_str().unwrap_or_default().to_uppercase().into();
    application["description"] = application["description"].clone();
    application["trafficGuards"] = json!([]);
    application
}

async fn application(State(front50): State<Front50>, Path(name): Path<String>) -> Answer {
    let found = front50.kept.lock().applications.get(&name).cloned();
    found.map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn create_application(State(front50): State<Front50>, Json(application): Json<Value>) -> Answer {
    let name = application["name"].as_str().unwrap_or_default().to_owned();
    front50.change(format!("create {application}")).applications.insert(name, shown(application.clone()));
    Ok(Json(shown(application)))
}

async fn update_application(
    State(front50): State<Front50>,
    Path(name): Path<String>,
    Json(fields): Json<Value>,
) -> Answer {
    front50.change(format!("update {fields}")).applications.insert(name, shown(fields.clone()));
    Ok(Json(shown(fields)))
}

async fn delete_application(State(front50): State<Front50>, Path(name): Path<String>) -> StatusCode {
    let removed = front50.change(format!("delete {name}")).applications.remove(&name);
    if removed.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

async fn permissions(State(front50): State<Front50>, Path(name): Path<String>) -> Answer {
    let kept = front50.kept.lock();
    if kept.has_no_permissions {
        return Err(StatusCode::NOT_IMPLEMENTED);
    }
    kept.permissions.get(&name).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn permit(State(front50): State<Front50>, Path(name): Path<String>, Json(permissions): Json<Value>) -> Answer {
    let mut kept = front50.change(format!("permit {permissions}"));
    if kept.has_no_permissions {
        return Err(StatusCode::NOT_IMPLEMENTED);
    }
    kept.permissions.insert(name, permissions.clone());
    Ok(Json(permissions))
}

async fn forget(State(front50): State<Front50>, Path(name): Path<String>) -> StatusCode {
    let mut kept = front50.change(format!("forget {name}"));
    match (kept.has_no_permissions, kept.permissions.remove(&name)) {
        (true, _) => StatusCode::NOT_IMPLEMENTED,
        (false, Some(_)) => StatusCode::OK,
        (false, None) => StatusCode::NOT_FOUND,
    }
}

async fn create_project(State(front50): State<Front50>, Json(project): Json<Value>) -> Answer {
    front50.change("create project").projects.insert("7".to_owned(), project.clone());
    Ok(Json(project))
}

async fn update_project(State(front50): State<Front50>, Path(id): Path<String>, Json(project): Json<Value>) -> Answer {
    front50.change(format!("update project {id}")).projects.insert(id, project.clone());
    Ok(Json(project))
}

async fn delete_project(State(front50): State<Front50>, Path(id): Path<String>) -> StatusCode {
    let removed = front50.change(format!("delete project {id}")).projects.remove(&id);
    if removed.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

/// `busy` has a cluster and a security group, `quiet` is known without either.
async fn clusters(Path(name): Path<String>) -> Answer {
    match name.as_str() {
        "busy" => Ok(Json(json!({"name": name, "clusters": {"local": [{"name": "busy"}]}}))),
        "quiet" => Ok(Json(json!({"name": name, "clusters": {}}))),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn security_groups(Query(query): Query<BTreeMap<String, String>>) -> Json<Value> {
    assert_eq!(query["type"], "securityGroups");
    let busy = json!([{"name": "busy-group", "application": "Busy"}]);
    let results = if query["q"] == "busy" { busy } else { json!([]) };
    Json(json!([{ "results": results }]))
}

/// An execution is called by its status.
async fn execution(Path(id): Path<String>) -> Answer {
    match id.as_str() {
        "gone" => Err(StatusCode::NOT_FOUND),
        status => Ok(Json(json!({"id": id, "status": status, "type": "PIPELINE"}))),
    }
}
