//! The API's own documentation, at springdoc's paths: OpenAPI as JSON, and a page to read it on.

use axum::response::{IntoResponse as _, Response};
use gennaker_http::{Api, Caller, Json, Permission, get};
use http::{
    StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
};
use serde_json::Value;

use crate::{Gate, openapi};

/// The page, where springdoc has its.
const PAGE: &str = "/swagger-ui/index.html";

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        .route(get("/v3/api-docs", document).needs(Permission::Public).beyond())
        .route(get(PAGE, page).needs(Permission::Public).beyond())
        .route(get("/swagger-ui", to_page).needs(Permission::Public).beyond())
        .route(get("/swagger-ui.html", to_page).needs(Permission::Public).beyond())
}

async fn document(_caller: Caller) -> Json<Value> {
    Json(openapi::document(&subjects()))
}

/// A page without scripts, which loads nothing from anywhere.
async fn page(_caller: Caller) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ];
    (headers, openapi::page(&subjects())).into_response()
}

async fn to_page(_caller: Caller) -> Response {
    (StatusCode::FOUND, [(LOCATION, PAGE)]).into_response()
}

fn subjects() -> Vec<openapi::Subject> {
    let subject = |(name, api): (&'static str, Api<Gate>)| (name, api.endpoints().to_vec());
    super::subjects().into_iter().map(subject).collect()
}
