//! Why an execution waits, whether it replays, and what a pipeline would do: passed on to orca, which alone knows.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, post};
use gennaker_wire::Object;
use http::Method;
use serde_json::Value;

use super::{READ, input::Asked};
use crate::Gate;

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/pipelines/{id}/diagnosis", diagnosis).needs(READ).beyond())
        .route(get("/pipelines/{id}/replay", replay).needs(READ).beyond())
        .route(post("/pipelines/plan", plan).needs(READ).beyond())
}

async fn diagnosis(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    forward(&gate, &caller, &id, Call::get(&["pipelines", &id, "diagnosis"])).await
}

async fn replay(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["pipelines", &id, "replay"]).query_if("export", query.flag("export")?);
    forward(&gate, &caller, &id, call).await
}

async fn forward(gate: &Gate, caller: &Caller, id: &str, call: Call) -> Result<Json<Value>> {
    let answer = gate.clients.orca.forward(&caller.onward(), call).await;
    answer.map(Json).map_err(|error| match error.kind() {
        gennaker_base::Kind::NotFound => Error::not_found(format!("Pipeline not found (id: {id})")),
        _ => error,
    })
}

async fn plan(State(gate): State<Gate>, caller: Caller, Json(pipeline): Json<Object>) -> Result<Json<Value>> {
    let call = Call::new(Method::POST, &["pipelines", "plan"]).body(&pipeline)?;
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}
