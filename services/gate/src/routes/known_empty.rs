//! Lists of what cannot be made in this build, and is therefore empty. Where a service behind may be upstream's, it is asked
//! first and its answer wins.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Result, get};
use gennaker_wire::ObjectExt as _;
use serde_json::{Value, json};

use super::{KNOWN, READ};
use crate::{Gate, app::optional::or_nothing};

pub(super) fn api() -> Api<Gate> {
    let none = "there are none yet";
    Api::new("gate")
        .route(get("/plugins/deck/plugin-manifest.json", empty).needs(KNOWN).partly(none))
        .route(get("/notifications/metadata", empty).needs(KNOWN).partly(none))
        .route(get("/jobs/preconfigured", empty).needs(KNOWN).partly(none))
        .route(get("/webhooks/preconfigured", empty).needs(KNOWN).partly(none))
        .route(get("/banners", empty).needs(KNOWN).partly(none))
        .route(get("/capabilities/deploymentMonitors", deployment_monitors).needs(KNOWN).partly(none))
        .route(get("/capabilities/quietPeriod", quiet_period).needs(KNOWN).partly("there is never one"))
        .route(get("/projects", projects).needs(KNOWN).partly(none))
        .route(get("/projects/{id}", project).needs(KNOWN).partly(none))
        .route(get("/strategyConfigs", all_strategies).needs(KNOWN).partly(none))
        .route(get("/applications/{application}/strategyConfigs", strategies).needs(READ).partly(none))
        .route(get("/applications/{application}/strategyConfigs/{strategyName}", strategy).needs(READ).partly(none))
        .route(get("/notifications/{type}/{application}", notifications).needs(READ).partly(none))
        .route(get("/artifacts/credentials", artifact_accounts).needs(KNOWN).partly(none))
}

async fn empty(_caller: Caller) -> Json<Value> {
    Json(json!([]))
}

async fn deployment_monitors(State(gate): State<Gate>, caller: Caller) -> Result<Json<Value>> {
    let answer = gate.clients.orca.forward(&caller.onward(), Call::get(&["capabilities", "deploymentMonitors"])).await;
    or_nothing(answer, json!([])).map(Json)
}

/// When triggers are held back: never.
async fn quiet_period(_caller: Caller) -> Json<Value> {
    Json(json!({ "enabled": false, "inQuietPeriod": false, "startTime": 0, "endTime": 0 }))
}

async fn projects(State(gate): State<Gate>, caller: Caller) -> Result<Json<Value>> {
    let answer = gate.clients.front50.forward(&caller.onward(), Call::get(&["v2", "projects"])).await;
    or_nothing(answer, json!([])).map(Json)
}

/// front50 says why there is none.
async fn project(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    gate.clients.front50.forward(&caller.onward(), Call::get(&["v2", "projects", &id])).await.map(Json)
}

async fn all_strategies(State(gate): State<Gate>, caller: Caller) -> Result<Json<Value>> {
    let answer = gate.clients.front50.forward(&caller.onward(), Call::get(&["strategies"])).await;
    or_nothing(answer, json!([])).map(Json)
}

async fn strategies(State(gate): State<Gate>, caller: Caller, Path(application): Path<String>) -> Result<Json<Value>> {
    strategies_of(&gate, &caller, &application).await.map(Json)
}

async fn strategy(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, name)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let strategies = strategies_of(&gate, &caller, &application).await?;
    let named = |config: &&Value| config.as_object().and_then(|config| config.text("name")).as_ref() == Some(&name);
    let found = strategies.as_array().and_then(|configs| configs.iter().find(named)).cloned();
    let missing = || format!("Strategy config (id: {name}) not found for Application (id: {application})");
    found.map(Json).ok_or_else(|| Error::not_found(missing()))
}

async fn strategies_of(gate: &Gate, caller: &Caller, application: &str) -> Result<Value> {
    let call = Call::get(&["strategies", application]);
    or_nothing(gate.clients.front50.forward(&caller.onward(), call).await, json!([]))
}

/// Whom an application's executions are told to, by type of message.
async fn notifications(
    State(gate): State<Gate>,
    caller: Caller,
    Path((kind, application)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let call = Call::get(&["notifications", &kind, &application]);
    or_nothing(gate.clients.front50.forward(&caller.onward(), call).await, json!({})).map(Json)
}

async fn artifact_accounts(State(gate): State<Gate>, caller: Caller) -> Result<Json<Value>> {
    let call = Call::get(&["artifacts", "credentials"]);
    or_nothing(gate.clients.clouddriver.forward(&caller.onward(), call).await, json!([])).map(Json)
}
