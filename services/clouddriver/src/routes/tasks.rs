//! Tasks: looking at one, waiting for its next change, listing those under way, resuming a failed one.

use std::time::Duration;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, post};
use gennaker_wire::{OperationRef, OperationTask};
use serde::Deserialize;

use super::{KNOWN, WRITE_ACCOUNT};
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
    Ok(Json(OperationRef { id: id.to_owned(), resource_uri: format!("/task/{id}") }))
}
