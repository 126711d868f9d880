//! Applications and what belongs to them.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Result, get};
use serde_json::{Value, json};

use super::{KNOWN, READ_APPLICATION};
use crate::{Clouddriver, app::inventory::View};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/applications", list).needs(KNOWN).partly("always expanded, not restricted"))
        .route(get("/applications/{name}", one).needs(READ_APPLICATION))
        .route(get("/applications/{application}/loadBalancers", load_balancers).needs(READ_APPLICATION))
        .route(get("/applications/{application}/serverGroupManagers", none).needs(READ_APPLICATION))
}

async fn list(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<Value>> {
    Json(View::of(&service.providers).applications())
}

async fn one(State(service): State<Clouddriver>, _caller: Caller, Path(name): Path<String>) -> Result<Json<Value>> {
    Ok(Json(View::of(&service.providers).application(&name)?))
}

async fn load_balancers(State(service): State<Clouddriver>, _caller: Caller, Path(name): Path<String>) -> Json<Value> {
    Json(json!(View::of(&service.providers).load_balancers(&name)))
}

/// No cloud here has server group managers.
async fn none(_caller: Caller, Path(_application): Path<String>) -> Json<Value> {
    Json(json!([]))
}
