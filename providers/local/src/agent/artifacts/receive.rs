//! Content that comes with a request: it is written down as it arrives, before the request is looked at.

use std::{
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::{fs::File, io::AsyncWriteExt as _};

use super::{Artifacts, hex, remove, storage, too_large};
use crate::agent::error::Refusal;

/// Content that has arrived. What nobody takes is removed with this.
#[derive(Debug)]
pub(in crate::agent) struct Received {
    work: PathBuf,
    digest: String,
}

impl Received {
    /// Puts the content at `path`, and returns its SHA-256.
    pub(super) fn take(self, path: &Path) -> io::Result<String> {
        std::fs::rename(self.file(), path)?;
        Ok(self.digest.clone())
    }

    fn file(&self) -> PathBuf {
        self.work.join("received")
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        remove(&self.work);
    }
}

impl Artifacts {
    /// Takes content that arrives. What cannot be kept is read to its end all the same, so that its sender hears why.
    ///
    /// # Errors
    /// If it is too large, takes too long or is cut short; then nothing is left of it.
    pub(in crate::agent) async fn receive<E: std::fmt::Display>(
        &self,
        parts: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Received, Refusal> {
        let received = tokio::time::timeout(self.limits.time, self.receive_all(parts)).await;
        received.unwrap_or_else(|_| Err(self.too_slow()))
    }

    async fn receive_all<E: std::fmt::Display>(
        &self,
        parts: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Received, Refusal> {
        let mut received = Received { work: self.work_folder().map_err(|e| storage(&e))?, digest: String::new() };
        let mut file = File::create(received.file()).await.map_err(|error| storage(&error))?;
        let (mut sha, mut length, mut refusal) = (Sha256::new(), 0_u64, None);
        let mut parts = std::pin::pin!(parts);
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| {
                Refusal::unavailable(format!("the artifact's content was cut short ({error}); send the request again"))
            })?;
            if refusal.is_some() {
                continue;
            }
            length += part.len() as u64;
            sha.update(&part);
            if length > self.limits.download_bytes {
                refusal = Some(too_large("in the request", self.limits.download_bytes));
            } else if let Err(error) = file.write_all(&part).await {
                refusal = Some(storage(&error));
            }
        }
        if let Err(error) = file.flush().await {
            refusal = refusal.or_else(|| Some(storage(&error)));
        }
        received.digest = hex(&sha.finalize());
        refusal.map_or(Ok(received), Err)
    }
}
