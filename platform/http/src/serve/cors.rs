//! What browsers of allowed origins need on every answer, errors included.
//!
//! The web UI sends credentials, so that `*` would not do: the origin itself is named, and caches are told so.

use axum::{body::Body, response::Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::REQUEST_ID;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS");
/// How long a browser may remember a preflight, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const PREFLIGHT_VARY: HeaderValue =
    HeaderValue::from_static("Access-Control-Request-Method, Access-Control-Request-Headers");
/// Where the original's gate tells the web UI to sign in.
const AUTH_REDIRECT: HeaderName = HeaderName::from_static("x-auth-redirect-url");

/// Whether the request only asks what a page may do.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight for any path: what is asked for is allowed, to an allowed origin.
pub(crate) fn preflight(headers: &HeaderMap, allowed: bool) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let answer = response.headers_mut();
    answer.insert(header::VARY, PREFLIGHT_VARY);
    if allowed {
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        if let Some(asked) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
    }
    response
}

/// Puts the headers of every answer on it; `origin` is the request's if it is allowed.
pub(crate) fn mark(answer: &mut HeaderMap, origin: Option<HeaderValue>) {
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(origin) = origin {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        for name in [REQUEST_ID, AUTH_REDIRECT] {
            answer.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from(name));
        }
    }
}
