//! Tasks: looking at one, waiting for its next change, listing those under way, resuming a failed one, giving one up.

use std::time::Duration;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, patch, post};
use gennaker_wire::{Object, ObjectExt as _, OperationRef, OperationTask};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{KNOWN, WRITE_ACCOUNT, operations};
use crate::Clouddriver;

/// The longest wait for a change; who asks for more waits so long.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// The deadline of a handler that may wait so long.
const DEADLINE: Duration = Duration::from_secs(45);
const RESUME: &str = ":resume";

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/task/{id}", task).needs(KNOWN).deadline(DEADLINE))
        // The router has no parameter with an ending; upstream's path is `/task/{id}:resume`.
        .route(post("/task/{id}", act).needs(WRITE_ACCOUNT))
        .route(get("/task", tasks).needs(KNOWN))
        .route(get("/{cloudProvider}/task/{id}/owner", owner).needs(KNOWN))
        .route(patch("/{cloudProvider}/task/{id}", update).needs(WRITE_ACCOUNT))
        .route(
            post("/{cloudProvider}/task/{id}/restart", restart)
                .needs(WRITE_ACCOUNT)
                .partly("what runs is what is recorded of the task: the body names the same operations"),
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TaskQuery {
    wait_ms: Option<u64>,
}

async fn task(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<TaskQuery>,
) -> Result<Json<OperationTask>> {
    let wait = query.wait_ms.map(|wait| Duration::from_millis(wait).min(LONGEST_WAIT));
    Ok(Json(service.operations.task(&id, wait).await?))
}

async fn tasks(State(service): State<Clouddriver>, _caller: Caller) -> Result<Json<Vec<OperationTask>>> {
    Ok(Json(service.operations.running().await?))
}

async fn act(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(task): Path<String>,
) -> Result<Json<OperationRef>> {
    let Some(id) = task.strip_suffix(RESUME) else {
        return Err(Error::invalid(format!(
            "a task is resumed by POST /task/<id>{RESUME}; nothing else can be posted"
        )));
    };
    service.operations.resume(id).await?;
    Ok(Json(reference(id)))
}

/// The name of the node that runs it.
async fn owner(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_provider, id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let owner = service.operations.task(&id, None).await?.owner_id;
    let name = owner.as_deref().and_then(|owner| owner.split_once('@')).map(|(_epoch, node)| node);
    Ok(Json(json!({ "name": name })))
}

/// `{"retry": true}` gives a task up that is under way, so that it can be resumed; `false` so that it cannot.
async fn update(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_provider, id)): Path<(String, String)>,
    Json(body): Json<Object>,
) -> Result<Json<OperationRef>> {
    let Some(retry) = body.boolean("retry") else {
        return Err(Error::invalid(format!(
            "a task is patched with {{\"retry\": true or false}}; task {id} stays as it is"
        )));
    };
    service.operations.give_up(&id, retry).await?;
    Ok(Json(reference(&id)))
}

async fn restart(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_provider, id)): Path<(String, String)>,
    Json(body): Json<Vec<Value>>,
) -> Result<Json<OperationRef>> {
    service.operations.restart(&id, &operations::read(&body)?).await?;
    Ok(Json(reference(&id)))
}

fn reference(id: &str) -> OperationRef {
    OperationRef { id: id.to_owned(), resource_uri: format!("/task/{id}") }
}
