//! `/snapshots`.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Query, Result, get, post};
use http::StatusCode;

use super::{answer::Shared, body::Body, query::Limit};
use crate::app::{App, Record, Snapshot};

const READ: Permission = Permission::of("application", Access::Read);
const WRITE: Permission = Permission::of("application", Access::Write);

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(post("/snapshots", save).needs(WRITE))
        .route(get("/snapshots/{id}", one).needs(READ))
        .route(get("/snapshots/{id}/history", history).needs(READ))
        .route(get("/snapshots/{id}/{timestamp}", at).needs(READ))
}

async fn save(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.snapshots.save(body.record()?, &caller.user).await?;
    Ok(StatusCode::OK)
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Shared<Record<Snapshot>>>> {
    Ok(Json(app.snapshots.get(&id).await?.into()))
}

async fn history(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(limit): Query<Limit>,
) -> Result<Json<Vec<Record<Snapshot>>>> {
    Ok(Json(app.snapshots.history(&id, limit.get()).await?))
}

async fn at(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path((id, timestamp)): Path<(String, String)>,
    Query(limit): Query<Limit>,
) -> Result<Json<Shared<Record<Snapshot>>>> {
    Ok(Json(app.snapshots.at(&id, &timestamp, limit.get()).await?.into()))
}
