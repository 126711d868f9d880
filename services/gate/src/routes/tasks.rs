//! Tasks: operations on applications and infrastructure that orca runs.

use axum::extract::State;
use futures::future::join_all;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, delete, get, post, put};
use gennaker_wire::{Object, ObjectExt as _};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{EXECUTE, READ, WRITE, input::Asked};
use crate::Gate;

/// Jobs on what this build does not keep.
const PROJECT_JOBS: [&str; 2] = ["upsertProject", "deleteProject"];

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(post("/tasks", create).needs(WRITE).partly("not on projects"))
        .route(get("/tasks/{id}", one).needs(READ))
        .route(delete("/tasks/{id}", remove).needs(WRITE))
        .route(put("/tasks/{id}/cancel", cancel).needs(EXECUTE))
        .route(put("/tasks/cancel", cancel_several).needs(EXECUTE))
        .route(get("/tasks/{id}/details/{taskDetailsId}", details).needs(READ))
        .route(get("/applications/{application}/tasks", of_application).needs(READ))
        .route(post("/applications/{application}/tasks", create_in_application).needs(WRITE).partly("not on projects"))
        .route(get("/applications/{application}/tasks/{id}", one_of_application).needs(READ))
        .route(put("/applications/{application}/tasks/{id}/cancel", cancel_of_application).needs(EXECUTE))
        .route(
            get("/applications/{application}/tasks/{id}/details/{taskDetailsId}", details_of_application).needs(READ),
        )
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
    let jobs = task.get("job").and_then(Value::as_array).into_iter().flatten();
    let kinds = jobs.filter_map(|job| job.as_object()?.text("type"));
    if let Some(kind) = kinds.into_iter().find(|kind| PROJECT_JOBS.contains(&kind.as_str())) {
        return Err(Error::unsupported(format!("{kind}: projects are not supported yet")));
    }
    let caller = Caller { fence: None, ..caller };
    let reference = gate.clients.orca.start_task(&caller, &Value::Object(task)).await?;
    Ok(Json(json!({ "ref": reference })))
}

async fn one(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<Json<Value>> {
    task(&gate, &caller, &id).await
}

async fn one_of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path((_application, id)): Path<(String, String)>,
) -> Result<Json<Value>> {
    task(&gate, &caller, &id).await
}

async fn task(gate: &Gate, caller: &Caller, id: &str) -> Result<Json<Value>> {
    gate.clients.orca.forward(&caller.onward(), Call::get(&["tasks", id])).await.map(Json)
}

async fn of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["applications", &application, "tasks"])
        .query_if("page", query.number("page")?)
        .query_if("limit", query.number("limit")?)
        .query_if("statuses", query.text("statuses"));
    gate.clients.orca.forward(&caller.onward(), call).await.map(Json)
}

async fn cancel(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    cancel_one(&gate, &caller, &id).await
}

async fn cancel_of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path((_application, id)): Path<(String, String)>,
) -> Result<StatusCode> {
    cancel_one(&gate, &caller, &id).await
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

async fn remove(State(gate): State<Gate>, caller: Caller, Path(id): Path<String>) -> Result<StatusCode> {
    gate.clients.orca.forward(&caller.onward(), Call::new(Method::DELETE, &["tasks", &id])).await?;
    Ok(StatusCode::OK)
}

/// What a cloud does for a task.
async fn details(
    State(gate): State<Gate>,
    caller: Caller,
    Path((_id, operation)): Path<(String, String)>,
) -> Result<Json<Value>> {
    operation_of(&gate, &caller, &operation).await
}

async fn details_of_application(
    State(gate): State<Gate>,
    caller: Caller,
    Path((_application, _id, operation)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    operation_of(&gate, &caller, &operation).await
}

async fn operation_of(gate: &Gate, caller: &Caller, id: &str) -> Result<Json<Value>> {
    gate.clients.clouddriver.forward(&caller.onward(), Call::get(&["task", id])).await.map(Json)
}
