//! Pipeline templates: resolved, planned, and made of pipelines.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use gennaker_http::{Api, Caller, Json, Query, Result, get, post};
use gennaker_wire::Object;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::{EXECUTE, READ, start::asked};
use crate::{Orca, app::templates};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/pipelineTemplate", resolve).needs(READ))
        .route(post("/convertPipelineToTemplate", convert).needs(EXECUTE))
        .route(post("/v2/pipelineTemplates/plan", plan).needs(EXECUTE))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    source: String,
    execution_id: Option<String>,
    pipeline_config_id: Option<String>,
}

/// A template of schema 1 with all that it inherits.
async fn resolve(State(orca): State<Orca>, caller: Caller, Query(asked): Query<Source>) -> Result<Json<Object>> {
    let (execution, pipeline) = (asked.execution_id.as_deref(), asked.pipeline_config_id.as_deref());
    Ok(Json(templates::resolve(&orca.engine, &caller.onward(), &asked.source, execution, pipeline).await?))
}

/// A template of schema 1 made of a pipeline, as YAML.
async fn convert(State(_): State<Orca>, _caller: Caller, Json(pipeline): Json<Object>) -> Result<Response> {
    let yaml = templates::convert(&pipeline)?;
    Ok(([(CONTENT_TYPE, "text/x-yaml;charset=UTF-8")], yaml).into_response())
}

/// A pipeline of schema v2 as it would start.
async fn plan(
    State(orca): State<Orca>,
    caller: Caller,
    headers: HeaderMap,
    Json(pipeline): Json<Object>,
) -> Result<Json<Object>> {
    let asked = asked(caller, &headers)?;
    Ok(Json(templates::plan_v2(&orca.engine, &asked, pipeline).await?))
}
