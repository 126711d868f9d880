//! Reads objects that others put into a bucket: under any key, of any size, as they come.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use gennaker_objects::{BucketOptions, BucketReader, Key};
//!
//! let options = BucketOptions::new("builds", Key::new("unused")?);
//! let reader = BucketReader::new(options, Arc::new(gennaker_base::SystemClock))?;
//! if let Some(mut object) = reader.read("shop/1.2/shop.tgz").await? {
//!     while let Some(part) = object.part().await? {
//!         println!("{} bytes", part.len());
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The answer's head is asked for again after an error that may pass; a body that breaks off is an error. It asks nothing
//! of the bucket before it reads, writes nothing, and has no limit of its own: who reads stops when it is enough.

use std::time::Duration;

use bytes::Bytes;
use gennaker_base::SharedClock;
use http::Method;

use super::{
    ANSWER_LIMIT, BucketOptions, Problem,
    client::{Call, Client, Failure},
    is_absent,
};
use crate::{Error, Result};

const DOING: &str = "the reading of an object";
/// How long the server may be silent in the middle of an object.
const IDLE: Duration = Duration::from_secs(30);

/// Reads the objects of one bucket.
pub struct BucketReader {
    bucket: String,
    client: Client,
}

/// An object that is being read.
pub struct Reading<'a> {
    reader: &'a BucketReader,
    length: Option<u64>,
    body: Option<reqwest::Response>,
}

impl BucketReader {
    /// A reader of the bucket that the options name; [`BucketOptions::object_limit`] and
    /// [`BucketOptions::scratch`] are of no consequence.
    ///
    /// # Errors
    /// If the options cannot be used.
    pub fn new(options: BucketOptions, clock: SharedClock) -> Result<BucketReader> {
        let client = Client::new(&options, clock);
        let bucket = options.bucket;
        match client {
            Ok(client) => Ok(BucketReader { bucket, client }),
            Err(problem) => Err(Error::Bucket { bucket, problem }),
        }
    }

    /// The object under `key`, to be read; `None` if there is none.
    ///
    /// # Errors
    /// If the server cannot be reached, or refuses.
    pub async fn read(&self, key: &str) -> Result<Option<Reading<'_>>> {
        let call = Call {
            method: Method::GET,
            key: Some(key),
            query: &[],
            headers: &[],
            body: Bytes::new(),
            limit: ANSWER_LIMIT,
            open: true,
        };
        let answer = match self.client.send(&call).await {
            Ok(answer) => answer,
            Err(Failure::Problem(problem)) => return Err(self.fail(problem)),
            Err(Failure::TooLarge(_)) => return Err(self.fail(Problem::Unreadable { doing: DOING })),
        };
        if is_absent(&answer) {
            return Ok(None);
        }
        if !answer.status.is_success() {
            return Err(self.fail(self.client.problem(&answer, DOING)));
        }
        let length = answer.header("content-length").and_then(|length| length.parse().ok());
        Ok(Some(Reading { reader: self, length, body: answer.rest }))
    }

    fn fail(&self, problem: Problem) -> Error {
        Error::Bucket { bucket: self.bucket.clone(), problem }
    }
}

impl Reading<'_> {
    /// How many bytes the object has, if the server says.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next part; `None` after the last.
    ///
    /// # Errors
    /// If the answer breaks off, or falls silent for 30 s.
    pub async fn part(&mut self) -> Result<Option<Bytes>> {
        let Some(body) = &mut self.body else { return Ok(None) };
        match tokio::time::timeout(IDLE, body.chunk()).await {
            Ok(Ok(part)) => Ok(part),
            Ok(Err(error)) => Err(self.reader.fail(self.reader.client.unreachable(&error))),
            Err(_elapsed) => Err(self.reader.fail(self.reader.client.slow(IDLE))),
        }
    }
}
