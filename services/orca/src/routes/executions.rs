//! Looking at executions: one, or those of pipelines.

use axum::extract::State;
use gennaker_base::Kind;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_store as store;
use gennaker_wire::{Execution, ExecutionKind};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::{
    READ, engine_error,
    query::{given, statuses, texts},
};
use crate::{
    Orca,
    app::{failed_stages, history, recent, unexpand::unexpand},
    engine::row_kind,
};

/// The most executions that one answer has.
const MOST: u32 = 5000;

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/pipelines/{id}", pipeline).needs(READ))
        .route(get("/pipelines", pipelines).needs(READ))
        .route(get("/applications/{application}/pipelines", of_application).needs(READ))
        .route(get("/v2/applications/{application}/pipelines", of_application).needs(READ))
        .route(
            get("/projects/{projectId}/pipelines", of_project).needs(READ).partly("front50 does not keep projects yet"),
        )
        .route(get("/pipelines/failedStages", failed).needs(READ))
        .route(get("/pipelines/running", gone).needs(READ))
        .route(get("/pipelines/waiting", gone).needs(READ))
        .route(get("/executions/correlated/{correlationId}", correlated).needs(READ))
}

/// Which moment of an execution is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Moment {
    at: Option<String>,
}

async fn pipeline(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(moment): Query<Moment>,
) -> Result<Json<Execution>> {
    Ok(Json(load_at(&orca, ExecutionKind::Pipeline, &id, &moment).await?))
}

/// The execution of that kind and id, as it was at that moment if one is asked for.
pub(super) async fn load_at(orca: &Orca, kind: ExecutionKind, id: &str, moment: &Moment) -> Result<Execution> {
    let present = load(orca, kind, id).await?;
    let Some(at) = moment.at.as_deref().filter(|at| !at.is_empty()) else { return Ok(present) };
    let then = history::at(&orca.engine, id, history::time(at)?).await;
    Ok(then.map_err(|error| engine_error(row_kind(kind), id, &error))??)
}

/// The execution of that kind and id.
pub(super) async fn load(orca: &Orca, kind: ExecutionKind, id: &str) -> Result<Execution> {
    let noun = row_kind(kind);
    let execution = orca.engine.load(id).await.map_err(|error| engine_error(noun, id, &error))?;
    if execution.kind == kind { Ok(execution) } else { Err(Error::not_found(format!("No {noun} found for {id}"))) }
}

/// The executions of a query.
pub(super) async fn list(orca: &Orca, query: &store::Query) -> Result<Vec<Execution>> {
    orca.engine.list(query).await.map_err(|error| engine_error("execution", "the query", &error))
}

/// Without their bulk, unless they are to be whole.
pub(super) fn expanded(mut executions: Vec<Execution>, expand: bool) -> Vec<Execution> {
    if !expand {
        executions.iter_mut().for_each(unexpand);
    }
    executions
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    pipeline_config_ids: Option<String>,
    execution_ids: Option<String>,
    #[serde(deserialize_with = "given")]
    limit: Option<u32>,
    statuses: Option<String>,
    #[serde(deserialize_with = "given")]
    expand: Option<bool>,
}

