//! The names of an answer's headers as the server wrote them.
//!
//! Names are the same in any case, and hyper gives them in lower case. But users look them up in what they see, and
//! servers write `Location`; so the bytes of the answer's head are kept as they come in, and read a second time.

use std::{
    collections::HashMap,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The most that is kept; hyper itself refuses a head of that size.
const MAX_HEAD: usize = 512 << 10;
/// The most headers that hyper reads.
const MAX_HEADERS: usize = 100;

/// What came in on a connection so far.
#[derive(Clone, Default)]
pub(super) struct Heads {
    kept: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Heads {
    fn lock(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, bytes: &[u8]) {
        let mut kept = self.lock();
        if let Some(kept) = kept.as_mut().filter(|kept| kept.len() + bytes.len() <= MAX_HEAD) {
            kept.extend_from_slice(bytes);
        }
    }

    /// Ends the recording and gives the names of the answer's headers by their lower case.
    pub(super) fn names(&self) -> HashMap<String, String> {
        let bytes = self.lock().take().unwrap_or_default();
        names(&bytes).unwrap_or_default()
    }
}

/// A stream whose incoming bytes are kept until its [`Heads`] are read.
pub(super) struct Kept<T> {
    stream: T,
    heads: Heads,
}

impl<T> Kept<T> {
    pub(super) fn new(stream: T) -> (Self, Heads) {
        let heads = Heads { kept: Arc::new(Mutex::new(Some(Vec::new()))) };
        (Kept { stream, heads: heads.clone() }, heads)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Kept<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.heads.keep(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Kept<T> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
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

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The names in the head of an answer, after interim ones (100, 103); of a name that is there twice the first spelling.
fn names(mut bytes: &[u8]) -> Option<HashMap<String, String>> {
    loop {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(length) = response.parse(bytes).ok()? else { return None };
        if response.code.is_some_and(|code| (100..200).contains(&code) && code != 101) {
            bytes = &bytes[length..];
            continue;
        }
        let mut names = HashMap::new();
        for header in response.headers.iter() {
            names.entry(header.name.to_ascii_lowercase()).or_insert_with(|| header.name.to_owned());
        }
        return Some(names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_the_spelling_of_the_final_answer() {
        let head = b"HTTP/1.1 103 Early Hints\r\nLINK: </a>\r\n\r\nHTTP/1.1 200 OK\r\nLocation: /x\r\nX-iD: 1\r\nx-id: 2\r\n\r\n{}";
        let names = names(head).expect("a head");
        assert_eq!(names["location"], "Location");
        assert_eq!(names["x-id"], "X-iD");
        assert!(!names.contains_key("link"));
        assert!(super::names(b"HTTP/1.1 200 OK\r\nA: b\r\n").is_none(), "an unfinished head");
    }
}
