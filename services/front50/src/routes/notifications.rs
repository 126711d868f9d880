//! `/notifications`.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Result, delete, get, post};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{
    answer::{shared, versioned},
    body::Body,
};
use crate::app::{App, GLOBAL};

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/notifications", list).needs(Permission::Authenticated))
        .route(post("/notifications/batchUpdate", import).needs(Permission::Admin))
        .route(get("/notifications/global", global).needs(Permission::Authenticated))
        .route(post("/notifications/global", save_global).needs(Permission::Admin))
        .route(get("/notifications/{type}/{name}", one).needs(READ))
        .route(post("/notifications/{type}/{name}", save).needs(WRITE))
        .route(delete("/notifications/{type}/{name}", remove).needs(WRITE))
}

async fn list(_caller: Caller, State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.notifications.items.catch_up().await;
    let version = app.notifications.items.version();
    versioned(&headers, &version, async { shared(app.notifications.items.all()) }).await
}

async fn global(_caller: Caller, State(app): State<Arc<App>>) -> Result<Json<Value>> {
    of(&app, "global", GLOBAL).await
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((level, name)): Path<(String, String)>,
) -> Result<Json<Value>> {
    of(&app, &level, &name).await
}

async fn of(app: &App, level: &str, name: &str) -> Result<Json<Value>> {
    Ok(Json(app.notifications.of(level, name).await?.map_or_else(|| json!({}), |found| json!(found.body()))))
}

async fn save_global(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.notifications.save("global", GLOBAL, body.record()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn save(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path((level, name)): Path<(String, String)>,
    body: Body,
) -> Result<StatusCode> {
    app.notifications.save(&level, &name, body.record()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn import(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.notifications.import(body.records()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn remove(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((level, name)): Path<(String, String)>,
) -> Result<StatusCode> {
    app.notifications.remove(&level, &name).await?;
    Ok(StatusCode::OK)
}
