//! Who gate is and who asks: what a client calls first.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use gennaker_http::{Api, Caller, Error, Json, Permission, Query, Result, delete, get, patch, post, put};
use http::{StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::{KNOWN, input::Asked};
use crate::Gate;

/// What this build is, for clients and logs.
const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn api() -> Api<Gate> {
    let nobody = "no sign-in yet: the user that the identity headers name";
    let nothing = "there is no sign-in yet, and so nothing to do";
    Api::new("gate")
        .route(get("/", root).needs(Permission::Public))
        .route(post("/", root).needs(Permission::Public))
        .route(put("/", root).needs(Permission::Public))
        .route(patch("/", root).needs(Permission::Public))
        .route(delete("/", root).needs(Permission::Public))
        .route(get("/version", version).needs(Permission::Public))
        .route(get("/auth/user", user).needs(KNOWN).partly(nobody))
        .route(get("/auth/rawUser", raw_user).needs(KNOWN).partly(nobody))
        .route(get("/auth/user/serviceAccounts", service_accounts).needs(KNOWN).partly("there are none yet"))
        .route(get("/auth/loggedOut", logged_out).needs(Permission::Public))
        .route(get("/auth/redirect", redirect).needs(Permission::Public).reads(["to"]))
        .route(post("/auth/roles/sync", nothing_to_do).needs(Permission::Admin).partly(nothing))
        .route(post("/auth/deleteSessionCache", nothing_to_do).needs(Permission::Admin).partly(nothing))
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
    let mut user = fields(caller);
    user["isAdmin"] = false.into();
    user["canMintApiTokens"] = false.into();
    Json(user)
}

/// The same in those of upstream's `User`.
async fn raw_user(caller: Caller) -> Json<Value> {
    Json(fields(caller))
}

fn fields(caller: Caller) -> Value {
    let Caller { user, roles, accounts, .. } = caller;
    json!({
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
    })
}

async fn service_accounts(_caller: Caller) -> Json<Value> {
    Json(json!([]))
}

async fn logged_out(_caller: Caller) -> Json<Value> {
    Json(json!("You are signed out."))
}

/// Sends a browser back to where it was before it signed in, which is in the web UI and nowhere else.
async fn redirect(State(gate): State<Gate>, _caller: Caller, Query(query): Asked) -> Result<Response> {
    let to = query.text("to").and_then(|to| Url::parse(to).ok());
    match (to, &gate.options.deck) {
        (Some(to), Some(deck)) if is_of(&to, deck) => {
            Ok((StatusCode::FOUND, [(header::LOCATION, to.to_string())]).into_response())
        }
        _ => Err(Error::invalid("Requested redirect address not recognized.")),
    }
}

/// Whether both have the same host and port, and a page can be there.
fn is_of(to: &Url, deck: &Url) -> bool {
    let place = |url: &Url| (url.host_str().map(str::to_owned), url.port_or_known_default());
    ["http", "https"].contains(&to.scheme()) && place(to) == place(deck)
}

async fn nothing_to_do(_caller: Caller) -> StatusCode {
    StatusCode::OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_the_web_ui_only() {
        let deck = Url::parse("https://deck.example").expect("a URL");
        for (to, expected) in [
            ("https://deck.example/#/applications?a=b", true),
            ("https://deck.example:443/x", true),
            ("https://deck.example:8443/x", false),
            ("http://deck.example/", false),
            ("https://deck.example.evil/", false),
            ("https://deck.example@evil/", false),
            ("javascript://deck.example:443/%0aalert(1)", false),
        ] {
            assert_eq!(is_of(&Url::parse(to).expect("a URL"), &deck), expected, "{to}");
        }
    }
}
