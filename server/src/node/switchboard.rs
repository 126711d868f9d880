//! How services of one process reach each other: through the other's router, without a socket, whatever the order in which
//! they are built.

use std::sync::{Arc, OnceLock};

use axum::{Router, extract::Request, response::IntoResponse as _};
use gennaker_base::Kind;
use gennaker_http::Error;
use tower::ServiceExt as _;

/// A place where a service will answer.
#[derive(Clone, Default)]
pub(crate) struct Line {
    router: Arc<OnceLock<Router>>,
}

impl Line {
    /// Puts the service on the line; the first one stays.
    pub(crate) fn connect(&self, router: Router) {
        let _ = self.router.set(router);
    }

    /// The caller's end: forwards to the service, 503 until it is there.
    pub(crate) fn router(&self, service: &'static str) -> Router {
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
