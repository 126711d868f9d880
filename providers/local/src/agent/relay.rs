//! Changes that were asked for while the agent handed over: the successor gets them, so that their callers notice nothing.
//!
//! A change is carried out once for its request id, so one that had begun here is finished there.

use std::{path::PathBuf, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::Full;
use tokio_util::sync::CancellationToken;

use super::{body::read_bytes, error::Refusal};
use crate::{
    client::exchange,
    protocol::{JSON_BYTES_HEADER, MOST_DRAIN_MS, MOST_GRACE_MS},
};

/// Longer than any change takes.
const DEADLINE: Duration = Duration::from_millis(MOST_DRAIN_MS + MOST_GRACE_MS + 30_000);

/// How the successor is reached.
#[derive(Debug, Clone)]
pub(super) struct Relay {
    /// On which it answers in this agent's place.
    pub(super) socket: PathBuf,
    /// Cancelled when this agent has handed over, or ends.
    pub(super) handed_over: CancellationToken,
    /// Cancelled when this agent ends.
    pub(super) shutdown: CancellationToken,
}

/// Lets the routes answer, and passes on what they could not do because the agent has handed over.
pub(super) async fn relay(State(relay): State<Relay>, request: Request, next: Next) -> Response {
    // What brings an artifact's content is too large to be kept: who gets no answer sends it again.
    if request.method() == Method::GET || request.headers().contains_key(JSON_BYTES_HEADER) {
        return next.run(request).await;
    }
    let (head, body) = request.into_parts();
    let bytes = match read_bytes(body).await {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal.into_response(),
    };
    let again = (head.method.clone(), head.uri.clone(), head.headers.clone());
    let response = next.run(Request::from_parts(head, Body::from(bytes.clone()))).await;
    let handed_over = relay.handed_over.is_cancelled() && !relay.shutdown.is_cancelled();
    if response.status() != StatusCode::SERVICE_UNAVAILABLE || !handed_over {
        return response;
    }
    let mut request = http::Request::new(Full::new(bytes));
    (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = again;
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    match tokio::time::timeout(DEADLINE, exchange(&relay.socket, request)).await {
        Ok(Ok((status, body))) => {
            (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
        }
        Ok(Err(error)) => {
            Refusal::unavailable(format!("another agent has taken over and does not answer ({error}); send it again"))
                .into_response()
        }
        Err(_) => {
            Refusal::unavailable("another agent has taken over and did not answer; send it again").into_response()
        }
    }
}
