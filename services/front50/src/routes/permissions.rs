//! `/permissions/applications`.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Result, delete, get, post, put};
use http::StatusCode;
use serde_json::Value;

use super::{answer::Shared, body::Body};
use crate::app::{self, App, Record};

type Permissions = Record<app::Permission>;

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes. Upstream's fiat reads the list of all without a user.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/permissions/applications", list).needs(Permission::Authenticated))
        .route(post("/permissions/applications", create).needs(WRITE))
        .route(get("/permissions/applications/{appName}", one).needs(READ))
        .route(put("/permissions/applications/{appName}", update).needs(WRITE))
        .route(delete("/permissions/applications/{appName}", remove).needs(WRITE))
}

async fn list(_caller: Caller, State(app): State<Arc<App>>) -> Json<Vec<Value>> {
    Json(app.all_permissions().await)
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<Shared<Permissions>>> {
    Ok(Json(app.permissions.get(&name).await?.into()))
}

async fn create(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<Json<Shared<Permissions>>> {
    Ok(Json(app.permissions.create(body.record()?, &caller.user).await?.into()))
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Shared<Permissions>>> {
    Ok(Json(app.permissions.update(&name, body.record()?, &caller.user).await?.into()))
}

async fn remove(_caller: Caller, State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<StatusCode> {
    app.permissions.delete(&name).await?;
    Ok(StatusCode::OK)
}
