//! What administrators look at and do: orca's nodes and executions, and how the services of this process are.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Permission, Query, Result, get, post, put};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    KNOWN,
    input::{Asked, Parameters},
    table,
};
use crate::{
    Gate,
    forward::{self, Forward, Service::Orca, number},
};

pub(super) const FORWARDED: &[Forward] = &[
    forward::get("/admin/executions/active", Orca, "/admin/executions/active", Permission::Admin)
        .asks(&[number("limit")])
        .beyond(),
    forward::post("/admin/instance/enabled", Orca, "/admin/instance/enabled", Permission::Admin).silent().beyond(),
];

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED)
        .route(get("/admin/health", health).needs(Permission::Admin).beyond())
        .route(get("/admin", admin_or_not).needs(KNOWN).partly("no sign-in yet: nobody is kept from anything"))
        .route(
            put("/admin/executions/forceCancel", force_cancel)
                .needs(Permission::Admin)
                .reads(["executionId", "executionType"]),
        )
        .route(post("/admin/executions/hydrate", hydrate).needs(Permission::Admin).reads(["executionId", "dryRun"]))
}

/// Whether the caller may do what administrators may: without sign-in, everybody.
async fn admin_or_not(caller: Caller) -> Json<Value> {
    Json(json!({ "username": caller.user, "isAdmin": true }))
}

/// How each service of this process is, by its name, as its `GET /health` says: also of one that is down.
async fn health(State(gate): State<Gate>, _caller: Caller) -> Json<Value> {
    let services = gate.neighbours.iter().map(|service| (service.service().to_owned(), service.report()));
    Json(Value::Object(services.chain([("gate".to_owned(), gate.health().report())]).collect()))
}

async fn force_cancel(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<StatusCode> {
    let call = Call::new(Method::PUT, &["admin", "forceCancelExecution"])
        .query("executionId", execution(&query)?)
        .query_if("executionType", query.text("executionType"))
        .query("canceledBy", &caller.user);
    gate.clients.orca.forward(&caller.onward(), call).await?;
    Ok(StatusCode::OK)
}

async fn hydrate(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let call = Call::new(Method::POST, &["admin", "queue", "hydrate"])
        .query("executionId", execution(&query)?)
        .query_if("dryRun", query.flag("dryRun")?);
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

fn execution(query: &Parameters) -> Result<&str> {
    query.text("executionId").ok_or_else(|| Error::invalid("name the execution: executionId=ID"))
}
