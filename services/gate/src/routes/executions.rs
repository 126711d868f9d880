//! Executions of pipelines: looking at them and steering them.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Json, Path, Query, Result};
use gennaker_wire::Object;
use http::Method;
use serde_json::{Value, json};

use super::{
    EXECUTE, KNOWN, READ, WRITE,
    input::{Asked, MaybeObject},
    table,
};
use crate::{
    Gate,
    app::executions,
    forward::{Body, Forward, Otherwise, Service::Orca, delete, flag, get, put, text},
};

pub(super) const FORWARDED: &[Forward] = &[
    // With `at` the execution as it was then, which upstream does not know.
    get("/pipelines/{id}", Orca, "/pipelines/{id}", READ)
        .asks(&[text("at")])
        .or(Otherwise::NotFound("Pipeline not found (id: {id})")),
    get("/applications/{application}/executions/search", Orca, "/applications/{application}/pipelines/search", READ)
        .asks(&[
            text("triggerTypes"),
            text("pipelineName"),
            text("eventId"),
            text("trigger"),
            text("triggerTimeStartBoundary"),
            text("triggerTimeEndBoundary"),
            text("statuses"),
            text("startIndex"),
            text("size"),
            flag("reverse"),
            flag("expand"),
        ]),
    get("/executions/failedStages", Orca, "/pipelines/failedStages", READ).asks(&[
        text("executionId").needed(),
        text("deckOrigin"),
        text("limit"),
    ]),
    put("/pipelines/{id}/cancel", Orca, "/pipelines/{id}/cancel", EXECUTE)
        .asks(&[text("reason"), flag("force").or("false")])
        .with(Body::None)
        .silent(),
    // The application's name is not looked at: an old client leaves it unfilled.
    put("/applications/{application}/pipelines/{id}/cancel", Orca, "/pipelines/{id}/cancel", EXECUTE)
        .asks(&[text("reason"), flag("force").or("false")])
        .with(Body::None)
        .silent(),
    put("/pipelines/{id}/pause", Orca, "/pipelines/{id}/pause", EXECUTE).with(Body::None).silent(),
    put("/pipelines/{id}/resume", Orca, "/pipelines/{id}/resume", EXECUTE).with(Body::None).silent(),
    delete("/pipelines/{id}", Orca, "/pipelines/{id}", WRITE).silent(),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{get, patch, put};
    table(FORWARDED)
        .route(get("/executions", some).needs(KNOWN).reads([
            "pipelineConfigIds",
            "executionIds",
            "limit",
            "statuses",
            "expand",
        ]))
        .route(get("/applications/{application}/pipelines", of_application).needs(READ).reads([
            "limit",
            "statuses",
            "expand",
            "pipelineNameFilter",
            "pipelineLimit",
        ]))
        .route(patch("/pipelines/{id}/stages/{stageId}", update_stage).needs(EXECUTE))
        .route(put("/pipelines/{id}/stages/{stageId}/restart", restart_stage).needs(EXECUTE))
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
    MaybeObject(body): MaybeObject,
) -> Result<Json<Value>> {
    executions::restart_stage(&gate.clients, &caller.onward(), &id, &stage, body).await.map(Json)
}
