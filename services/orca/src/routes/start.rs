//! Starting pipelines and tasks.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Result, post};
use gennaker_wire::{Execution, Object};
use serde_json::{Value, json};

use super::{EXECUTE, engine_error};
use crate::{Orca, app::parse, engine::StartRequest};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(
            post("/orchestrate", orchestrate)
                .needs(EXECUTE)
                .partly("no templates, artifacts, concurrency limits or time windows"),
        )
        .route(post("/ops", ops).needs(EXECUTE).partly("stages as listed by GET /capabilities/stages"))
}

/// Starts a pipeline that the caller sends whole.
async fn orchestrate(State(orca): State<Orca>, caller: Caller, Json(config): Json<Object>) -> Result<Json<Value>> {
    let config = parse::with_trigger(config, &caller)?;
    let config = orca.engine.expressions().in_pipeline(&caller, config).await;
    let execution = parse::pipeline(config, &caller, orca.engine.now())?;
    let scope = execution.pipeline_config_id.clone();
    start(&orca, &caller, execution, scope, "pipelines").await
}

/// Starts a list of operations.
async fn ops(State(orca): State<Orca>, caller: Caller, Json(task): Json<Object>) -> Result<Json<Value>> {
    let execution = parse::orchestration(task, &caller, orca.engine.now())?;
    let scope = Some(execution.application.clone());
    start(&orca, &caller, execution, scope, "tasks").await
}

/// A second start with the same `Idempotency-Key`, of the same pipeline or application, answers with the first one.
async fn start(
    orca: &Orca,
    caller: &Caller,
    execution: Execution,
    scope: Option<String>,
    noun: &str,
) -> Result<Json<Value>> {
    let id = execution.id.clone();
    let key = caller.idempotency_key.as_ref().map(|key| format!("{}/{key}", scope.unwrap_or_default()));
    let id = orca
        .engine
        .start(StartRequest { execution, request: key, correlation: None })
        .await
        .map_err(|error| engine_error("execution", &id, &error))?;
    Ok(Json(json!({ "ref": format!("/{noun}/{id}") })))
}
