//! A connection to an instance, of either version of HTTP, as a request is sent on it.

use http::{Request, Response};
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1, http2},
};

use super::body::RequestBody;

/// The sending side of a connection to an instance.
#[derive(Debug)]
pub(super) enum Sender {
    /// For one request after the other.
    Http1(http1::SendRequest<RequestBody>),
    /// For many at once.
    Http2(http2::SendRequest<RequestBody>),
}

impl Sender {
    /// Returns when a request may be sent.
    pub(super) async fn ready(&mut self) -> hyper::Result<()> {
        match self {
            Sender::Http1(sender) => sender.ready().await,
            Sender::Http2(sender) => sender.ready().await,
        }
    }

    /// Sends a request and waits for the head of its response.
    pub(super) async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, TrySendError<Request<RequestBody>>> {
        match self {
            Sender::Http1(sender) => sender.try_send_request(request).await,
            Sender::Http2(sender) => sender.try_send_request(request).await,
        }
    }
}
