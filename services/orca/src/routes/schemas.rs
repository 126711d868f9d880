//! What stage types there are, and what each reads.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Result, get};
use gennaker_wire::Object;
use serde_json::{Value, json};

use crate::{Orca, app::stage_schemas};

pub(super) fn api() -> Api<Orca> {
    let known = Permission::Authenticated;
    Api::new("orca")
        .route(get("/capabilities/stages", kinds).needs(known).beyond())
        .route(get("/capabilities/deploymentMonitors", monitors).needs(known))
        .route(get("/webhooks/preconfigured", webhooks).needs(known))
        .route(get("/jobs/preconfigured", jobs).needs(known))
        .route(get("/schemas/stages", all).needs(known).beyond())
        .route(get("/schemas/stages/{type}", one).needs(known).beyond())
}

/// The stage types that this build runs.
async fn kinds(State(orca): State<Orca>, _caller: Caller) -> Json<Value> {
    let kinds: Vec<_> = orca.catalogue.kinds().collect();
    Json(json!({ "types": kinds }))
}

/// The deployment monitors that operators have named.
async fn monitors(State(orca): State<Orca>, _caller: Caller) -> Json<Vec<Value>> {
    Json(orca.catalogue.deployment_monitors())
}

/// The webhooks that operators have prepared. Roles are not known before sign-in is built: everybody sees all.
async fn webhooks(State(orca): State<Orca>, _caller: Caller) -> Json<Vec<Object>> {
    Json(orca.catalogue.preconfigured_webhooks(None))
}

/// The jobs that operators have prepared.
async fn jobs(State(orca): State<Orca>, _caller: Caller) -> Json<Vec<Value>> {
    Json(orca.catalogue.preconfigured_jobs())
}

/// One JSON Schema for every stage.
async fn all(State(orca): State<Orca>, _caller: Caller) -> Json<Value> {
    Json(stage_schemas::all(&orca.catalogue))
}

/// The JSON Schema of one stage type.
async fn one(State(orca): State<Orca>, _caller: Caller, Path(kind): Path<String>) -> Result<Json<Value>> {
    let missing =
        || Error::not_found(format!("there is no stage type {kind}; GET /capabilities/stages lists those that are"));
    stage_schemas::one(&orca.catalogue, &kind).map(Json).ok_or_else(missing)
}
