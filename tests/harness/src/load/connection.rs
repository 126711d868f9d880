//! One HTTP/1.1 connection that the caller holds itself, so that it knows which request uses which.

use std::{error::Error, net::SocketAddr};

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

/// The largest answer that is read.
const LARGEST_BODY: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server had closed the connection before any of the request was written, so another connection may take it.
    Unsent,
    /// Anything else.
    Other(String),
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
}

/// An open connection. Dropping it closes it.
pub(super) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    _driver: AbortOnDropHandle<()>,
}

impl Connection {
    pub(super) async fn open(target: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(target).await.map_err(|error| format!("cannot connect: {error}"))?;
        stream.set_nodelay(true).map_err(|error| format!("cannot connect: {error}"))?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| chain(&error))?;
        let driver = tokio::spawn(async move {
            // The request in flight gets the error.
            let _ = connection.await;
        });
        Ok(Connection { sender, _driver: AbortOnDropHandle::new(driver) })
    }

    /// The answer to `GET path`, whatever its status. `last` tells the server to close afterwards.
    pub(super) async fn get(&mut self, target: SocketAddr, path: &str, last: bool) -> Result<Answer, Failure> {
        let mut request = Request::get(path).header(header::HOST, target.to_string());
        if last {
            request = request.header(header::CONNECTION, "close");
        }
        let request = request.body(Empty::new()).map_err(|error| Failure::Other(error.to_string()))?;
        self.sender.ready().await.map_err(|_| Failure::Unsent)?;
        let response = self.sender.try_send_request(request).await.map_err(|mut error| match error.take_message() {
            Some(_) => Failure::Unsent,
            None => Failure::Other(chain(error.error())),
        })?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LARGEST_BODY).collect().await;
        match body {
            Ok(body) => Ok(Answer { status, body: body.to_bytes() }),
            Err(error) => Err(Failure::Other(format!("answer cut: {}", chain(&*error)))),
        }
    }
}

/// An error with its causes.
fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |error: &&dyn Error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
