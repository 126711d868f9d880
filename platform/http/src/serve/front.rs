//! What stands between a socket and a service's router: the access check, preflights and the headers for browsers.

use axum::{
    Router,
    body::Body,
    response::{IntoResponse as _, Response},
};
use gennaker_base::{Clock as _, Kind, SystemClock};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::{access::Access, cors};
use crate::{
    Error,
    guard::{Record, complete, request_id},
};

pub(super) struct Front {
    pub(super) service: &'static str,
    pub(super) access: Access,
    pub(super) router: Router,
}

impl Front {
    pub(super) async fn answer(&self, request: http::Request<Incoming>) -> Response {
        let request = request.map(Body::new);
        let origin = self.access.origin(request.uri(), request.headers()).cloned();
        let mut response = match self.access.check(request.method(), request.uri(), request.headers()) {
            Err(refusal) => {
                let id = request_id(request.headers());
                let record = Record::new(self.service, &request, None, &id);
                let refused = Error::new(Kind::Denied, refusal.to_string()).into_response();
                let (response, error) = complete(refused, &id, SystemClock.now()).await;
                record.finish(response.status(), error.as_ref());
                response
            }
            Ok(()) if cors::is_preflight(request.method(), request.headers()) => {
                cors::preflight(request.headers(), origin.is_some())
            }
            Ok(()) => {
                let Ok(response) = self.router.clone().oneshot(request).await;
                response
            }
        };
        cors::mark(response.headers_mut(), origin);
        response
    }
}
