//! Where the body of an answer goes.

use std::io;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::StatusCode;

use super::Error;

/// The most that is kept of the body of a refusal whose content was to be saved.
const REFUSAL: usize = 64 << 10;

/// Takes what is too large to be kept in memory.
#[async_trait]
pub trait Sink: Send {
    /// Takes the next part. An error ends the call.
    async fn take(&mut self, part: Bytes) -> io::Result<()>;
}

/// What becomes of a body.
pub(super) enum Content<'a> {
    /// It is kept in memory.
    Kept,
    /// That of success goes to a sink; of any other the begin is kept.
    Saved(&'a mut dyn Sink),
}

impl Content<'_> {
    /// The same for the next request.
    pub(super) fn again(&mut self) -> Content<'_> {
        match self {
            Content::Kept => Content::Kept,
            Content::Saved(sink) => Content::Saved(&mut **sink),
        }
    }

    /// Takes the next part. Answers whether more is wanted.
    pub(super) async fn take(
        &mut self,
        at: &str,
        status: StatusCode,
        body: &mut BytesMut,
        part: Bytes,
    ) -> Result<bool, Error> {
        match self {
            Content::Saved(sink) if status.is_success() => {
                let not_taken = |source| Error::NotTaken { at: at.to_owned(), source };
                sink.take(part).await.map_err(not_taken)?;
            }
            Content::Saved(_) => {
                let room = REFUSAL - body.len().min(REFUSAL);
                body.extend_from_slice(&part[..part.len().min(room)]);
                return Ok(body.len() < REFUSAL);
            }
            Content::Kept => body.extend_from_slice(&part),
        }
        Ok(true)
    }
}
