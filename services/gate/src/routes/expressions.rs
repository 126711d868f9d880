//! Trying expressions on an execution: passed on to orca.

use axum::{body::Bytes, extract::State};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, post};
use http::{HeaderMap, Method, header::CONTENT_TYPE};
use serde_json::Value;

use super::{KNOWN, READ, input::Asked};
use crate::{Gate, app::optional::is_absent};

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/capabilities/expressions", capabilities).needs(KNOWN))
        .route(get("/pipelines/{id}/evaluateExpression", in_execution).needs(READ))
        .route(post("/pipelines/{id}/evaluateExpression", of_body).needs(READ))
        .route(get("/pipelines/{id}/{stageId}/evaluateExpression", in_stage).needs(READ))
        .route(post("/pipelines/{id}/evaluateVariables", variables).needs(READ))
}

async fn capabilities(State(gate): State<Gate>, caller: Caller) -> Result<Json<Value>> {
    gate.clients.orca.forward(&caller.onward(), Call::get(&["capabilities", "expressions"])).await.map(Json)
}

async fn in_execution(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call =
        Call::get(&["pipelines", &id, "evaluateExpression"]).query("expression", expression(query.text(EXPRESSION))?);
    answer(&gate, &caller, &id, call).await
}

/// The expression as text, or as `{"expression": ...}`.
async fn of_body(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let text = if kind.starts_with("text/plain") {
        std::str::from_utf8(&body).ok().map(str::to_owned)
    } else {
        let body: Option<Value> = serde_json::from_slice(&body).ok();
        body.and_then(|body| body.get(EXPRESSION)?.as_str().map(str::to_owned))
    };
    let call = Call::get(&["pipelines", &id, "evaluateExpression"]).query("expression", expression(text.as_deref())?);
    answer(&gate, &caller, &id, call).await
}

async fn in_stage(
    State(gate): State<Gate>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["pipelines", &id, &stage, "evaluateExpression"]);
    answer(&gate, &caller, &id, call.query("expression", expression(query.text(EXPRESSION))?)).await
}

/// Which execution it is stands in the query; upstream does not look at the path either.
async fn variables(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
    Json(variables): Json<Value>,
) -> Result<Json<Value>> {
    let id = query.text("executionId").unwrap_or(&id);
    let call = Call::new(Method::POST, &["pipelines", id, "evaluateVariables"])
        .query_if("requisiteStageRefIds", query.text("requisiteStageRefIds"))
        .query_if("spelVersion", query.text("spelVersion"))
        .body(&variables)?;
    answer(&gate, &caller, id, call).await
}

const EXPRESSION: &str = "expression";

fn expression(text: Option<&str>) -> Result<&str> {
    text.ok_or_else(|| Error::invalid("the expression is missing: write it as expression=${...}"))
}

async fn answer(gate: &Gate, caller: &Caller, id: &str, call: Call) -> Result<Json<Value>> {
    let answer = gate.clients.orca.forward(&caller.onward(), call).await;
    answer.map(Json).map_err(|error| match is_absent(&error) {
        true => Error::not_found(format!("Pipeline not found (id: {id})")),
        false => error,
    })
}
