//! Forced refreshes: waiting until what this node knows was confirmed, and how fresh that is.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, get, post};
use gennaker_provider_api::RefreshScope;
use gennaker_wire::{Object, ObjectExt};
use http::StatusCode;
use serde_json::{Value, json};

use super::KNOWN;
use crate::{
    Clouddriver,
    app::{inventory::View, refresh},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/cache/introspection", introspection).needs(KNOWN))
        .route(get("/cache/{cloudProvider}/{type}", pending).needs(KNOWN))
        .route(post("/cache/{cloudProvider}/{type}", refresh).needs(KNOWN).partly("cachedIdentifiersByType is empty"))
}

async fn introspection(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<Value>> {
    Json(View::of(&service.providers).introspection())
}

/// Nothing pends: a refresh is answered when it is done, or says that it is not.
async fn pending(_caller: Caller) -> Json<Value> {
    Json(json!([]))
}

/// 200 once the cloud has confirmed what is known here of what is named, 202 if it has not in time.
async fn refresh(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((provider, kind)): Path<(String, String)>,
    Json(body): Json<Object>,
) -> (StatusCode, Json<Value>) {
    let first = |names: &[&str]| names.iter().find_map(|name| body.text(name)).filter(|text| !text.is_empty());
    let scope = RefreshScope {
        account: first(&["account", "credentials"]).unwrap_or_default(),
        region: first(&["region", "location", "namespace"]),
        kind: Some(kind),
        name: first(&["serverGroupName", "asgName", "loadBalancerName", "securityGroupName", "name"]),
    };
    let since = service.clock.now();
    let wait = service.refresh_wait;
    let done = refresh::confirmed(&service.providers, &provider, &scope, since, wait).await;
    let status = if done { StatusCode::OK } else { StatusCode::ACCEPTED };
    (status, Json(json!({ "cachedIdentifiersByType": {} })))
}
