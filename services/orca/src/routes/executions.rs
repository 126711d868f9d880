//! Looking at executions: one, or lists.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_store as store;
use gennaker_wire::{Execution, ExecutionKind, Status};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{READ, engine_error};
use crate::{Orca, app::task_view, engine::row_kind};

/// The most executions that one answer has.
const MOST: u32 = 1000;

pub(super) fn api() -> Api<Orca> {
    let no_filters = "no pipelineNameFilter, pipelineLimit; expand is always true";
    Api::new("orca")
        .route(get("/pipelines/{id}", pipeline).needs(READ))
        .route(get("/pipelines", pipelines).needs(READ).partly("expand is always true"))
        .route(get("/applications/{application}/pipelines", of_application).needs(READ).partly(no_filters))
        .route(get("/v2/applications/{application}/pipelines", of_application).needs(READ).partly(no_filters))
        .route(get("/tasks/{id}", task).needs(READ))
        .route(get("/applications/{application}/tasks", tasks).needs(READ))
        .route(get("/capabilities/stages", stages).needs(gennaker_http::Permission::Authenticated).beyond())
}

/// The filters of a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Filters {
    limit: Option<u32>,
    page: Option<u32>,
    statuses: Option<String>,
    pipeline_config_ids: Option<String>,
    execution_ids: Option<String>,
}

async fn pipeline(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<Json<Execution>> {
    Ok(Json(load(&orca, ExecutionKind::Pipeline, &id).await?))
}

async fn task(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    Ok(Json(task_view::of(&load(&orca, ExecutionKind::Orchestration, &id).await?)))
}

/// The execution of that kind and id.
pub(super) async fn load(orca: &Orca, kind: ExecutionKind, id: &str) -> Result<Execution> {
    let noun = row_kind(kind);
    let execution = orca.engine.load(id).await.map_err(|error| engine_error(noun, id, &error))?;
    if execution.kind == kind { Ok(execution) } else { Err(Error::not_found(format!("No {noun} found for {id}"))) }
}

/// The executions of pipeline configs, the newest of each, or the executions of these ids.
async fn pipelines(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(filters): Query<Filters>,
) -> Result<Json<Vec<Execution>>> {
    let mut query = query(&filters, "pipeline")?;
    match (texts(filters.pipeline_config_ids.as_deref()), texts(filters.execution_ids.as_deref())) {
        (configs, ids) if configs.is_empty() == ids.is_empty() => {
            return Err(Error::invalid("Only pipelineConfigIds OR executionIds can be specified"));
        }
        (configs, ids) if ids.is_empty() => {
            query.definitions = configs;
            query.limit_per_definition = Some(filters.limit.unwrap_or(1));
        }
        (_, ids) => query.ids = ids,
    }
    list(&orca, &query).await
}

/// The newest executions of each pipeline of an application.
async fn of_application(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(application): Path<String>,
    Query(filters): Query<Filters>,
) -> Result<Json<Vec<Execution>>> {
    let mut query = query(&filters, "pipeline")?;
    query.group = Some(application);
    query.limit_per_definition = Some(filters.limit.unwrap_or(5));
    list(&orca, &query).await
}

/// The tasks of an application, the newest first.
async fn tasks(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(application): Path<String>,
    Query(filters): Query<Filters>,
) -> Result<Json<Vec<Value>>> {
    let limit = filters.limit.unwrap_or(MOST).min(MOST);
    let page = filters.page.unwrap_or(1).max(1);
    let query = store::Query {
        group: Some(application),
        limit,
        offset: limit.saturating_mul(page - 1),
        ..query(&filters, "orchestration")?
    };
    let Json(executions) = list(&orca, &query).await?;
    Ok(Json(executions.iter().map(task_view::of).collect()))
}

/// The stage types that this build runs.
async fn stages(State(orca): State<Orca>, _caller: Caller) -> Json<Value> {
    let kinds: Vec<_> = orca.catalogue.kinds().collect();
    Json(json!({ "types": kinds }))
}

async fn list(orca: &Orca, query: &store::Query) -> Result<Json<Vec<Execution>>> {
    let executions = orca.engine.list(query).await;
    executions.map(Json).map_err(|error| engine_error("pipeline", "the query", &error))
}

fn query(filters: &Filters, kind: &str) -> Result<store::Query> {
    let mut statuses = Vec::new();
    for status in texts(filters.statuses.as_deref()) {
        let known: std::result::Result<Status, _> = serde_json::from_value(Value::String(status.to_ascii_uppercase()));
        let known =
            known.map_err(|_| Error::invalid(format!("there is no status {status}; write for example RUNNING")))?;
        statuses.push(known.name().to_owned());
    }
    Ok(store::Query { kinds: vec![kind.to_owned()], statuses, limit: MOST, ..store::Query::default() })
}

/// The parts of a list separated by commas.
fn texts(list: Option<&str>) -> Vec<String> {
    let parts = list.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}
