//! Submitting operations: to a cloud, or as their descriptions say.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get, post};
use gennaker_wire::{Object, Operation, OperationRef, Plan};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{KNOWN, READ_ACCOUNT, WRITE_ACCOUNT};
use crate::{
    Clouddriver,
    app::operations::{Submission, fence},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(post("/{cloudProvider}/ops", of_provider).needs(WRITE_ACCOUNT))
        .route(post("/{cloudProvider}/ops/{name}", one_of_provider).needs(WRITE_ACCOUNT))
        .route(post("/ops", of_descriptions).needs(WRITE_ACCOUNT))
        .route(post("/ops/{name}", one_of_description).needs(WRITE_ACCOUNT))
        .route(post("/{cloudProvider}/ops/plan", plan_of_provider).needs(READ_ACCOUNT).beyond())
        .route(post("/ops/plan", plan_of_descriptions).needs(READ_ACCOUNT).beyond())
        .route(get("/features/stages", stages).needs(KNOWN))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SubmitQuery {
    client_request_id: Option<String>,
}

async fn of_provider(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(provider): Path<String>,
    Query(query): Query<SubmitQuery>,
    Json(body): Json<Vec<Value>>,
) -> Result<Json<OperationRef>> {
    submit(&service, caller, Some(provider), query, read(&body)?).await
}

async fn one_of_provider(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path((provider, name)): Path<(String, String)>,
    Query(query): Query<SubmitQuery>,
    Json(description): Json<Object>,
) -> Result<Json<OperationRef>> {
    submit(&service, caller, Some(provider), query, vec![Operation { name, description }]).await
}

async fn of_descriptions(
    State(service): State<Clouddriver>,
    caller: Caller,
    Query(query): Query<SubmitQuery>,
    Json(body): Json<Vec<Value>>,
) -> Result<Json<OperationRef>> {
    submit(&service, caller, None, query, read(&body)?).await
}

async fn one_of_description(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<SubmitQuery>,
    Json(description): Json<Object>,
) -> Result<Json<OperationRef>> {
    submit(&service, caller, None, query, vec![Operation { name, description }]).await
}

async fn submit(
    service: &Clouddriver,
    caller: Caller,
    provider: Option<String>,
    query: SubmitQuery,
    operations: Vec<Operation>,
) -> Result<Json<OperationRef>> {
    let request = query.client_request_id.or(caller.idempotency_key).filter(|id| !id.is_empty());
    let fence = caller.fence.as_deref().map(fence).transpose()?;
    let id = service.operations.submit(Submission { provider, operations, request, fence }).await?;
    Ok(Json(OperationRef { resource_uri: format!("/task/{id}"), id }))
}

/// What the operations would do, one plan each. What is wrong with one is said in its plan.
async fn plan_of_provider(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(provider): Path<String>,
    Json(body): Json<Vec<Value>>,
) -> Result<Json<Vec<Plan>>> {
    Ok(Json(service.operations.plan(Some(&provider), read(&body)?).await))
}

async fn plan_of_descriptions(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Json(body): Json<Vec<Value>>,
) -> Result<Json<Vec<Plan>>> {
    Ok(Json(service.operations.plan(None, read(&body)?).await))
}

/// The operations of a body, all findings at once.
pub(super) fn read(body: &[Value]) -> Result<Vec<Operation>> {
    let (read, wrong): (Vec<_>, Vec<_>) = body
        .iter()
        .enumerate()
        .map(|(place, value)| Operation::from_value(value).map_err(|finding| format!("operation {place}: {finding}")))
        .partition(|read| read.is_ok());
    let findings: Vec<String> = wrong.into_iter().filter_map(std::result::Result::err).collect();
    if !findings.is_empty() {
        return Err(Error::invalid(findings.join("; ")).with_field("errors", findings));
    }
    Ok(read.into_iter().flatten().collect())
}

/// What the clouds of this node can do.
async fn stages(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<Value>> {
    let names = service.providers.operations();
    Json(names.map(|name| json!({ "name": name, "enabled": true })).collect())
}
