//! One attempt to get a response head from one instance.

use std::{sync::Arc, time::Duration};

use http::{Request, Response, request};
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::{
    body::{Lease, Progress, RequestBody},
    connections::Connections,
    upstream::InFlight,
};

const READY: Duration = Duration::from_millis(100);

/// What an attempt needs besides the request.
pub(super) struct Exchange<'a> {
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
        let mut body = body;
        while reuse && let Some(mut sender) = in_flight.upstream().take_idle() {
            // An idle connection that has been closed says so here, and one that is not idle after all is given up.
            if !matches!(timeout(READY, sender.ready()).await, Ok(Ok(()))) {
                continue;
            }
            match self.response(&mut sender, head, body.take()).await {
                Ok(response) => return Ok((response, Lease { in_flight, sender })),
                Err(Failed::Unsent { body: given_back, .. }) => body = given_back,
                Err(Failed::Broken { reason, .. }) => return Err(Failed::Broken { reason, stale: true }),
                Err(other) => return Err(other),
            }
        }
        let mut sender = match self.connect(&in_flight).await {
            Ok(sender) => sender,
            Err(reason) => return Err(Failed::Unsent { reason, body }),
        };
        let response = self.response(&mut sender, head, body).await?;
        Ok((response, Lease { in_flight, sender }))
    }

    async fn connect(&self, in_flight: &InFlight) -> Result<SendRequest<RequestBody>, String> {
        let address = in_flight.upstream().address();
        let stream = timeout(self.connect_timeout, TcpStream::connect(address))
            .await
            .map_err(|_| format!("no connection within {} ms", self.connect_timeout.as_millis()))?
            .map_err(|error| format!("cannot connect: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let (mut sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        self.connections.drive(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection to an instance ended");
            }
        });
        sender.ready().await.map_err(|error| error.to_string())?;
        Ok(sender)
    }

    async fn response(
        &self,
        sender: &mut SendRequest<RequestBody>,
        head: &request::Parts,
        body: Option<Incoming>,
    ) -> Result<Response<Incoming>, Failed> {
        let progress = Progress::begin();
        let body = RequestBody::new(body, Arc::clone(&progress));
        let request = Request::from_parts(head.clone(), body);
        tokio::select! {
            response = sender.try_send_request(request) => response.map_err(|mut error| {
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
