//! Who gate is and who asks: what a client calls first.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Api, Caller, Error, Json, Permission, Result, get};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::KNOWN;
use crate::Gate;

/// What this build is, for clients and logs.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/", root).needs(Permission::Public).partly("GET only"))
        .route(get("/version", version).needs(Permission::Public))
        .route(get("/auth/user", user).needs(KNOWN).partly("no sign-in yet: the user that the identity headers name"))
        .route(get("/auth/user/serviceAccounts", service_accounts).needs(KNOWN).partly("there are none yet"))
}

/// Sends browsers to the web UI.
async fn root(State(gate): State<Gate>, _caller: Caller) -> Result<Response> {
    match &gate.options.deck {
        Some(deck) => Ok((StatusCode::FOUND, [(header::LOCATION, deck.to_string())]).into_response()),
        None => Err(Error::not_found(
            "gate is the API and has no page here: set services.deck.baseUrl to be sent to the web UI",
        )),
    }
}

async fn version(_caller: Caller) -> Json<Value> {
    Json(json!({ "version": VERSION }))
}

/// The caller, in the fields of upstream's `AuthUserResponse`.
async fn user(caller: Caller) -> Json<Value> {
    let Caller { user, roles, accounts, .. } = caller;
    Json(json!({
        "email": user,
        "username": user,
        "firstName": null,
        "lastName": null,
        "roles": roles,
        "allowedAccounts": accounts,
        "authorities": [],
        "accountNonExpired": true,
        "accountNonLocked": true,
        "credentialsNonExpired": true,
        "enabled": true,
        "isAdmin": false,
        "canMintApiTokens": false,
    }))
}

async fn service_accounts(_caller: Caller) -> Json<Value> {
    Json(json!([]))
}
