//! Executions of pipelines: looking at them and steering them.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, delete, get, patch, put};
use gennaker_wire::Object;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    EXECUTE, KNOWN, READ, WRITE,
    input::{Asked, MaybeObject},
};
use crate::{Gate, app::optional::is_absent};

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/pipelines/{id}", one).needs(READ))
        .route(get("/executions", some).needs(KNOWN))
        .route(get("/applications/{application}/pipelines", of_application).needs(READ))
        .route(get("/applications/{application}/executions/search", search).needs(READ))
        .route(get("/executions/failedStages", failed_stages).needs(READ))
        .route(get("/projects/{id}/pipelines", of_project).needs(KNOWN).partly("front50 does not keep projects yet"))
        .route(put("/pipelines/{id}/cancel", cancel).needs(EXECUTE))
        .route(put("/applications/{application}/pipelines/{id}/cancel", cancel_of_application).needs(EXECUTE))
        .route(put("/pipelines/{id}/pause", pause).needs(EXECUTE))
        .route(put("/pipelines/{id}/resume", resume).needs(EXECUTE))
        .route(patch("/pipelines/{id}/stages/{stageId}", update_stage).needs(EXECUTE))
        .route(put("/pipelines/{id}/stages/{stageId}/restart", restart_stage).needs(EXECUTE))
        .route(delete("/pipelines/{id}", remove).needs(WRITE))
}

/// One execution; with `at` as it was then, which upstream does not know.
async fn one(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["pipelines", &id]).query_if("at", query.text("at"));
    let answer = gate.clients.orca.forward(&caller.onward(), call).await;
    answer.map(Json).map_err(|error| match is_absent(&error) {
        true => Error::not_found(format!("Pipeline not found (id: {id})")),
        false => error,
    })
}

/// The executions of pipeline configs, or those of these ids; none if neither is asked for.
async fn some(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let (configs, ids) = (query.text("pipelineConfigIds"), query.text("executionIds"));
    if configs.is_none() && ids.is_none() {
        return Ok(Json(json!([])));
    }
    let call = Call::get(&["pipelines"])
        .query_if("pipelineConfigIds", configs)
        .query_if("executionIds", ids)
        .query_if("limit", query.number("limit")?)
        .query_if("statuses", query.text("statuses"))
        .query("expand", query.flag("expand")?.unwrap_or(true));
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

/// The newest executions of each pipeline of an application.
async fn of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let limit = query.number("limit")?.filter(|limit| *limit > 0).unwrap_or(gate.options.execution.fetch.limit);
    let call = Call::get(&["applications", &application, "pipelines"])
        .query("limit", limit)
        .query_if("statuses", query.text("statuses"))
        .query_if("expand", query.flag("expand")?)
        .query_if("pipelineNameFilter", query.text("pipelineNameFilter"))
        .query_if("pipelineLimit", query.number("pipelineLimit")?);
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

/// The parameters of a search.
const SEARCHED: [&str; 11] = [
    "triggerTypes",
    "pipelineName",
    "eventId",
    "trigger",
    "triggerTimeStartBoundary",
    "triggerTimeEndBoundary",
    "statuses",
    "startIndex",
    "size",
    "reverse",
    "expand",
];

/// The executions of an application, or of all (`*`), by what triggered them.
async fn search(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["applications", &application, "pipelines", "search"]);
    let call = SEARCHED.iter().fold(call, |call, name| call.query_if(name, query.text(name)));
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

/// Where an execution failed, and the pipelines that it ran.
async fn failed_stages(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let Some(id) = query.text("executionId") else {
        return Err(Error::invalid("name the execution: executionId=ID"));
    };
    let call = Call::get(&["pipelines", "failedStages"])
        .query("executionId", id)
        .query_if("deckOrigin", query.text("deckOrigin"))
        .query_if("limit", query.text("limit"));
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

/// The newest executions of each pipeline of a project.
async fn of_project(
    State(gate): State<Gate>,
    caller: Caller,
    Path(project): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["projects", &project, "pipelines"])
        .query_if("limit", query.number("limit")?)
        .query_if("statuses", query.text("statuses"));
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

async fn cancel(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<StatusCode> {
    let force = query.flag("force")?.unwrap_or(false);
    gate.clients.orca.cancel(&caller.onward(), &id, query.text("reason"), force).await?;
    Ok(StatusCode::OK)
}

/// The application's name is not looked at: an old client leaves it unfilled.
async fn cancel_of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path((_application, id)): Path<(String, String)>,
    Query(query): Asked,
) -> Result<StatusCode> {
    gate.clients.orca.cancel(&caller.onward(), &id, query.text("reason"), false).await?;
    Ok(StatusCode::OK)
}

async fn pause(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    gate.clients.orca.pause(&caller.onward(), &id).await?;
    Ok(StatusCode::OK)
}

async fn resume(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    gate.clients.orca.resume(&caller.onward(), &id).await?;
    Ok(StatusCode::OK)
}

async fn update_stage(
    State(gate): State<Gate>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    Json(fields): Json<Object>,
) -> Result<Json<Value>> {
    let call = Call::new(Method::PATCH, &["pipelines", &id, "stages", &stage]).body(&fields)?;
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

async fn restart_stage(
    State(gate): State<Gate>,
    caller: Caller,
    Path((id, stage)): Path<(String, String)>,
    MaybeObject(pipeline): MaybeObject,
) -> Result<Json<Value>> {
    let call = Call::new(Method::PUT, &["pipelines", &id, "stages", &stage, "restart"]).body(&pipeline)?;
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

async fn remove(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    gate.clients.orca.delete(&caller.onward(), &id).await?;
    Ok(StatusCode::OK)
}
