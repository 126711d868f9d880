//! Bodies on their way through: nothing is collected, and what the body's end means is done at its end.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::{body::Incoming, client::conn::http1::SendRequest};
use tokio::time::Instant;
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::upstream::InFlight;

/// When a request's body last moved, and whether all of it is sent.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    moved_after_ms: AtomicU64,
    sent: AtomicBool,
}

impl Progress {
    pub(super) fn begin() -> Arc<Self> {
        Arc::new(Progress { began: Instant::now(), moved_after_ms: AtomicU64::new(0), sent: AtomicBool::new(false) })
    }

    /// Whether the whole body was sent.
    pub(super) fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// Returns once nothing has moved for `limit`.
    pub(super) async fn stalled(&self, limit: Duration) {
        loop {
            let moved = Duration::from_millis(self.moved_after_ms.load(Ordering::Relaxed));
            let due = self.began + moved + limit;
            if Instant::now() >= due {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }

    fn note(&self, sent: bool) {
        let after = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_after_ms.store(after, Ordering::Relaxed);
        self.sent.store(sent, Ordering::Relaxed);
    }
}

/// A client's request body on its way to an instance.
#[derive(Debug)]
pub(super) struct RequestBody {
    incoming: Option<Incoming>,
    progress: Arc<Progress>,
}

impl RequestBody {
    /// None: a request without a body.
    pub(super) fn new(incoming: Option<Incoming>, progress: Arc<Progress>) -> Self {
        if incoming.is_none() {
            progress.note(true);
        }
        RequestBody { incoming, progress }
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
        self.progress.note(ended);
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
    pub(super) sender: SendRequest<RequestBody>,
}

/// A response body on its way to the client.
pub(super) struct ResponseBody(Kind);

enum Kind {
    Text(Bytes),
    Stream { incoming: Incoming, lease: Option<Lease>, cut: Pin<Box<WaitForCancellationFutureOwned>> },
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
        ResponseBody(Kind::Text(text.into()))
    }

    pub(super) fn stream(incoming: Incoming, lease: Lease) -> Self {
        let cut = Box::pin(lease.in_flight.upstream().cut_token().clone().cancelled_owned());
        let mut body = ResponseBody(Kind::Stream { incoming, lease: Some(lease), cut });
        body.settle();
        body
    }

    /// At the end of the body the connection is free again and the request is over.
    fn settle(&mut self) {
        if let Kind::Stream { incoming, lease, .. } = &mut self.0
            && incoming.is_end_stream()
            && let Some(Lease { in_flight, sender }) = lease.take()
        {
            in_flight.upstream().put_idle(sender);
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
        match &mut self.0 {
            Kind::Text(text) if text.is_empty() => Poll::Ready(None),
            Kind::Text(text) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(text))))),
            Kind::Stream { incoming, lease, cut } => {
                if lease.is_some() && cut.as_mut().poll(context).is_ready() {
                    *lease = None;
                    return Poll::Ready(Some(Err(BodyError::Cut)));
                }
                let frame = ready!(Pin::new(incoming).poll_frame(context));
                match &frame {
                    Some(Err(_)) => *lease = None,
                    Some(Ok(_)) => self.settle(),
                    None => {
                        if let Some(Lease { in_flight, sender }) = lease.take() {
                            in_flight.upstream().put_idle(sender);
                        }
                    }
                }
                Poll::Ready(frame.map(|frame| frame.map_err(BodyError::Instance)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Text(text) => text.is_empty(),
            Kind::Stream { incoming, .. } => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Text(text) => SizeHint::with_exact(text.len() as u64),
            Kind::Stream { incoming, .. } => incoming.size_hint(),
        }
    }
}
