//! What answers in clouddriver's place: `PUT /artifacts/fetch/` with a template that front50 has, everything else as
//! clouddriver does.
//!
//! The recordings had the same: upstream's clouddriver reads such an artifact from front50 too.

use axum::{
    Json, Router,
    body::Body,
    response::{IntoResponse as _, Response},
    routing::put,
};
use http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt as _;

/// How a template's reference begins.
const SCHEME: &str = "spinnaker://";

/// clouddriver with the stand-in before it.
pub(crate) fn before(clouddriver: Router, front50: Router) -> Router {
    let fetch = move |Json(artifact): Json<Value>| fetch(artifact, front50.clone());
    Router::new()
        .route("/artifacts/fetch", put(fetch.clone()))
        .route("/artifacts/fetch/", put(fetch))
        .fallback_service(clouddriver)
}

async fn fetch(artifact: Value, front50: Router) -> Response {
    let template = artifact["reference"].as_str().and_then(|reference| reference.strip_prefix(SCHEME));
    let Some(template) = template.filter(|_| artifact["type"] == "front50/pipelineTemplate") else {
        return (StatusCode::BAD_REQUEST, "the stand-in has templates of front50 only").into_response();
    };
    match Request::get(format!("/v2/pipelineTemplates/{template}")).body(Body::empty()) {
        Ok(request) => front50.oneshot(request).await.unwrap_or_else(|never| match never {}),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}
