//! How services of one process reach each other whatever the order in which they are built.
//!
//! ```
//! use gennaker_http::{Line, Transport, TransportOptions};
//!
//! let line = Line::default();
//! let to_orca = Transport::in_process("orca", line.router("orca"), TransportOptions::default());
//! // Whoever calls orca is given `to_orca`; once orca is built:
//! # let orca = axum::Router::new();
//! line.connect(orca);
//! ```

use std::sync::{Arc, OnceLock};

use axum::{Router, extract::Request, response::IntoResponse as _};
use gennaker_base::Kind;
use tower::ServiceExt as _;

use crate::Error;

/// A place where a service will answer. Clones are the same place.
#[derive(Clone, Default)]
pub struct Line {
    router: Arc<OnceLock<Router>>,
}

impl Line {
    /// Puts the service on the line, behind its guard ([`crate::Api::into_service`]); the first one stays.
    pub fn connect(&self, router: Router) {
        let _ = self.router.set(router);
    }

    /// The caller's end: forwards to the service, 503 until it is there.
    pub fn router(&self, service: &'static str) -> Router {
        let line = self.router.clone();
        Router::new().fallback(move |request: Request| {
            let router = line.get().cloned();
            async move {
                match router {
                    Some(router) => router.oneshot(request).await.unwrap_or_else(|never| match never {}),
                    None => Error::new(Kind::Unavailable, format!("{service} is starting")).into_response(),
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, routing::get};
    use http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_call_is_refused_until_the_service_is_there() {
        let line = Line::default();
        let status = async || {
            let request = Request::get("/a").body(Body::empty()).expect("a request");
            line.router("orca").oneshot(request).await.expect("an answer").status()
        };
        assert_eq!(status().await, StatusCode::SERVICE_UNAVAILABLE);
        line.connect(Router::new().route("/a", get(|| async { "here" })));
        assert_eq!(status().await, StatusCode::OK);
    }
}
