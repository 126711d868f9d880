//! Tasks: operations on applications and infrastructure that orca runs.

use axum::extract::State;
use futures::future::join_all;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result};
use gennaker_wire::Object;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{EXECUTE, READ, WRITE, input::Asked, table};
use crate::{
    Gate,
    forward::{
        Body, Forward,
        Service::{Clouddriver, Orca},
        delete, get, number, put, text,
    },
};

pub(super) const FORWARDED: &[Forward] = &[
    get("/tasks/{id}", Orca, "/tasks/{id}", READ),
    get("/applications/{application}/tasks/{id}", Orca, "/tasks/{id}", READ),
    get("/applications/{application}/tasks", Orca, "/applications/{application}/tasks", READ).asks(&[
        number("page"),
        number("limit"),
        text("statuses"),
    ]),
    delete("/tasks/{id}", Orca, "/tasks/{id}", WRITE).silent(),
    put("/tasks/{id}/cancel", Orca, "/tasks/{id}/cancel", EXECUTE).with(Body::None).silent(),
    put("/applications/{application}/tasks/{id}/cancel", Orca, "/tasks/{id}/cancel", EXECUTE).with(Body::None).silent(),
    // What a cloud does for a task.
    get("/tasks/{id}/details/{taskDetailsId}", Clouddriver, "/task/{taskDetailsId}", READ),
    get("/applications/{application}/tasks/{id}/details/{taskDetailsId}", Clouddriver, "/task/{taskDetailsId}", READ),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::{post, put};
    table(FORWARDED)
        .route(post("/tasks", create).needs(WRITE))
        .route(post("/applications/{application}/tasks", create_in_application).needs(WRITE))
        .route(put("/tasks/cancel", cancel_several).needs(EXECUTE).reads(["ids"]))
}

async fn create(State(gate): State<Gate>, caller: Caller, Json(task): Json<Object>) -> Result<Json<Value>> {
    start(&gate, caller, task).await
}

async fn create_in_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Json(mut task): Json<Object>,
) -> Result<Json<Value>> {
    task.insert("application".to_owned(), application.into());
    start(&gate, caller, task).await
}

/// A second start with the same `Idempotency-Key` is the first one.
async fn start(gate: &Gate, caller: Caller, task: Object) -> Result<Json<Value>> {
    let caller = Caller { fence: None, ..caller };
    let reference = gate.clients.orca.start_task(&caller, &Value::Object(task)).await?;
    Ok(Json(json!({ "ref": reference })))
}

/// Each is asked for, whatever became of the others.
async fn cancel_several(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<StatusCode> {
    let ids = query.texts("ids");
    if ids.is_empty() {
        return Err(Error::invalid("name the tasks: ids=ID,ID"));
    }
    let outcomes = join_all(ids.iter().map(|id| cancel_one(&gate, &caller, id))).await;
    outcomes.into_iter().find(Result::is_err).unwrap_or(Ok(StatusCode::OK))
}

async fn cancel_one(gate: &Gate, caller: &Caller, id: &str) -> Result<StatusCode> {
    gate.clients.orca.forward(&caller.onward(), Call::new(Method::PUT, &["tasks", id, "cancel"])).await?;
    Ok(StatusCode::OK)
}
