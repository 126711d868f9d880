//! `/strategies` and `/actions/strategies/reorder`.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Query, Result, delete, get, post, put};
use http::{HeaderMap, StatusCode};

use super::{
    answer::{Shared, shared, versioned},
    body::Body,
    query::{Limit, Saved},
};
use crate::app::{App, Strategy};

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes. Where upstream's paths differ only in a parameter's name by their methods, one name is used here.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/strategies", list).needs(Permission::Authenticated))
        .route(post("/strategies", save).needs(WRITE))
        .route(post("/strategies/batchUpdate", import).needs(Permission::Admin))
        .route(get("/strategies/{id}", of_application).needs(READ))
        .route(put("/strategies/{id}", update).needs(WRITE))
        .route(get("/strategies/{id}/history", history).needs(READ))
        .route(delete("/strategies/{application}/{strategy}", remove).needs(WRITE))
        .route(post("/actions/strategies/reorder", reorder).needs(WRITE))
}

async fn list(_caller: Caller, State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    app.strategies.items.catch_up().await;
    let version = app.strategies.items.version();
    versioned(&headers, &version, async { app.strategies.list() }).await
}

async fn of_application(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(application): Path<String>,
) -> Json<Vec<Shared<Strategy>>> {
    Json(shared(app.strategies.of_application(&application).await))
}

async fn history(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<Strategy>>> {
    Ok(Json(app.strategies.history(&id, limit.get()).await?))
}

async fn save(
    caller: Caller,
    State(app): State<Arc<App>>,
    Query(query): Query<Saved>,
    body: Body,
) -> Result<StatusCode> {
    app.strategies.save(body.pipeline()?, query.stale(), &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn import(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.strategies.import(body.pipelines()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<Saved>,
    body: Body,
) -> Result<Json<Shared<Strategy>>> {
    Ok(Json(app.strategies.update(&id, body.pipeline()?, query.stale(), &caller.user).await?.into()))
}

async fn remove(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((application, strategy)): Path<(String, String)>,
) -> Result<StatusCode> {
    app.strategies.delete(&application, &strategy).await?;
    Ok(StatusCode::OK)
}

async fn reorder(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.strategies.reorder(&body.object()?, &caller.user).await?;
    Ok(StatusCode::OK)
}
