//! Trying expressions on an execution: passed on to orca.

use axum::{body::Bytes, extract::State};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result};
use http::{HeaderMap, Method, header::CONTENT_TYPE};
use serde_json::Value;

use super::{READ, input::Asked, table};
use crate::{
    Gate,
    app::optional::is_absent,
    forward::{Forward, Otherwise, Service::Orca, get, text},
};

const MISSING: Otherwise = Otherwise::NotFound("Pipeline not found (id: {id})");

pub(super) const FORWARDED: &[Forward] = &[
    get("/pipelines/{id}/evaluateExpression", Orca, "/pipelines/{id}/evaluateExpression", READ)
        .asks(&[text("expression").needed()])
        .or(MISSING),
    get("/pipelines/{id}/{stageId}/evaluateExpression", Orca, "/pipelines/{id}/{stageId}/evaluateExpression", READ)
        .asks(&[text("expression").needed()])
        .or(MISSING),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::post;
    table(FORWARDED).route(post("/pipelines/{id}/evaluateExpression", of_body).needs(READ)).route(
        post("/pipelines/{id}/evaluateVariables", variables).needs(READ).reads([
            "executionId",
            "requisiteStageRefIds",
            "spelVersion",
        ]),
    )
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
