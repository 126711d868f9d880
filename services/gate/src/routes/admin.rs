//! What administrators do about executions: orca does it.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Permission, Query, Result, post, put};
use http::{Method, StatusCode};
use serde_json::Value;

use super::input::{Asked, Parameters};
use crate::Gate;

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(put("/admin/executions/forceCancel", force_cancel).needs(Permission::Admin))
        .route(post("/admin/executions/hydrate", hydrate).needs(Permission::Admin))
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
