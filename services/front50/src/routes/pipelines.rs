//! `/pipelines` and `/actions/pipelines/reorder`.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Query, Result, delete, get, post, put};
use gennaker_wire::Pipeline;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{
    answer::{Shared, shared, versioned},
    body::Body,
    query::{Flag, Limit, Number, Refresh, Saved},
};
use crate::app::{App, BatchOutcome, Listed, MOST, Triggers};

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);
/// How long a save of many pipelines may take: as long as upstream's gate waits for one.
const BULK_SAVE: Duration = Duration::from_secs(600);

/// The routes. Where upstream's paths differ only in a parameter's name by their methods, one name is used here.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/pipelines", list).needs(Permission::Authenticated))
        .route(post("/pipelines", save).needs(WRITE))
        .route(post("/pipelines/batchUpdate", save_all).needs(WRITE).deadline(BULK_SAVE))
        .route(get("/pipelines/{id}", of_application).needs(READ))
        .route(put("/pipelines/{id}", update).needs(WRITE))
        .route(get("/pipelines/{id}/get", one).needs(READ))
        .route(get("/pipelines/{id}/history", history).needs(READ))
        .route(delete("/pipelines/{application}/{pipeline}", remove).needs(WRITE))
        .route(get("/pipelines/{application}/name/{name}", named).needs(READ))
        .route(get("/pipelines/triggeredBy/{id}/{status}", triggered_by).needs(Permission::Authenticated))
        .route(post("/actions/pipelines/reorder", reorder).needs(WRITE))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct All {
    refresh: Flag,
    enabled_pipelines: Flag,
    enabled_triggers: Flag,
    trigger_types: Option<String>,
    /// Only what changed after this version, by pages: see [`crate::app::Feed`]. Ours.
    after: Option<String>,
    page_size: Number,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct OfApplication {
    refresh: Flag,
    pipeline_name_filter: Option<String>,
    pipeline_limit: Number,
    enabled_pipelines: Flag,
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(query): Query<All>,
    headers: HeaderMap,
) -> Result<Response> {
    if let Some(after) = query.after {
        let most = query.page_size.0.unwrap_or(MOST);
        return Ok(Json(app.pipelines.changes(&after, most, query.refresh.or_true()).await).into_response());
    }
    let wanted = Triggers {
        enabled_pipelines: query.enabled_pipelines.0,
        enabled: query.enabled_triggers.0,
        types: query.trigger_types.map(|types| types.split(',').map(str::to_owned).collect()),
    };
    let version = app.pipelines.version(query.refresh.or_true()).await;
    Ok(versioned(&headers, &version, async { app.pipelines.list(&wanted) }).await)
}

async fn of_application(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(application): Path<String>,
    Query(query): Query<OfApplication>,
) -> Result<Json<Vec<Pipeline>>> {
    let wanted = Listed {
        name_part: query.pipeline_name_filter,
        most: query.pipeline_limit.0,
        enabled: query.enabled_pipelines.0,
    };
    Ok(Json(app.pipelines.of_application(&application, &wanted, query.refresh.or_true()).await))
}

async fn one(_caller: Caller, State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<Pipeline>> {
    Ok(Json(app.pipelines.get(&id).await?))
}

async fn named(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((application, name)): Path<(String, String)>,
    Query(query): Query<Refresh>,
) -> Result<Json<Shared<Pipeline>>> {
    Ok(Json(app.pipelines.named(&application, &name, query.refresh.or_true()).await?.into()))
}

async fn triggered_by(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((id, status)): Path<(String, String)>,
    Query(query): Query<Refresh>,
) -> Result<Json<Vec<Shared<Pipeline>>>> {
    Ok(Json(shared(app.pipelines.triggered_by(&id, &status, query.refresh.or_true()).await)))
}

async fn history(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<Pipeline>>> {
    Ok(Json(app.pipelines.configs.history(&id, limit.get()).await?))
}

async fn save(
    caller: Caller,
    State(app): State<Arc<App>>,
    Query(query): Query<Saved>,
    body: Body,
) -> Result<Json<Pipeline>> {
    Ok(Json(app.pipelines.save(body.pipeline()?, query.stale(), &caller.user).await?))
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<Saved>,
    body: Body,
) -> Result<Json<Shared<Pipeline>>> {
    Ok(Json(app.pipelines.update(&id, body.pipeline()?, query.stale(), &caller.user).await?.into()))
}

async fn save_all(
    caller: Caller,
    State(app): State<Arc<App>>,
    Query(query): Query<Saved>,
    body: Body,
) -> Result<Json<BatchOutcome>> {
    Ok(Json(app.pipelines.save_all(body.objects()?, query.stale(), &caller.user).await?))
}

async fn remove(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((application, pipeline)): Path<(String, String)>,
) -> Result<StatusCode> {
    app.delete_pipeline(&application, &pipeline).await?;
    Ok(StatusCode::OK)
}

async fn reorder(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.pipelines.configs.reorder(&body.object()?, &caller.user).await?;
    Ok(StatusCode::OK)
}
