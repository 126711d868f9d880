//! Applications: all, one, and their history.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Api, Caller, Json, Path, Query, Result};
use http::header;
use serde_json::Value;

use super::{KNOWN, READ, input::Asked, table};
use crate::{
    Gate,
    app::applications,
    forward::{Forward, Service::Front50, get, number},
};

pub(super) const FORWARDED: &[Forward] =
    &[get("/applications/{application}/history", Front50, "/v2/applications/{application}/history", READ)
        .asks(&[number("limit").or("20")])];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::get;
    table(FORWARDED)
        .route(get("/applications", list).needs(KNOWN).reads(["account", "owner"]))
        .route(get("/applications/{application}", one).needs(READ).reads(["expand"]))
}

async fn list(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Response> {
    let (account, owner) = (query.text("account"), query.text("owner"));
    if account.is_none() && owner.is_none() {
        let json = gate.applications.json(&gate.clients, &caller.onward()).await?;
        return Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response());
    }
    let mut list = gate.applications.objects(&gate.clients, &caller.onward()).await?;
    list.retain(|application| applications::matches(application, account, owner));
    Ok(Json(list).into_response())
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
