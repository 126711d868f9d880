//! Bodies on their way through: nothing is collected, and what the body's end means is done at its end.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{counters::Counters, pace::Asked, progress::Progress, sender::Sender, upstream::InFlight};

/// A client's request body on its way to an instance.
#[derive(Debug)]
pub(super) struct RequestBody {
    incoming: Option<Incoming>,
    progress: Arc<Progress>,
    counters: Arc<Counters>,
}

impl RequestBody {
    /// None: a request without a body.
    pub(super) fn new(incoming: Option<Incoming>, progress: Arc<Progress>, counters: Arc<Counters>) -> Self {
        if incoming.is_none() {
            progress.note_end();
        }
        RequestBody { incoming, progress, counters }
    }

    /// The body itself, of a request that was not sent.
    pub(super) fn into_incoming(self) -> Option<Incoming> {
        self.incoming
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(&mut *incoming).poll_frame(context));
        let ended = frame.is_none() || incoming.is_end_stream();
        if let Some(Ok(frame)) = &frame {
            self.counters.receive(frame.data_ref().map_or(0, Bytes::len));
        }
        self.progress.note();
        if ended {
            self.progress.note_end();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

/// What a response holds on to until its body has gone through.
#[derive(Debug)]
pub(super) struct Lease {
    pub(super) in_flight: InFlight,
    /// The connection, for the next request.
    pub(super) sender: Sender,
}

impl Lease {
    /// All of the response has come: the connection is free again and the request is over.
    fn end(self) {
        self.in_flight.upstream().put_back(self.sender);
    }
}

/// A response body on its way to the client.
pub(super) struct ResponseBody {
    kind: Kind,
    /// Until the client has it all.
    asked: Option<Asked>,
}

enum Kind {
    Text(Bytes),
    Stream {
        incoming: Incoming,
        lease: Option<Lease>,
        cut: Pin<Box<WaitForCancellationFutureOwned>>,
        counters: Arc<Counters>,
    },
}

/// Why a response breaks off.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the instance broke off its response")]
    Instance(#[source] hyper::Error),
    #[error("the drain time of the server group is over")]
    Cut,
}

impl ResponseBody {
    pub(super) fn text(text: impl Into<Bytes>) -> Self {
        ResponseBody { kind: Kind::Text(text.into()), asked: None }
    }

    pub(super) fn stream(incoming: Incoming, lease: Lease) -> Self {
        let cut = Box::pin(lease.in_flight.upstream().cut_token().clone().cancelled_owned());
        let counters = lease.in_flight.upstream().counters().clone();
        let mut kind = Kind::Stream { incoming, lease: Some(lease), cut, counters };
        kind.settle();
        ResponseBody { kind, asked: None }
    }

    /// Notes on `asked` whether the client keeps pace.
    pub(super) fn answers(mut self, asked: Asked) -> Self {
        self.asked = Some(asked);
        self
    }
}

impl Kind {
    fn settle(&mut self) {
        if let Kind::Stream { incoming, lease, .. } = self
            && incoming.is_end_stream()
            && let Some(lease) = lease.take()
        {
            lease.end();
        }
    }

    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self {
            Kind::Text(text) if text.is_empty() => Poll::Ready(None),
            Kind::Text(text) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(text))))),
            Kind::Stream { incoming, lease, cut, counters } => {
                if lease.is_some() && cut.as_mut().poll(context).is_ready() {
                    *lease = None;
                    return Poll::Ready(Some(Err(BodyError::Cut)));
                }
                let frame = ready!(Pin::new(incoming).poll_frame(context));
                match &frame {
                    Some(Err(_)) => {
                        counters.fail();
                        *lease = None;
                    }
                    Some(Ok(frame)) => {
                        counters.send(frame.data_ref().map_or(0, Bytes::len));
                        self.settle();
                    }
                    None => {
                        if let Some(lease) = lease.take() {
                            lease.end();
                        }
                    }
                }
                Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Instance)))
            }
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = self.kind.poll_frame(context);
        if let Some(asked) = &mut self.asked {
            // What was given waits for the client until it asks for more.
            asked.hold(matches!(&polled, Poll::Ready(Some(Ok(_)))));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Text(text) => text.is_empty(),
            Kind::Stream { incoming, .. } => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Text(text) => SizeHint::with_exact(text.len() as u64),
            Kind::Stream { incoming, .. } => incoming.size_hint(),
        }
    }
}
