//! One connection: its socket with a time-out for headers, and whether a request is being worked on.
//!
//! hyper's own header time-out also ends connections that are idle between two requests, where a long wait is right
//! (balancers reuse them), and does not run while the protocol is being found out. So it has the idle time, and the
//! headers' time-out is here: it runs from the connection's start, and from the first byte after an idle time, to the
//! request. It is for HTTP/1; HTTP/2's connections send frames without requests, and hyper pings them instead.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http::Version;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::Sleep,
};

/// What the requests of a connection tell its socket.
#[derive(Debug, Clone, Default)]
pub(super) struct Watch(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    working: AtomicUsize,
    /// No headers come any more in HTTP/1's way.
    off: AtomicBool,
}

/// Held while a request is worked on and its answer is sent.
#[derive(Debug)]
pub(super) struct Working(Watch);

impl Watch {
    /// A request came in whole.
    pub(super) fn start(&self, version: Version) -> Working {
        self.0.off.store(version == Version::HTTP_2, Ordering::Relaxed);
        self.0.working.fetch_add(1, Ordering::Relaxed);
        Working(self.clone())
    }

    /// The connection becomes a WebSocket.
    pub(super) fn upgraded(&self) {
        self.0.off.store(true, Ordering::Relaxed);
    }

    fn awaits_headers(&self) -> bool {
        self.0.working.load(Ordering::Relaxed) == 0 && !self.0.off.load(Ordering::Relaxed)
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.working.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The body of an answer, which ends the work on its request.
pub(super) struct Answer {
    body: Body,
    _working: Working,
}

impl Answer {
    pub(super) fn new(body: Body, working: Working) -> Self {
        Answer { body, _working: working }
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket whose reads fail when the headers of a request take too long.
pub(super) struct Socket {
    stream: TcpStream,
    watch: Watch,
    limit: Duration,
    /// Runs while headers are awaited.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, watch: Watch, limit: Duration) -> Self {
        Socket { stream, watch, limit, timer: Some(Box::pin(tokio::time::sleep(limit))) }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if !this.watch.awaits_headers() {
            this.timer = None;
            return read;
        }
        if read.is_pending() {
            let Some(timer) = this.timer.as_mut() else { return Poll::Pending };
            ready!(timer.as_mut().poll(context));
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the headers arrive too slowly")));
        }
        if buffer.filled().len() > before && this.timer.is_none() {
            this.timer = Some(Box::pin(tokio::time::sleep(this.limit)));
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
