//! Steering executions: cancel, pause, resume, restart, patch, delete.

use std::{collections::BTreeMap, time::Duration};

use axum::extract::State;
use futures::{StreamExt as _, stream};
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, delete, patch, put};
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt as _, Stage, Status};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::{EXECUTE, WRITE, engine_error, executions::load, query::given};
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
        .route(
            put("/pipelines/{id}/stages/{stageId}/restart", restart_stage)
                .needs(EXECUTE)
                .partly("new preconditions count in the stage that is restarted only"),
        )
        .route(delete("/pipelines/{id}", delete_pipeline).needs(WRITE))
        .route(put("/tasks/{id}/cancel", cancel_task).needs(EXECUTE))
        .route(put("/tasks/cancel", cancel_tasks).needs(EXECUTE))
        .route(delete("/tasks/{id}", delete_task).needs(WRITE))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancelQuery {
    reason: Option<String>,
    #[serde(deserialize_with = "given")]
    force: Option<bool>,
}

async fn cancel(
    State(orca): State<Orca>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Query<CancelQuery>,
) -> Result<StatusCode> {
    steer(
        &orca,
        PIPELINE,
        &id,
        Signal::Cancel { user: caller.user, reason: query.reason, force: query.force.unwrap_or(false) },
    )
    .await
}

async fn cancel_task(State(orca): State<Orca>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    steer(&orca, TASK, &id, Signal::Cancel { user: caller.user, reason: None, force: false }).await
}

/// Cancels several; each is asked for, whatever becomes of the others.
async fn cancel_tasks(State(orca): State<Orca>, caller: Caller, Json(ids): Json<Vec<String>>) -> Result<StatusCode> {
    if ids.len() > MOST_TASKS {
        return Err(Error::invalid(format!("at most {MOST_TASKS} tasks can be cancelled at once, not {}", ids.len())));
    }
    let cancel = |id: String| {
        let (orca, user) = (&orca, caller.user.clone());
        async move { steer(orca, TASK, &id, Signal::Cancel { user, reason: None, force: false }).await }
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
    let definition = orca.catalogue.stage(&known.kind);
    if context.boolean("manualSkip") == Some(true) && !definition.is_some_and(|it| it.can_skip(&known.context)) {
        let message = "Cannot manually skip stage: only a pipeline stage with skippable: true can be left out";
        return Err(Error::invalid(message).with_status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let Caller { user, accounts, .. } = caller;
    steer(&orca, PIPELINE, &id, Signal::Patch { user, allowed_accounts: accounts, stage, context }).await?;
    Ok(Json(load(&orca, PIPELINE, &id).await?))
}

/// Runs a stage again with what comes after it, and answers with the execution as it is then. The body is the pipeline as it is now: if
/// the stage checks preconditions, it takes them from there.
async fn restart_stage(
    State(orca): State<Orca>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Json(pipeline): Json<Object>,
) -> Result<Json<Execution>> {
    let found = load(&orca, PIPELINE, &id).await?;
    let Some(mut known) = found.stage(&stage) else {
        let signal =
            Signal::Restart { user: caller.user, stage, context: Object::new(), prepared: BTreeMap::default() };
        steer(&orca, PIPELINE, &id, signal).await?;
        return Ok(Json(found));
    };
    while let Some(parent) = known.parent_stage_id.as_deref().and_then(|parent| found.stage(parent)) {
        known = parent;
    }
    if !known.status.is_complete() && known.status != Status::NotStarted {
        let message = format!("stage {stage} is {}: it can be restarted when it is over", known.status);
        return Err(Error::new(gennaker_base::Kind::Conflict, message));
    }
    let context = preconditions(&pipeline, known);
    let signal = Signal::Restart { user: caller.user, stage, context, prepared: BTreeMap::default() };
    steer(&orca, PIPELINE, &id, signal).await?;
    Ok(Json(load(&orca, PIPELINE, &id).await?))
}

/// What the pipeline says now of the stage's preconditions.
fn preconditions(pipeline: &Object, stage: &Stage) -> Object {
    const KIND: &str = "checkPreconditions";
    const FIELD: &str = "preconditions";
    let stages = pipeline.get("stages").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let is_it = |other: &&Object| {
        stage.kind == KIND && other.text("type").as_deref() == Some(KIND) && other.text("refId") == stage.ref_id
    };
    let new = stages.filter(is_it).find_map(|other| other.get(FIELD).filter(|value| !value.is_null()));
    new.map(|value| (FIELD.to_owned(), value.clone())).into_iter().collect()
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
