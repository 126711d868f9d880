//! Steering executions: cancel, pause, resume, patch, delete.

use std::time::Duration;

use axum::extract::State;
use futures::{StreamExt as _, stream};
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, delete, patch, put};
use gennaker_wire::{Execution, ExecutionKind, Object};
use http::StatusCode;
use serde::Deserialize;

use super::{EXECUTE, WRITE, engine_error, executions::load};
use crate::{Orca, engine::row_kind, planner::Signal};

/// How long a deleted execution's id stays taken: an event that is repeated within this time starts nothing.
const TOMBSTONE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How many tasks one request may cancel, and how many of them at a time.
const MOST_TASKS: usize = 1000;
const TASKS_AT_ONCE: usize = 16;

const PIPELINE: ExecutionKind = ExecutionKind::Pipeline;
const TASK: ExecutionKind = ExecutionKind::Orchestration;

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(put("/pipelines/{id}/cancel", cancel).needs(EXECUTE))
        .route(put("/pipelines/{id}/pause", pause).needs(EXECUTE))
        .route(put("/pipelines/{id}/resume", resume).needs(EXECUTE))
        .route(patch("/pipelines/{id}/stages/{stageId}", patch_stage).needs(EXECUTE))
        .route(delete("/pipelines/{id}", delete_pipeline).needs(WRITE))
        .route(put("/tasks/{id}/cancel", cancel_task).needs(EXECUTE))
        .route(put("/tasks/cancel", cancel_tasks).needs(EXECUTE))
        .route(delete("/tasks/{id}", delete_task).needs(WRITE))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancelQuery {
    reason: Option<String>,
}

async fn cancel(
    State(orca): State<Orca>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<CancelQuery>,
) -> Result<StatusCode> {
    steer(&orca, PIPELINE, &id, Signal::Cancel { user: caller.user, reason: query.reason }).await
}

async fn cancel_task(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, TASK, &id, Signal::Cancel { user: caller.user, reason: None }).await
}

/// Cancels several; each is asked for, whatever becomes of the others.
async fn cancel_tasks(State(orca): State<Orca>, caller: Caller, Json(ids): Json<Vec<String>>) -> Result<StatusCode> {
    if ids.len() > MOST_TASKS {
        return Err(Error::invalid(format!("at most {MOST_TASKS} tasks can be cancelled at once, not {}", ids.len())));
    }
    let cancel = |id: String| {
        let (orca, user) = (&orca, caller.user.clone());
        async move { steer(orca, TASK, &id, Signal::Cancel { user, reason: None }).await }
    };
    let outcomes: Vec<_> = stream::iter(ids).map(cancel).buffered(TASKS_AT_ONCE).collect().await;
    outcomes.into_iter().find(Result::is_err).unwrap_or(Ok(StatusCode::ACCEPTED))
}

async fn pause(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, PIPELINE, &id, Signal::Pause { user: caller.user }).await
}

async fn resume(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, PIPELINE, &id, Signal::Resume { user: caller.user }).await
}

/// Merges fields into a stage's context and answers with the execution as it is then.
async fn patch_stage(
    State(orca): State<Orca>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Json(context): Json<Object>,
) -> Result<Json<Execution>> {
    let found = load(&orca, PIPELINE, &id).await?;
    let Some(known) = found.stage(&stage) else {
        return Err(Error::not_found(format!("execution {id} has no stage {stage}")));
    };
    if known.status.is_complete() {
        return Err(Error::new(
            gennaker_base::Kind::Conflict,
            format!("stage {stage} is over ({}): it cannot be changed any more", known.status),
        ));
    }
    let Caller { user, accounts, .. } = caller;
    steer(&orca, PIPELINE, &id, Signal::Patch { user, allowed_accounts: accounts, stage, context }).await?;
    Ok(Json(load(&orca, PIPELINE, &id).await?))
}

async fn delete_pipeline(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    remove(&orca, PIPELINE, &id).await
}

async fn delete_task(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    remove(&orca, TASK, &id).await
}

async fn remove(orca: &Orca, kind: ExecutionKind, id: &str) -> Result<StatusCode> {
    let found = load(orca, kind, id).await?;
    if !found.status.is_complete() {
        return Err(Error::new(
            gennaker_base::Kind::Conflict,
            format!("execution {id} is {}: cancel it before it is deleted", found.status),
        ));
    }
    let keep = orca.engine.now().after(TOMBSTONE);
    orca.engine.delete(id, keep).await.map_err(|error| engine_error(row_kind(kind), id, &error))?;
    Ok(StatusCode::OK)
}

/// Records the command; 202 whether it has its effect already or will have it.
async fn steer(orca: &Orca, kind: ExecutionKind, id: &str, signal: Signal) -> Result<StatusCode> {
    load(orca, kind, id).await?;
    orca.engine.signal(id, &signal).await.map_err(|error| engine_error(row_kind(kind), id, &error))?;
    Ok(StatusCode::ACCEPTED)
}
