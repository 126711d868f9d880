//! Applications: all, one, and their history.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Json, Path, Query, Result, get};
use gennaker_wire::Object;
use serde_json::Value;

use super::{KNOWN, READ, input::Asked};
use crate::{Gate, app::applications};

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/applications", list).needs(KNOWN))
        .route(get("/applications/{application}", one).needs(READ))
        .route(get("/applications/{application}/history", history).needs(READ))
}

async fn list(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Vec<Object>>> {
    let mut list = applications::list(&gate.clients, &caller.onward()).await?;
    list.retain(|application| applications::matches(application, query.text("account"), query.text("owner")));
    Ok(Json(list))
}

async fn one(
    State(gate): State<Gate>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let expand = query.flag("expand")?.unwrap_or(true);
    applications::one(&gate.clients, &caller.onward(), &name, expand).await.map(Json)
}

async fn history(
    State(gate): State<Gate>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let limit = query.number("limit")?.unwrap_or(20);
    let call = Call::get(&["v2", "applications", &name, "history"]).query("limit", limit);
    gate.clients.front50.forward(&caller.onward(), call).await.map(Json)
}
