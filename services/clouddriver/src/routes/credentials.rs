//! Accounts.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_wire::Object;
use serde::Deserialize;

use super::{KNOWN, READ_ACCOUNT, WRITE_ACCOUNT, flag};
use crate::{Clouddriver, app::accounts::credentials};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/credentials", list).needs(KNOWN))
        .route(get("/credentials/{accountName}", one).needs(READ_ACCOUNT))
        .route(get("/credentials/{accountName}/authorized", one).needs(WRITE_ACCOUNT))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    expand: Option<String>,
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
    match service.providers.account(&name) {
        Some(account) => Ok(Json(credentials(&account, true))),
        None => Err(Error::not_found(format!("Account does not exist (name: {name})"))),
    }
}
