//! Starting pipelines and tasks.

use axum::{extract::State, http::HeaderMap};
use gennaker_base::Timestamp;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, post};
use gennaker_wire::Object;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::EXECUTE;
use crate::{
    Orca,
    app::start::{Asked, flow},
};

/// Who asked, as the service that was asked first knows it.
const USER: &str = "x-spinnaker-user";
/// When the event happened that is started for, in epoch milliseconds.
const EVENT_TIME: &str = "x-gennaker-event-time";

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(post("/orchestrate", orchestrate).needs(EXECUTE))
        .route(post("/orchestrate/{pipelineConfigId}", orchestrate_stored).needs(EXECUTE))
        .route(post("/plan", plan).needs(EXECUTE))
        .route(post("/plan/{pipelineConfigId}", plan_stored).needs(EXECUTE))
        .route(post("/fail", fail).needs(EXECUTE))
        .route(post("/ops", ops).needs(EXECUTE).partly("stages as listed by GET /capabilities/stages"))
}

/// Starts a pipeline that the caller sends whole.
async fn orchestrate(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Json(config): Json<Object>,
) -> Result<Json<Value>> {
    let asked = asked(caller, &headers)?;
    Ok(answer(flow::orchestrate(&orca.engine, &asked, config, false).await?))
}

/// Starts a pipeline that front50 keeps; the body is its trigger.
async fn orchestrate_stored(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(trigger): Json<Object>,
) -> Result<Json<Value>> {
    let asked = asked(caller, &headers)?;
    let config = flow::stored(&orca.engine, &asked, &id, trigger).await?;
    Ok(answer(flow::orchestrate(&orca.engine, &asked, config, true).await?))
}

fn answer(answer: flow::Answer) -> Json<Value> {
    Json(match answer {
        flow::Answer::Started(id) => json!({ "ref": format!("/pipelines/{id}") }),
        flow::Answer::Planned(config) => Value::Object(config),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    resolve_artifacts: bool,
}

/// The pipeline as it would be started.
async fn plan(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Query(plan): Query<Plan>,
    Json(config): Json<Object>,
) -> Result<Json<Object>> {
    let asked = asked(caller, &headers)?;
    Ok(Json(flow::plan(&orca.engine, &asked, config, plan.resolve_artifacts).await?))
}

/// The same of a pipeline that front50 keeps.
async fn plan_stored(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(plan): Query<Plan>,
    Json(trigger): Json<Object>,
) -> Result<Json<Object>> {
    let asked = asked(caller, &headers)?;
    let config = flow::stored(&orca.engine, &asked, &id, trigger).await?;
    Ok(Json(flow::plan(&orca.engine, &asked, config, plan.resolve_artifacts).await?))
}

/// Stores a failed execution of a pipeline that the caller could not start.
async fn fail(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Json(config): Json<Object>,
) -> Result<StatusCode> {
    let asked = asked(caller, &headers)?;
    flow::fail(&orca.engine, &asked, config).await?;
    Ok(StatusCode::OK)
}

/// Starts a list of operations.
async fn ops(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Json(task): Json<Value>,
) -> Result<Json<Value>> {
    let asked = asked(caller, &headers)?;
    let id = flow::task(&orca.engine, &asked, task).await?;
    Ok(Json(json!({ "ref": format!("/tasks/{id}") })))
}

/// The request of these headers.
pub(super) fn asked(caller: Caller, headers: &HeaderMap) -> Result<Asked> {
    let event_time = match headers.get(EVENT_TIME).filter(|time| !time.is_empty()) {
        None => None,
        Some(time) => match time.to_str().ok().and_then(|time| time.parse().ok()) {
            Some(millis @ 0..) => Some(Timestamp::from_millis(millis)),
            _ => return Err(Error::invalid(format!("{EVENT_TIME} is a time in epoch milliseconds, not {time:?}"))),
        },
    };
    let is_named = headers.get(USER).is_some_and(|user| !user.is_empty());
    Ok(Asked { is_named, origin: caller.origin.clone(), caller, event_time })
}
