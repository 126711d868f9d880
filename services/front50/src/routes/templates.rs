//! `/pipelineTemplates`, and with tags and digests `/v2/pipelineTemplates`.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Query, Result, delete, get, post, put};
use gennaker_wire::{Object, Pipeline};
use http::StatusCode;
use serde::Deserialize;

use super::{
    answer::{Shared, shared},
    body::Body,
    query::{Flag, Scopes},
};
use crate::app::{App, Record, Template, Which, made_from};

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/pipelineTemplates", list).needs(READ))
        .route(post("/pipelineTemplates", create).needs(WRITE))
        .route(get("/pipelineTemplates/{id}", one).needs(READ))
        .route(put("/pipelineTemplates/{id}", update).needs(WRITE))
        .route(delete("/pipelineTemplates/{id}", remove).needs(WRITE))
        .route(get("/pipelineTemplates/{id}/dependentPipelines", dependents).needs(READ))
        .route(get("/v2/pipelineTemplates", list).needs(READ))
        .route(post("/v2/pipelineTemplates", create_tagged).needs(WRITE))
        .route(get("/v2/pipelineTemplates/versions", versions).needs(READ))
        .route(get("/v2/pipelineTemplates/{id}", version).needs(READ))
        .route(put("/v2/pipelineTemplates/{id}", update_tagged).needs(WRITE))
        .route(delete("/v2/pipelineTemplates/{id}", remove_version).needs(WRITE))
        .route(get("/v2/pipelineTemplates/{id}/dependentPipelines", dependents_of_tagged).needs(READ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    tag: Option<String>,
    digest: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Dependents {
    recursive: Flag,
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Scopes(scopes): Scopes,
) -> Json<Vec<Shared<Record<Template>>>> {
    Json(shared(app.templates.of_scopes(&scopes).await))
}

async fn versions(_caller: Caller, State(app): State<Arc<App>>, Scopes(scopes): Scopes) -> Json<Object> {
    Json(app.templates.versions(&scopes).await)
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Shared<Record<Template>>>> {
    Ok(Json(app.templates.get(&id).await?.into()))
}

async fn create(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.templates.create(body.record()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Shared<Record<Template>>>> {
    Ok(Json(app.templates.update(&id, body.record()?, &caller.user).await?.into()))
}

async fn remove(_caller: Caller, State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    let pipelines = app.pipelines.configs.items.list(true).await;
    app.templates.remove(&id, &pipelines).await?;
    Ok(StatusCode::OK)
}

async fn dependents(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<Dependents>,
) -> Json<Vec<Shared<Pipeline>>> {
    let pipelines = app.pipelines.configs.items.list(true).await;
    Json(shared(app.templates.pipelines_of(&id, &pipelines, query.recursive.or_false()).await))
}

async fn version(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Object>> {
    Ok(Json(app.templates.version(&id, &wanted.into()).await?))
}

async fn create_tagged(
    caller: Caller,
    State(app): State<Arc<App>>,
    Query(wanted): Query<Wanted>,
    body: Body,
) -> Result<StatusCode> {
    app.templates.create_tagged(body.record()?, wanted.tag.as_deref(), &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn update_tagged(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    body: Body,
) -> Result<Json<Record<Template>>> {
    Ok(Json(app.templates.update_tagged(&id, body.record()?, wanted.tag.as_deref(), &caller.user).await?))
}

async fn remove_version(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<StatusCode> {
    let pipelines = app.pipelines.configs.items.list(true).await;
    app.templates.remove_version(&id, &wanted.into(), &pipelines).await?;
    Ok(StatusCode::OK)
}

async fn dependents_of_tagged(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Json<Vec<Shared<Pipeline>>> {
    Json(shared(made_from(&id, &app.pipelines.configs.items.list(true).await)))
}

impl From<Wanted> for Which {
    fn from(Wanted { tag, digest }: Wanted) -> Self {
        Which { tag, digest }
    }
}
