//! Whether a client keeps pace: it asks in time, and takes what it asked for.
//!
//! The connection's stream and the bodies on it note what moves; a tick now and then judges. What is judged:
//! * Something waits for the client (the socket takes no more, or a response's next part is not fetched) and next to
//!   nothing was written for the send time-out: it is cut. A client that reads slowly goes on.
//! * It has asked for nothing for the header time-out: one that never asked is cut, one of HTTP/2 is told to end and cut
//!   if it does not. Those of HTTP/1.1 are hyper's, which knows where a head begins.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use http::Version;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// Less than this is no progress: HTTP/2 writes small frames of its own.
const LEAST_BYTES: u64 = 256;

/// What one client connection is doing.
#[derive(Debug, Default)]
pub(super) struct Pace {
    written: AtomicU64,
    /// The socket takes no more.
    blocked: AtomicBool,
    /// Responses whose next part the client has to make room for.
    held: AtomicUsize,
    begun: AtomicUsize,
    active: AtomicUsize,
    version: AtomicU8,
}

impl Pace {
    /// A request begins.
    pub(super) fn ask(self: &Arc<Self>, version: Version) -> Asked {
        self.version.store(if version == Version::HTTP_2 { 2 } else { 1 }, Relaxed);
        self.begun.fetch_add(1, Relaxed);
        self.active.fetch_add(1, Relaxed);
        Asked { pace: self.clone(), held: false }
    }

    /// Whether the connection is known to be one of HTTP/2.
    pub(super) fn is_http2(&self) -> bool {
        self.version.load(Relaxed) == 2
    }
}

/// A request of which the response is not through.
#[derive(Debug)]
pub(super) struct Asked {
    pace: Arc<Pace>,
    held: bool,
}

impl Asked {
    /// Whether the response waits for the client now.
    pub(super) fn hold(&mut self, held: bool) {
        if held != self.held {
            self.held = held;
            if held {
                self.pace.held.fetch_add(1, Relaxed);
            } else {
                self.pace.held.fetch_sub(1, Relaxed);
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.hold(false);
        self.pace.active.fetch_sub(1, Relaxed);
    }
}

/// What is to become of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    GoOn,
    /// Tell the client that this connection ends.
    EndGently,
    Cut,
}

/// Judges one connection.
#[derive(Debug)]
pub(super) struct Judge {
    written: u64,
    moved: Instant,
    begun: usize,
    asked: Instant,
    told: bool,
}

impl Judge {
    pub(super) fn new(now: Instant) -> Judge {
        Judge { written: 0, moved: now, begun: 0, asked: now, told: false }
    }

    pub(super) fn judge(&mut self, pace: &Pace, now: Instant, header: Duration, send: Duration) -> Verdict {
        let (written, begun) = (pace.written.load(Relaxed), pace.begun.load(Relaxed));
        let waits = pace.blocked.load(Relaxed) || pace.held.load(Relaxed) > 0;
        if !waits || written.saturating_sub(self.written) >= LEAST_BYTES {
            (self.written, self.moved) = (written, now);
        } else if now - self.moved >= send {
            return Verdict::Cut;
        }
        if begun != self.begun || pace.active.load(Relaxed) > 0 {
            (self.begun, self.asked, self.told) = (begun, now, false);
        } else if now - self.asked >= header {
            return match pace.version.load(Relaxed) {
                1 => Verdict::GoOn,
                2 if !self.told => {
                    (self.told, self.asked) = (true, now);
                    Verdict::EndGently
                }
                _ => Verdict::Cut,
            };
        }
        Verdict::GoOn
    }

    /// How often to judge.
    pub(super) fn pause(header: Duration, send: Duration) -> Duration {
        (header.min(send) / 4).clamp(Duration::from_millis(10), Duration::from_secs(15))
    }
}

/// A client's stream that notes what is written to it.
#[derive(Debug)]
pub(super) struct Paced<S> {
    stream: S,
    pace: Arc<Pace>,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>) -> Self {
        Paced { stream, pace }
    }

    fn note(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.pace.blocked.store(polled.is_pending(), Relaxed);
        if let Poll::Ready(Ok(bytes)) = &polled {
            self.pace.written.fetch_add(*bytes as u64, Relaxed);
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Duration = Duration::from_secs(10);
    const SEND: Duration = Duration::from_secs(20);

    #[test]
    fn a_client_that_asks_nothing_is_cut_and_one_of_http2_is_told_first() {
        let (pace, start) = (Arc::new(Pace::default()), Instant::now());
        let mut judge = Judge::new(start);
        let mut at = |pace: &Pace, seconds| judge.judge(pace, start + Duration::from_secs(seconds), HEADER, SEND);
        assert_eq!((at(&pace, 9), at(&pace, 10)), (Verdict::GoOn, Verdict::Cut));
        let asked = pace.ask(Version::HTTP_2);
        assert_eq!((at(&pace, 50), at(&pace, 90)), (Verdict::GoOn, Verdict::GoOn));
        drop(asked);
        assert_eq!((at(&pace, 99), at(&pace, 100)), (Verdict::GoOn, Verdict::EndGently));
        assert_eq!((at(&pace, 109), at(&pace, 110)), (Verdict::GoOn, Verdict::Cut));
        drop(pace.ask(Version::HTTP_11));
        assert_eq!((at(&pace, 111), at(&pace, 200)), (Verdict::GoOn, Verdict::GoOn));
    }

    #[test]
    fn a_client_that_takes_nothing_is_cut_and_a_slow_one_goes_on() {
        let (pace, start) = (Arc::new(Pace::default()), Instant::now());
        let mut judge = Judge::new(start);
        let mut asked = pace.ask(Version::HTTP_11);
        let mut at = |seconds| judge.judge(&pace, start + Duration::from_secs(seconds), HEADER, SEND);
        assert_eq!(at(100), Verdict::GoOn, "the instance is slow, not the client");
        asked.hold(true);
        assert_eq!(at(119), Verdict::GoOn);
        pace.written.fetch_add(LEAST_BYTES, Relaxed);
        assert_eq!((at(120), at(139)), (Verdict::GoOn, Verdict::GoOn));
        pace.written.fetch_add(LEAST_BYTES - 1, Relaxed);
        assert_eq!(at(140), Verdict::Cut);
    }
}
