//! `/v2/applications`.

use std::{collections::HashMap, sync::Arc};

use axum::extract::State;
use gennaker_http::{Access, Api, Caller, Error, Json, Path, Permission, Query, Result, delete, get, patch, post, put};
use gennaker_wire::Application;
use http::StatusCode;

use super::{
    answer::Shared,
    body::Body,
    query::{Limit, Number},
};
use crate::app::App;

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);
const NO_PERMISSIONS: &str = "the permissions of an application are not kept yet";

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/v2/applications", list).needs(Permission::Authenticated).partly(NO_PERMISSIONS))
        .route(post("/v2/applications", create).needs(WRITE))
        .route(post("/v2/applications/batch/applications", import).needs(Permission::Admin))
        .route(get("/v2/applications/{applicationName}", one).needs(READ).partly(NO_PERMISSIONS))
        .route(patch("/v2/applications/{applicationName}", update).needs(WRITE))
        .route(put("/v2/applications/{applicationName}", replace).needs(WRITE))
        .route(delete("/v2/applications/{applicationName}", remove).needs(WRITE))
        .route(get("/v2/applications/{applicationName}/history", history).needs(READ))
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(mut wanted): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Application>>> {
    wanted.remove("restricted");
    let most = wanted.remove("pageSize").unwrap_or_default();
    let most: Number = most.parse().map_err(|why| Error::invalid(format!("the query is wrong at pageSize: {why}")))?;
    Ok(Json(app.applications.list(&wanted, most.0).await))
}

async fn create(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<Json<Application>> {
    Ok(Json(app.applications.create(body.application()?, &caller.user).await?))
}

async fn import(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.applications.import(body.applications()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<Shared<Application>>> {
    Ok(Json(app.applications.get(&name).await?.into()))
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Application>> {
    Ok(Json(app.applications.update(&name, body.application()?, &caller.user).await?))
}

async fn replace(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Application>> {
    Ok(Json(app.applications.replace(&name, body.application()?, &caller.user).await?))
}

async fn remove(_caller: Caller, State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<StatusCode> {
    app.delete_application(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn history(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<Application>>> {
    Ok(Json(app.applications.history(&name, limit.get()).await?))
}
