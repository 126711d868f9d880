//! A request body with a limit on its size and on the pauses between its parts.
//!
//! The handler gets the watched [`Body`]; the guard keeps a [`Rest`], which knows afterwards what went wrong and has
//! what the handler did not read.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::Body, extract::Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt as _;
use tokio::time::Sleep;

/// How much is thrown away so that a client which sends first and reads then gets its answer.
const DISCARD_LIMIT: usize = 64 << 20;

/// Why a body could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// It is larger than the limit.
    #[error("the body is larger than the limit")]
    TooLarge,
    /// The next part did not arrive in time.
    #[error("the body arrives too slowly")]
    TooSlow,
}

/// What the guard keeps of a request's body.
pub(crate) struct Rest {
    shared: Arc<Mutex<Shared>>,
    idle: Duration,
    too_large: bool,
    /// The client waits for `100 Continue` before it sends.
    awaits_leave: bool,
}

#[derive(Default)]
struct Shared {
    fault: Option<Fault>,
    polled: bool,
    unread: Option<Body>,
}

struct Watched {
    inner: Option<Body>,
    left: usize,
    idle: Duration,
    polled: bool,
    pause: Option<Pin<Box<Sleep>>>,
    shared: Arc<Mutex<Shared>>,
}

/// Puts the limits on the request's body.
pub(crate) fn watch(request: Request, limit: usize, idle: Duration) -> (Request, Rest) {
    let shared = Arc::new(Mutex::new(Shared::default()));
    let rest = Rest {
        shared: shared.clone(),
        idle,
        too_large: announced(request.headers()).is_some_and(|length| length > limit as u64),
        awaits_leave: request.headers().contains_key(header::EXPECT),
    };
    let request = request.map(|inner| {
        if inner.is_end_stream() {
            return inner;
        }
        Body::new(Watched { inner: Some(inner), left: limit, idle, polled: false, pause: None, shared })
    });
    (request, rest)
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rest {
    /// Whether the announced length is over the limit.
    pub(crate) fn is_too_large(&self) -> bool {
        self.too_large
    }

    /// What went wrong while the handler read.
    pub(crate) fn fault(&self) -> Option<Fault> {
        lock(&self.shared).fault
    }

    /// Throws away what the handler did not read, for as long as one pause may take. Answers whether the body is at
    /// its end, so that the connection can be used again.
    pub(crate) async fn discard(&self) -> bool {
        let (unread, polled, fault) = {
            let mut shared = lock(&self.shared);
            (shared.unread.take(), shared.polled, shared.fault)
        };
        let Some(mut unread) = unread else { return true };
        if fault == Some(Fault::TooSlow) || (self.awaits_leave && !polled) {
            return false;
        }
        let all = async {
            let mut taken = 0;
            while let Some(Ok(frame)) = unread.frame().await {
                taken += frame.data_ref().map_or(0, Bytes::len);
                if taken > DISCARD_LIMIT {
                    return false;
                }
            }
            true
        };
        tokio::time::timeout(self.idle, all).await.unwrap_or(false)
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        this.polled = true;
        let Some(inner) = this.inner.as_mut() else { return Poll::Ready(None) };
        match Pin::new(inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.pause = None;
                let length = frame.data_ref().map_or(0, Bytes::len);
                match this.left.checked_sub(length) {
                    Some(left) => this.left = left,
                    None => return Poll::Ready(Some(Err(this.fail(Fault::TooLarge)))),
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => {
                this.inner = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let idle = this.idle;
                let pause = this.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(idle)));
                ready!(pause.as_mut().poll(context));
                Poll::Ready(Some(Err(this.fail(Fault::TooSlow))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Watched {
    /// Notes the fault and gives up reading; the rest goes to the guard.
    fn fail(&mut self, fault: Fault) -> axum::BoxError {
        let mut shared = lock(&self.shared);
        shared.fault = Some(fault);
        shared.polled = true;
        shared.unread = self.inner.take();
        Box::new(fault)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(inner) = self.inner.take() {
            let mut shared = lock(&self.shared);
            shared.polled = self.polled;
            shared.unread = Some(inner);
        }
    }
}
