//! `/v2/applications`.

use std::{collections::HashMap, sync::Arc};

use axum::{extract::State, response::Response};
use gennaker_http::{Access, Api, Caller, Error, Json, Path, Permission, Query, Result, delete, get, patch, post, put};
use gennaker_wire::Application;
use http::{HeaderMap, StatusCode};

use super::{
    answer::{Shared, shared, versioned},
    body::Body,
    query::{Limit, Number},
};
use crate::app::App;

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/v2/applications", list).needs(Permission::Authenticated))
        .route(post("/v2/applications", create).needs(WRITE))
        .route(post("/v2/applications/batch/applications", import).needs(Permission::Admin))
        .route(get("/v2/applications/{applicationName}", one).needs(READ))
        .route(patch("/v2/applications/{applicationName}", update).needs(WRITE))
        .route(put("/v2/applications/{applicationName}", replace).needs(WRITE))
        .route(delete("/v2/applications/{applicationName}", remove).needs(WRITE))
        .route(get("/v2/applications/{applicationName}/history", history).needs(READ))
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(mut wanted): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Response> {
    wanted.remove("restricted");
    let most = wanted.remove("pageSize").unwrap_or_default();
    let most: Number = most.parse().map_err(|why| Error::invalid(format!("the query is wrong at pageSize: {why}")))?;
    let version = app.applications_version().await;
    let list = async { shared(app.applications.list(&app.permissions, &wanted, most.0).await) };
    Ok(versioned(&headers, &version, list).await)
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
    Ok(Json(app.applications.get(&app.permissions, &name).await?.into()))
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

async fn remove(caller: Caller, State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<StatusCode> {
    app.delete_application(&name, &caller.user).await?;
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
