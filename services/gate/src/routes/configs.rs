//! Pipeline configs: lists, one, history, save, rename, delete, order.

use std::time::Duration;

use axum::extract::State;
use gennaker_clients::BULK_SAVE;
use gennaker_http::{Api, Caller, Json, Path, Query, Result};
use gennaker_wire::Object;
use http::StatusCode;
use serde_json::Value;

use super::{KNOWN, READ, WRITE, input::Asked, table};
use crate::{
    Gate,
    app::configs::{self, Checks},
    forward::{Forward, Service::Front50, get, number, post},
};

/// How long a save of many looks at what there is before it saves.
const LOOK: Duration = Duration::from_secs(60);

pub(super) const FORWARDED: &[Forward] = &[
    get("/pipelineConfigs", Front50, "/pipelines", KNOWN),
    get("/pipelineConfigs/{pipelineConfigId}/history", Front50, "/pipelines/{pipelineConfigId}/history", READ)
        .asks(&[number("limit").or("20")]),
    post("/actions/pipelines/reorder", Front50, "/actions/pipelines/reorder", WRITE).silent(),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{delete, get, post, put};
    table(FORWARDED)
        .route(
            get("/applications/{application}/pipelineConfigs", of_application)
                .needs(READ)
                .reads(["pipelineNameFilter", "pipelineLimit"]),
        )
        .route(get("/applications/{application}/pipelineConfigs/{pipelineName}", one).needs(READ))
        .route(post("/pipelines", save).needs(WRITE).reads(["staleCheck", "refuseStale"]))
        .route(post("/pipelines/bulksave", save_all).needs(WRITE).deadline(LOOK + BULK_SAVE))
        .route(put("/pipelines/{id}", replace).needs(WRITE))
        .route(delete("/pipelines/{application}/{pipelineName}", remove).needs(WRITE))
}

async fn of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Query(query): Asked,
) -> Result<Json<Vec<Value>>> {
    let limit = query.number("pipelineLimit")?;
    let mut list = configs::list(&gate.clients, &caller.onward(), &application).await?;
    if let Some(filter) = query.text("pipelineNameFilter") {
        list.retain(|config| configs::name_contains(config, filter));
    }
    if let Some(limit) = limit {
        list.truncate(limit as usize);
    }
    Ok(Json(list))
}

async fn one(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name)): Path<(String, String)>,
) -> Result<Json<Object>> {
    configs::find(&gate.clients, &caller.onward(), &application, &name).await.map(Json)
}

/// 200 without a body, as upstream's.
async fn save(
    State(gate): State<Gate>,
    caller: Caller,
    Query(query): Asked,
    Json(config): Json<Object>,
) -> Result<StatusCode> {
    let checks = Checks {
        stale: query.flag("staleCheck")?.unwrap_or(false),
        refuse_stale: query.flag("refuseStale")?.unwrap_or(false),
    };
    configs::save(&gate.clients, &caller.onward(), config, checks).await?;
    Ok(StatusCode::OK)
}

async fn save_all(State(gate): State<Gate>, caller: Caller, Json(configs): Json<Vec<Object>>) -> Result<Json<Value>> {
    configs::save_all(&gate.clients, &caller.onward(), configs).await.map(Json)
}

async fn replace(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Json(config): Json<Object>,
) -> Result<Json<Value>> {
    configs::replace(&gate.clients, &caller.onward(), &id, config).await.map(Json)
}

async fn remove(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name)): Path<(String, String)>,
) -> Result<StatusCode> {
    configs::delete(&gate.clients, &caller.onward(), &application, &name).await?;
    Ok(StatusCode::OK)
}
