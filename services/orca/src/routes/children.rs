//! Child pipelines, for the stages of orca itself: upstream's start and look at them within one program.

use axum::{extract::State, http::HeaderMap};
use gennaker_http::{Api, Caller, Json, Path, Result, get, post};
use gennaker_wire::{Execution, ExecutionKind, Object};
use serde_json::{Value, json};

use super::{EXECUTE, READ, engine_error, start::asked};
use crate::{Orca, app::start::child};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(post("/pipelines/{id}/stages/{stageId}/child", start).needs(EXECUTE).beyond())
        .route(get("/pipelines/{id}/outcome", outcome).needs(READ).beyond())
}

/// Starts a pipeline as the child of a stage.
async fn start(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Path((id, stage)): Path<(String, String)>,
    Json(sent): Json<Object>,
) -> Result<Json<Value>> {
    let asked = asked(caller, &headers)?;
    let parent = orca.engine.load(&id).await.map_err(|error| engine_error("pipeline", &id, &error))?;
    let id = child::start(&orca.engine, &asked, &parent, &stage, sent).await?;
    Ok(Json(json!({ "ref": format!("/pipelines/{id}") })))
}

/// How a child stands.
async fn outcome(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<Json<Execution>> {
    let outcome = orca.engine.outcome(ExecutionKind::Pipeline, &id).await;
    outcome.map(Json).map_err(|error| engine_error("pipeline", &id, &error))
}
