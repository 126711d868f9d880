//! One file, from wherever it is, with its SHA-256 and no more bytes than allowed.

use std::{io, path::Path};

use futures::StreamExt as _;
use reqwest::{Response, StatusCode, Url, header::LOCATION};
use sha2::{Digest as _, Sha256};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
};

use super::{hex, storage, too_large};
use crate::{agent::error::Refusal, protocol::without_secrets};

const MOST_REDIRECTS: usize = 10;
const CHUNK: usize = 256 * 1024;

/// Copies a file of this machine.
pub(super) async fn copy(from: &Path, to: &Path, limit: u64) -> Result<String, Refusal> {
    let words = from.display().to_string();
    let cannot = |error: io::Error| {
        Refusal::invalid(match error.kind() {
            io::ErrorKind::NotFound => format!("the artifact {words} does not exist on the agent's machine"),
            _ => format!("the artifact {words} cannot be read: {error}"),
        })
    };
    // A pipe is opened without waiting for somebody to write to it.
    let opened = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(from).await;
    let file = opened.map_err(cannot)?;
    let metadata = file.metadata().await.map_err(cannot)?;
    if !metadata.is_file() {
        return Err(Refusal::invalid(format!("the artifact {words} is not a file")));
    }
    if metadata.len() > limit {
        return Err(too_large(&words, limit));
    }
    let (copied, digest) = pour(file, to, limit).await?;
    if copied > limit { Err(too_large(&words, limit)) } else { Ok(digest) }
}

/// Writes down what came with the request.
pub(super) async fn write(content: &[u8], to: &Path) -> Result<String, Refusal> {
    pour(content, to, u64::MAX).await.map(|(_, digest)| digest)
}

/// Fetches what an address answers. Redirects are followed.
pub(super) async fn get(address: &str, to: &Path, limit: u64) -> Result<String, Refusal> {
    let words = without_secrets(address);
    let response = answer(address).await?;
    if response.status() != StatusCode::OK {
        let message = format!("the artifact {words} is not there: its server answered {}", response.status());
        return Err(if response.status().is_server_error() {
            Refusal::unavailable(format!("{message}; try again when it works"))
        } else {
            Refusal::invalid(format!("{message}; correct the address"))
        });
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(too_large(&words, limit));
    }
    let mut file = File::create(to).await.map_err(|error| storage(&error))?;
    let (mut sha, mut received) = (Sha256::new(), 0_u64);
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| broken(&words, &error))?;
        received += chunk.len() as u64;
        if received > limit {
            return Err(too_large(&words, limit));
        }
        sha.update(&chunk);
        file.write_all(&chunk).await.map_err(|error| storage(&error))?;
    }
    file.flush().await.map_err(|error| storage(&error))?;
    Ok(hex(&sha.finalize()))
}

async fn answer(address: &str) -> Result<Response, Refusal> {
    let words = without_secrets(address);
    let client = gennaker_http::http_client().map_err(|error| Refusal::unavailable(error.to_string()))?;
    let mut url = Url::parse(address)
        .map_err(|error| Refusal::invalid(format!("`artifact.url` {words} is no address: {error}")))?;
    for _ in 0..=MOST_REDIRECTS {
        let response = client.get(url.clone()).send().await.map_err(|error| broken(&words, &error))?;
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let target = location.filter(|_| response.status().is_redirection()).and_then(|to| url.join(to).ok());
        match target {
            Some(target) if ["http", "https"].contains(&target.scheme()) => url = target,
            Some(target) => {
                return Err(Refusal::invalid(format!("the artifact {words} leads to {}", target.scheme())));
            }
            None => return Ok(response),
        }
    }
    Err(Refusal::invalid(format!("the artifact {words} leads on and on: more than {MOST_REDIRECTS} redirects")))
}

fn broken(words: &str, error: &reqwest::Error) -> Refusal {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Refusal::unavailable(format!("cannot fetch the artifact {words}: {cause}; try again when its server answers"))
}

/// Copies at most one byte more than `limit`; returns how many, and their digest.
pub(super) async fn pour(from: impl AsyncRead, to: &Path, limit: u64) -> Result<(u64, String), Refusal> {
    let mut from = std::pin::pin!(from.take(limit.saturating_add(1)));
    let mut file = File::create(to).await.map_err(|error| storage(&error))?;
    let (mut sha, mut total, mut buffer) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let read = from.read(&mut buffer).await.map_err(|error| storage(&error))?;
        if read == 0 {
            break;
        }
        total += read as u64;
        sha.update(&buffer[..read]);
        file.write_all(&buffer[..read]).await.map_err(|error| storage(&error))?;
    }
    file.flush().await.map_err(|error| storage(&error))?;
    Ok((total, hex(&sha.finalize())))
}
