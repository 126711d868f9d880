//! Accounts: what clouddriver may reach, and those that are kept through the API.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Query, Result};
use gennaker_wire::Object;

use super::{KNOWN, READ_ACCOUNT, WRITE_ACCOUNT, input::Asked, table};
use crate::{
    Gate,
    app::accounts,
    forward::{Forward, Service::Clouddriver, delete, get, number, post, put, text},
};

pub(super) const FORWARDED: &[Forward] = &[
    get("/credentials/type/{accountType}", Clouddriver, "/credentials/type/{accountType}", KNOWN)
        .asks(&[number("limit"), text("startingAccountName")]),
    post("/credentials", Clouddriver, "/credentials", WRITE_ACCOUNT),
    put("/credentials", Clouddriver, "/credentials", WRITE_ACCOUNT),
    delete("/credentials/{accountName}", Clouddriver, "/credentials/{accountName}", WRITE_ACCOUNT).silent(),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::get;
    table(FORWARDED)
        .route(get("/credentials", all).needs(KNOWN).reads(["expand"]))
        .route(get("/credentials/{account}", one).needs(READ_ACCOUNT))
}

async fn all(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Vec<Object>>> {
    let expand = query.flag("expand")?.unwrap_or(false);
    accounts::list(&gate.clients, &caller.onward(), expand).await.map(Json)
}

async fn one(State(gate): State<Gate>, caller: Caller, Path(name): Path<String>) -> Result<Json<Object>> {
    accounts::one(&gate.clients, &caller.onward(), &name).await.map(Json)
}
