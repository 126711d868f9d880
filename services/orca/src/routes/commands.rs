//! Steering executions: cancel, pause, resume, patch, delete.

use std::time::Duration;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, delete, patch, put};
use gennaker_wire::{Execution, Object, Status};
use http::StatusCode;
use serde::Deserialize;

use super::{EXECUTE, WRITE, engine_error};
use crate::{Orca, planner::Signal};

/// How long a deleted execution's id stays taken: an event that is repeated within this time starts nothing.
const TOMBSTONE: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(put("/pipelines/{id}/cancel", cancel).needs(EXECUTE))
        .route(put("/pipelines/{id}/pause", pause).needs(EXECUTE))
        .route(put("/pipelines/{id}/resume", resume).needs(EXECUTE))
        .route(patch("/pipelines/{id}/stages/{stageId}", patch_stage).needs(EXECUTE))
        .route(delete("/pipelines/{id}", delete_pipeline).needs(WRITE))
        .route(put("/tasks/{id}/cancel", cancel_task).needs(EXECUTE))
        .route(delete("/tasks/{id}", delete_task).needs(WRITE))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancelQuery {
    reason: Option<String>,
    force: bool,
}

async fn cancel(
    State(orca): State<Orca>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<CancelQuery>,
) -> Result<StatusCode> {
    steer(&orca, "pipeline", &id, Signal::Cancel { user: caller.user, reason: query.reason, force: query.force }).await
}

async fn cancel_task(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, "orchestration", &id, Signal::Cancel { user: caller.user, reason: None, force: false }).await
}

async fn pause(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, "pipeline", &id, Signal::Pause { user: caller.user }).await
}

async fn resume(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, "pipeline", &id, Signal::Resume { user: caller.user }).await
}

/// Merges fields into a stage's context and answers with the execution as it is then.
async fn patch_stage(
    State(orca): State<Orca>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Json(context): Json<Object>,
) -> Result<Json<Execution>> {
    let found = orca.engine.load(&id).await.map_err(|error| engine_error("pipeline", &id, &error))?;
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
    steer(&orca, "pipeline", &id, Signal::Patch { user, allowed_accounts: accounts, stage, context }).await?;
    let execution = orca.engine.load(&id).await.map_err(|error| engine_error("pipeline", &id, &error))?;
    Ok(Json(execution))
}

async fn delete_pipeline(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    remove(&orca, "pipeline", &id).await
}

async fn delete_task(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    remove(&orca, "orchestration", &id).await
}

async fn remove(orca: &Orca, noun: &str, id: &str) -> Result<StatusCode> {
    let found = orca.engine.load(id).await.map_err(|error| engine_error(noun, id, &error))?;
    if !found.status.is_complete() && found.status != Status::NotStarted {
        return Err(Error::new(
            gennaker_base::Kind::Conflict,
            format!("execution {id} is {}: cancel it before it is deleted", found.status),
        ));
    }
    let keep = orca.engine.now().after(TOMBSTONE);
    orca.engine.delete(id, keep).await.map_err(|error| engine_error(noun, id, &error))?;
    Ok(StatusCode::OK)
}

/// Records the command; 202 whether it has its effect already or will have it.
async fn steer(orca: &Orca, noun: &str, id: &str, signal: Signal) -> Result<StatusCode> {
    orca.engine.signal(id, &signal).await.map_err(|error| engine_error(noun, id, &error))?;
    Ok(StatusCode::ACCEPTED)
}
