//! Deployment strategies that users write: pipelines of their own kind, which front50 keeps.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Result, get as route_get};
use gennaker_wire::ObjectExt as _;
use serde_json::Value;

use super::{KNOWN, READ, WRITE, table};
use crate::{
    Gate,
    app::optional::or_nothing,
    forward::{Forward, Otherwise, Parameter, Service::Front50, delete, flag, get, number, post, put},
};

pub(super) fn api() -> Api<Gate> {
    table(FORWARDED).route(route_get("/applications/{application}/strategyConfigs/{strategyName}", named).needs(READ))
}

/// Whether front50 refuses what somebody else has saved since: as with pipelines, which upstream cannot be asked of strategies.
const CHECKS: &[Parameter] = &[flag("staleCheck"), flag("refuseStale")];

pub(super) const FORWARDED: &[Forward] = &[
    get("/strategyConfigs", Front50, "/strategies", KNOWN).or(Otherwise::NoneOf),
    get("/strategyConfigs/{strategyConfigId}/history", Front50, "/strategies/{strategyConfigId}/history", READ)
        .asks(&[number("limit").or("20")]),
    get("/applications/{application}/strategyConfigs", Front50, "/strategies/{application}", READ)
        .or(Otherwise::NoneOf),
    post("/strategies", Front50, "/strategies", WRITE).asks(CHECKS).silent(),
    put("/strategies/{id}", Front50, "/strategies/{id}", WRITE).asks(CHECKS),
    delete("/strategies/{application}/{strategyName}", Front50, "/strategies/{application}/{strategyName}", WRITE)
        .silent(),
    post("/actions/strategies/reorder", Front50, "/actions/strategies/reorder", WRITE).silent(),
];

async fn named(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let call = Call::get(&["strategies", &application]);
    let all = or_nothing(gate.clients.front50.forward(&caller.onward(), call).await, Value::Array(Vec::new()))?;
    let is_named = |config: &&Value| config.as_object().and_then(|config| config.text("name")).as_ref() == Some(&name);
    let found = all.as_array().and_then(|configs| configs.iter().find(is_named)).cloned();
    let missing = || format!("Strategy config (id: {name}) not found for Application (id: {application})");
    found.map(Json).ok_or_else(|| Error::not_found(missing()))
}
