//! `/serviceAccounts`.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Permission, Result, delete, get, post};
use http::StatusCode;
use serde_json::Value;

use super::{
    answer::{Shared, shared},
    body::Body,
};
use crate::app::{App, Record, ServiceAccount};

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/serviceAccounts", list).needs(Permission::Admin))
        .route(post("/serviceAccounts", create).needs(Permission::Admin))
        .route(get("/serviceAccounts/tokenEligible", token_eligible).needs(Permission::Admin))
        .route(delete("/serviceAccounts/{serviceAccountId}", remove).needs(Permission::Admin))
}

async fn list(_caller: Caller, State(app): State<Arc<App>>) -> Json<Vec<Shared<Record<ServiceAccount>>>> {
    Json(shared(app.service_accounts.all(true).await))
}

async fn token_eligible(_caller: Caller, State(app): State<Arc<App>>) -> Json<Vec<Value>> {
    Json(app.token_eligible())
}

async fn create(
    caller: Caller,
    State(app): State<Arc<App>>,
    body: Body,
) -> Result<Json<Shared<Record<ServiceAccount>>>> {
    Ok(Json(app.service_accounts.create(body.record()?, &caller.user).await?.into()))
}

async fn remove(_caller: Caller, State(app): State<Arc<App>>, Path(name): Path<String>) -> Result<StatusCode> {
    app.service_accounts.remove(&name).await?;
    Ok(StatusCode::OK)
}