/// The newest executions of each of these pipelines, or the executions of these ids; none if neither is asked for.
async fn pipelines(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Execution>>> {
    let expand = asked.expand.unwrap_or(true);
    let (configs, ids) = (texts(asked.pipeline_config_ids.as_deref()), texts(asked.execution_ids.as_deref()));
    match (configs.is_empty(), ids.is_empty()) {
        (true, true) => return Ok(Json(Vec::new())),
        (false, false) => return Err(Error::invalid("Only pipelineConfigIds OR executionIds can be specified")),
        _ => {}
    }
    let query = store::Query { kinds: kinds(), limit: MOST, ..store::Query::default() };
    if configs.is_empty() {
        let mut executions = list(&orca, &store::Query { ids: ids.clone(), ..query }).await?;
        executions.sort_by_cached_key(|execution| ids.iter().position(|id| *id == execution.id));
        return Ok(Json(expanded(executions, expand)));
    }
    // Upstream: as if 0 were not sent.
    let limit = asked.limit.filter(|limit| *limit > 0).unwrap_or(1);
    let statuses = statuses(asked.statuses.as_deref())?;
    let query = store::Query { definitions: configs, statuses, limit_per_definition: Some(limit), ..query };
    Ok(Json(expanded(shown(&orca, &query, limit).await?, expand)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfApplication {
    #[serde(deserialize_with = "given")]
    limit: Option<u32>,
    statuses: Option<String>,
    #[serde(deserialize_with = "given")]
    expand: Option<bool>,
    pipeline_name_filter: Option<String>,
    #[serde(deserialize_with = "given")]
    pipeline_limit: Option<u32>,
}

/// The newest executions of each pipeline of an application.
async fn of_application(
    State(orca): State<Orca>,
    caller: Caller,
    Path(application): Path<String>,
    Query(asked): Query<OfApplication>,
) -> Result<Json<Vec<Execution>>> {
    let limit = asked.limit.unwrap_or(5);
    let statuses = statuses(asked.statuses.as_deref())?;
    if limit == 0 {
        return Ok(Json(Vec::new()));
    }
    let definitions = match asked_pipelines(&orca, &caller, &application, &asked).await? {
        Some(ids) if ids.is_empty() => return Ok(Json(Vec::new())),
        ids => ids.unwrap_or_default(),
    };
    let query = store::Query {
        kinds: kinds(),
        group: Some(application),
        definitions,
        statuses,
        limit: MOST,
        limit_per_definition: Some(limit),
        ..store::Query::default()
    };
    Ok(Json(expanded(shown(&orca, &query, limit).await?, asked.expand.unwrap_or(true))))
}

/// The pipelines that are asked for by their names, by their number or by not being disabled: front50 knows them. `None` is all of them,
/// also those that are not in front50 any more.
async fn asked_pipelines(
    orca: &Orca,
    caller: &Caller,
    application: &str,
    asked: &OfApplication,
) -> Result<Option<Vec<String>>> {
    let name = asked.pipeline_name_filter.as_deref().filter(|name| !name.is_empty());
    let enabled = orca.options.lists.exclude_executions_of_disabled_pipelines.then_some(true);
    if name.is_none() && asked.pipeline_limit.is_none() && enabled.is_none() {
        return Ok(None);
    }
    let call = Call::get(&["pipelines", application])
        .query("refresh", false)
        .query_if("pipelineNameFilter", name)
        .query_if("pipelineLimit", asked.pipeline_limit)
        .query_if("enabledPipelines", enabled);
    let pipelines = orca.engine.clients().front50.forward(&caller.onward(), call).await?;
    let pipelines = pipelines.as_array().into_iter().flatten();
    Ok(Some(pipelines.filter_map(|pipeline| pipeline["id"].as_str()).map(str::to_owned).collect()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfProject {
    #[serde(deserialize_with = "given")]
    limit: Option<u32>,
    statuses: Option<String>,
}

/// The newest executions of each pipeline of a project; none of a project that is not there.
async fn of_project(
    State(orca): State<Orca>,
    caller: Caller,
    Path(project): Path<String>,
    Query(asked): Query<OfProject>,
) -> Result<Json<Vec<Execution>>> {
    let limit = asked.limit.unwrap_or(5);
    let statuses = statuses(asked.statuses.as_deref())?;
    if limit == 0 {
        return Ok(Json(Vec::new()));
    }
    let call = Call::get(&["v2", "projects", &project]);
    let project: Value = match orca.engine.clients().front50.forward(&caller.onward(), call).await {
        Ok(project) => project,
        Err(error) if error.kind() == Kind::NotFound => return Ok(Json(Vec::new())),
        Err(error) => return Err(error),
    };
    let configs = project.pointer("/config/pipelineConfigs").and_then(Value::as_array).into_iter().flatten();
    let definitions: Vec<_> =
        configs.filter_map(|config| config["pipelineConfigId"].as_str()).map(str::to_owned).collect();
    if definitions.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let query = store::Query {
        kinds: kinds(),
        definitions,
        statuses,
        limit: MOST,
        limit_per_definition: Some(limit),
        ..store::Query::default()
    };
    let mut executions = list(&orca, &query).await?;
    executions.sort_by(recent::by_start);
    Ok(Json(executions))
}

/// What of a query lists show.
async fn shown(orca: &Orca, query: &store::Query, limit: u32) -> Result<Vec<Execution>> {
    let executions = list(orca, query).await?;
    Ok(recent::of_each_pipeline(executions, limit, &orca.options.lists, orca.engine.now()))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    execution_id: String,
    deck_origin: Option<String>,
    #[serde(default, deserialize_with = "given")]
    limit: Option<i32>,
}

/// Where an execution failed.
async fn failed(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(asked): Query<Failed>,
) -> Result<Json<Vec<failed_stages::FailedStage>>> {
    let limit = usize::try_from(asked.limit.unwrap_or(1)).unwrap_or(0);
    if limit == 0 {
        return Err(Error::invalid("limit must be positive!"));
    }
    let wanted = failed_stages::Wanted {
        deck: asked.deck_origin.as_deref().map(str::trim),
        limit,
        only_failing_pipelines: orca.options.lists.failed_stages.only_include_stages_that_fail_pipelines,
    };
    let id = &asked.execution_id;
    let failed = failed_stages::find(&orca.engine, id, &wanted).await;
    failed.map(Json).map_err(|error| engine_error("pipeline", id, &error))
}

/// Upstream gave these lists up.
async fn gone(State(_): State<Orca>, _caller: Caller) -> (StatusCode, Json<Vec<String>>) {
    (StatusCode::GONE, Json(Vec::new()))
}

/// The unfinished executions that were started with this correlation id: a pipeline, a task, or both.
async fn correlated(State(orca): State<Orca>, _caller: Caller, Path(id): Path<String>) -> Result<Json<Vec<String>>> {
    let query = store::Query { correlation: Some(id), ..crate::app::standing::unfinished() };
    let mut executions = list(&orca, &query).await?;
    executions.sort_by_key(|execution| execution.kind == ExecutionKind::Orchestration);
    Ok(Json(executions.into_iter().map(|execution| execution.id).collect()))
}

fn kinds() -> Vec<String> {
    vec![row_kind(ExecutionKind::Pipeline).to_owned()]
}
