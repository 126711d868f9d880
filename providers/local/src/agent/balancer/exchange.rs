//! One attempt to get a response head from one instance.

use std::{sync::Arc, time::Duration};

use http::{Request, Response, request};
use hyper::{
    body::Incoming,
    client::conn::{http1, http2},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::time::timeout;

use super::{
    body::{Lease, RequestBody},
    connections::Connections,
    headers,
    progress::Progress,
    sender::Sender,
    tcp,
    upstream::InFlight,
};
use crate::protocol::InstanceProtocol;

const READY: Duration = Duration::from_millis(100);

/// What an attempt needs besides the request.
pub(super) struct Exchange<'a> {
    /// Whether the protocol is to be changed, which is asked for in HTTP/1.1.
    pub(super) upgrade: bool,
    pub(super) connect_timeout: Duration,
    pub(super) response_timeout: Duration,
    pub(super) connections: &'a Connections,
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum Failed {
    /// Nothing was sent; the body is given back.
    Unsent { reason: String, body: Option<Incoming> },
    /// The connection broke after the request was sent. `stale`: it was one that had been idle.
    Broken { reason: String, stale: bool },
    /// The instance gave no response head in time.
    Late,
    /// The client did not send its body in time.
    ClientStalled,
    /// The drain time of the instance's server group was over.
    Cut,
}

impl Exchange<'_> {
    /// Sends the request to the instance of `in_flight`, on an idle connection if there is one and `reuse` allows it.
    pub(super) async fn attempt(
        &self,
        in_flight: InFlight,
        head: &request::Parts,
        body: Option<Incoming>,
        reuse: bool,
    ) -> Result<(Response<Incoming>, Lease), Failed> {
        let cut = in_flight.upstream().cut_token().clone();
        tokio::select! {
            result = self.send(in_flight, head, body, reuse) => result,
            () = cut.cancelled() => Err(Failed::Cut),
        }
    }

    async fn send(
        &self,
        in_flight: InFlight,
        head: &request::Parts,
        body: Option<Incoming>,
        reuse: bool,
    ) -> Result<(Response<Incoming>, Lease), Failed> {
        let http2 = in_flight.upstream().target().protocol == InstanceProtocol::Http2 && !self.upgrade;
        let mut body = body;
        // A connection of HTTP/2 says which requests it has not taken, so every request may share one.
        while (reuse || http2)
            && let Some(mut sender) = in_flight.upstream().reusable()
        {
            // An idle connection that has been closed says so here, and one that is not idle after all is given up.
            if !matches!(timeout(READY, sender.ready()).await, Ok(Ok(()))) {
                if http2 {
                    break;
                }
                continue;
            }
            match self.response(&in_flight, &mut sender, head, body.take()).await {
                Ok(response) => return Ok((response, Lease { in_flight, sender })),
                Err(Failed::Unsent { body: given_back, .. }) => body = given_back,
                Err(Failed::Broken { reason, .. }) => return Err(Failed::Broken { reason, stale: true }),
                Err(other) => return Err(other),
            }
            if http2 {
                break;
            }
        }
        let mut sender = match self.connect(&in_flight, http2).await {
            Ok(sender) => sender,
            Err(reason) => return Err(Failed::Unsent { reason, body }),
        };
        let response = self.response(&in_flight, &mut sender, head, body).await?;
        Ok((response, Lease { in_flight, sender }))
    }

    async fn connect(&self, in_flight: &InFlight, http2: bool) -> Result<Sender, String> {
        let stream = TokioIo::new(tcp::connect(in_flight, self.connect_timeout).await?);
        let ended = |error: Option<hyper::Error>| {
            if let Some(error) = error {
                tracing::debug!(%error, "a connection to an instance ended");
            }
        };
        let mut sender = if http2 {
            let (sender, connection) =
                http2::handshake(TokioExecutor::new(), stream).await.map_err(|error| error.to_string())?;
            self.connections.drive(async move { ended(connection.await.err()) });
            in_flight.upstream().share(&sender);
            Sender::Http2(sender)
        } else {
            let (sender, connection) = http1::handshake(stream).await.map_err(|error| error.to_string())?;
            self.connections.drive(async move { ended(connection.with_upgrades().await.err()) });
            Sender::Http1(sender)
        };
        timeout(self.connect_timeout, sender.ready())
            .await
            .map_err(|_| "the connection did not become ready".to_owned())?
            .map_err(|error| error.to_string())?;
        Ok(sender)
    }

    async fn response(
        &self,
        in_flight: &InFlight,
        sender: &mut Sender,
        head: &request::Parts,
        body: Option<Incoming>,
    ) -> Result<Response<Incoming>, Failed> {
        let progress = Progress::begin();
        let counters = in_flight.upstream().counters().clone();
        let body = RequestBody::new(body, Arc::clone(&progress), counters);
        let mut head = head.clone();
        if matches!(sender, Sender::Http2(_)) {
            headers::for_http2(&mut head, in_flight.upstream().address());
        }
        let request = Request::from_parts(head, body);
        tokio::select! {
            response = sender.send(request) => response.map_err(|mut error| {
                match error.take_message() {
                    Some(unsent) => Failed::Unsent {
                        reason: error.error().to_string(),
                        body: unsent.into_body().into_incoming(),
                    },
                    None => Failed::Broken { reason: error.error().to_string(), stale: false },
                }
            }),
            () = progress.stalled(self.response_timeout) => {
                Err(if progress.is_sent() { Failed::Late } else { Failed::ClientStalled })
            }
        }
    }
}
