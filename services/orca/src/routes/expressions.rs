//! Trying expressions on an execution, and what they may call.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, get, post};
use gennaker_wire::{ExecutionKind, Object};
use serde::Deserialize;
use serde_json::Value;

use super::{READ, executions::load};
use crate::{Orca, app::evaluate, expressions};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/pipelines/{id}/evaluateExpression", in_execution).needs(READ))
        .route(get("/pipelines/{id}/{stageId}/evaluateExpression", in_stage).needs(READ))
        .route(post("/pipelines/{id}/evaluateVariables", variables).needs(READ))
        .route(get("/capabilities/expressions", capabilities).needs(Permission::Authenticated))
}

#[derive(Debug, Deserialize)]
struct Tried {
    expression: String,
}

async fn in_execution(
    State(orca): State<Orca>,
    caller: Caller,
    Path(id): Path<String>,
    Query(tried): Query<Tried>,
) -> Result<Json<Object>> {
    answer(&orca, &caller, &id, None, &tried.expression).await
}

async fn in_stage(
    State(orca): State<Orca>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Query(tried): Query<Tried>,
) -> Result<Json<Object>> {
    answer(&orca, &caller, &id, Some(&stage), &tried.expression).await
}

async fn answer(orca: &Orca, caller: &Caller, id: &str, stage: Option<&str>, text: &str) -> Result<Json<Object>> {
    let execution = load(orca, ExecutionKind::Pipeline, id).await?;
    let answer = evaluate::expression(orca.engine.expressions(), caller, execution, stage, text).await;
    let missing = || Error::not_found(format!("Stage {} not found in execution {id}", stage.unwrap_or_default()));
    answer.map(Json).ok_or_else(missing)
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Where {
    requisite_stage_ref_ids: String,
    spel_version: String,
}

async fn variables(
    State(orca): State<Orca>,
    caller: Caller,
    Path(id): Path<String>,
    Query(place): Query<Where>,
    Json(variables): Json<Vec<Value>>,
) -> Result<Json<Object>> {
    let execution = load(&orca, ExecutionKind::Pipeline, &id).await?;
    let requisites = place.requisite_stage_ref_ids.split([',', ';', ' ']).filter(|id| !id.is_empty());
    let requisites = requisites.map(str::to_owned).collect();
    let evaluator = match place.spel_version.as_str() {
        "" => None,
        known @ ("v2" | "v3" | "v4") => Some(known.to_owned()),
        other => {
            return Err(Error::invalid(format!("SpEL evaluator version {other} is not supported: write v3 or v4")));
        }
    };
    let expressions = orca.engine.expressions();
    let answer = evaluate::variables(expressions, &caller, execution, requisites, evaluator, variables).await;
    Ok(Json(answer))
}

async fn capabilities(State(_): State<Orca>, _caller: Caller) -> Json<Value> {
    Json(expressions::capabilities())
}
