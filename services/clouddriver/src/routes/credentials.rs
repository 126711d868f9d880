//! Accounts: those there are, and those that are kept through this API.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, delete, get, post, put};
use gennaker_wire::Object;
use serde::Deserialize;
use serde_json::Value;

use super::{KNOWN, READ_ACCOUNT, WRITE_ACCOUNT, account, flag};
use crate::{
    Clouddriver,
    app::{accounts::credentials, definitions},
};

/// How many definitions a list has unless the caller says.
const DEFAULT_LIMIT: usize = 100;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/credentials", list).needs(KNOWN))
        .route(post("/credentials", create).needs(Permission::Admin))
        .route(put("/credentials", save).needs(Permission::Admin))
        .route(
            get("/credentials/type/{accountType}", of_type)
                .needs(Permission::Admin)
                .reads(["limit", "startingAccountName"]),
        )
        .route(get("/credentials/{accountName}", one).needs(READ_ACCOUNT))
        .route(put("/credentials/{accountName}", update).needs(Permission::Admin))
        .route(delete("/credentials/{accountName}", remove).needs(Permission::Admin))
        .route(get("/credentials/{accountName}/authorized", one).needs(WRITE_ACCOUNT))
        .route(get("/credentials/{accountName}/history", history).needs(Permission::Admin))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListQuery {
    expand: Option<String>,
    limit: Option<usize>,
    starting_account_name: Option<String>,
}

async fn list(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Query(query): Query<ListQuery>,
) -> Json<Vec<Object>> {
    let expand = flag(query.expand.as_ref(), false);
    Json(service.providers.accounts().iter().map(|account| credentials(account, expand)).collect())
}

async fn one(State(service): State<Clouddriver>, _caller: Caller, Path(name): Path<String>) -> Result<Json<Object>> {
    Ok(Json(credentials(&account(&service, &name)?, true)))
}

async fn of_type(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(kind): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<Object>>> {
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    Ok(Json(service.definitions.of_type(&kind, query.starting_account_name.as_deref(), limit).await?))
}

async fn create(
    State(service): State<Clouddriver>,
    caller: Caller,
    Json(definition): Json<Object>,
) -> Result<Json<Object>> {
    Ok(Json(service.definitions.create(definition, &caller.user).await?))
}

async fn save(
    State(service): State<Clouddriver>,
    caller: Caller,
    Json(definition): Json<Object>,
) -> Result<Json<Object>> {
    Ok(Json(service.definitions.save(definition, &caller.user).await?))
}

async fn update(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(name): Path<String>,
    Json(definition): Json<Object>,
) -> Result<Json<Object>> {
    Ok(Json(service.definitions.update(&name, definition, &caller.user).await?))
}

async fn remove(State(service): State<Clouddriver>, _caller: Caller, Path(name): Path<String>) -> Result<()> {
    Ok(service.definitions.delete(&name).await?)
}

async fn history(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<Vec<Value>>> {
    Ok(Json(service.definitions.history(&name).await?))
}

impl From<definitions::Error> for Error {
    fn from(error: definitions::Error) -> Self {
        Error::new(error.kind(), error.to_string())
    }
}
