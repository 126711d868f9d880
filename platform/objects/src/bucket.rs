//! Objects in a bucket of S3, or of a server that speaks its protocol, which many processes may use at a time.
//!
//! An object's key is its key in the bucket, so an existing bucket is used as it stands.
//!
//! - A write is one `PutObject` with its SHA-256, under `If-Match` or `If-None-Match`, so it is atomic, and of two writers
//!   one wins. [`BucketObjects::open`] finds out whether the server keeps these conditions, and refuses one that does not.
//! - Each request has a deadline, and is sent again after an error that may pass. If a conditional write then finds its
//!   condition broken, the object is read: if it is what was written, the first try was carried out.
//! - The history is what the bucket's versioning keeps. Without it there is the present object only, and
//!   [`BucketObjects::notices`] says so.
//! - Times have whole seconds, as S3 tells them; revisions of one second are in the order in which they were written.
//! - An object without an entity tag (a file put by hand behind a gateway) is compared and then replaced, in two steps.
//!
//! A version is the entity tag. Requests are made here and signed by reqsign, opendal's signer, and not by opendal itself:
//! opendal 0.59 trims blanks off keys, so that two keys would be one object; tells error codes as text only; cannot ask
//! whether a bucket is versioned; and writes a configured secret to the log at the level `debug`.

mod address;
mod client;
mod options;
mod probe;
mod problem;
mod read;
mod reader;
mod xml;

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use gennaker_base::SharedClock;
use http::{Method, StatusCode};
use sha2::{Digest as _, Sha256};

use self::{
    client::{Answer, Call, Client, Failure},
    probe::Server,
};
pub use self::{
    options::{BucketOptions, Encryption},
    problem::Problem,
    reader::{BucketReader, Reading},
};
use crate::{Condition, Error, Key, Listing, Object, Objects, Result, Revision, Version};

/// How many bytes an answer may have that is no object.
const ANSWER_LIMIT: u64 = 64 << 20;
/// What the version of an object begins with for which the server tells no entity tag.
const UNTAGGED: &str = "content:";

/// The objects of a bucket. Clones are the same store.
#[derive(Clone)]
pub struct BucketObjects {
    bucket: Arc<Bucket>,
}

struct Bucket {
    client: Client,
    options: BucketOptions,
    server: Server,
}

impl BucketObjects {
    /// Asks the bucket whether it keeps a history, and its server whether it keeps conditions: it writes
    /// [`BucketOptions::scratch`] for that, unless the bucket is read-only.
    ///
    /// # Errors
    /// If the options cannot be used, the bucket does not answer or refuses, or its server keeps no conditions.
    pub async fn open(options: BucketOptions, clock: SharedClock) -> Result<BucketObjects> {
        let fail = |problem| Error::Bucket { bucket: options.bucket.clone(), problem };
        let client = Client::new(&options, clock).map_err(fail)?;
        let server = probe::look(&client, &options).await.map_err(fail)?;
        Ok(BucketObjects { bucket: Arc::new(Bucket { client, options, server }) })
    }

    /// Where the bucket is, for people.
    pub fn address(&self) -> &str {
        self.bucket.client.address()
    }

    /// What works less well than it could with this bucket: sentences for the log and the health.
    pub fn notices(&self) -> &[String] {
        &self.bucket.server.notices
    }
}

#[async_trait]
impl Objects for BucketObjects {
    async fn list(&self, prefix: &Key) -> Result<Listing> {
        self.bucket.list(prefix).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Object>> {
        self.bucket.get(key, None).await
    }

    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version> {
        self.bucket.put(key, bytes, condition).await
    }

    async fn delete(&self, key: &Key, condition: Condition) -> Result<bool> {
        self.bucket.delete(key, &condition).await
    }

    async fn history(&self, key: &Key, limit: usize) -> Result<Vec<Revision>> {
        self.bucket.history(key, limit).await
    }

    async fn get_version(&self, key: &Key, revision: &str) -> Result<Option<Object>> {
        if !self.bucket.server.has_history {
            let is_present = revision == read::PRESENT;
            return if is_present { self.bucket.get(key, None).await } else { Ok(None) };
        }
        if revision.is_empty() {
            return Ok(None);
        }
        self.bucket.get(key, Some(revision)).await
    }
}

/// The condition of a request, as its header.
enum Guard {
    None,
    Absent,
    Tag(String),
}

impl Guard {
    fn of(condition: &Condition) -> Guard {
        match condition {
            Condition::Any => Guard::None,
            Condition::IfAbsent => Guard::Absent,
            Condition::IfVersion(Version(tag)) => Guard::Tag(format!("\"{tag}\"")),
        }
    }

    fn header(&self) -> Option<(&'static str, &str)> {
        match self {
            Guard::None => None,
            Guard::Absent => Some(("if-none-match", "*")),
            Guard::Tag(tag) => Some(("if-match", tag)),
        }
    }
}

impl Bucket {
    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version> {
        let (size, limit) = (bytes.len() as u64, self.options.object_limit);
        if size > limit {
            return Err(Error::TooLarge { key: key.clone(), size, limit });
        }
        self.check_writable()?;
        if is_untagged(&condition) {
            self.check_by_reading(key, &condition).await?;
            return self.put_guarded(key, &bytes, &Guard::None).await?.ok_or_else(|| conflict(key));
        }
        if let Some(version) = self.put_guarded(key, &bytes, &Guard::of(&condition)).await? {
            return Ok(version);
        }
        if condition == Condition::IfAbsent
            && let Some(tag) = self.tag_of_deleted(key).await?
            && let Some(version) = self.put_guarded(key, &bytes, &Guard::Tag(tag)).await?
        {
            return Ok(version);
        }
        Err(conflict(key))
    }

    /// Writes under a condition; `None` if that does not hold.
    async fn put_guarded(&self, key: &Key, bytes: &Bytes, guard: &Guard) -> Result<Option<Version>> {
        const DOING: &str = "the write of an object";
        let checksum = BASE64_STANDARD.encode(Sha256::digest(bytes));
        let mut headers = vec![("x-amz-checksum-sha256", checksum.as_str())];
        headers.extend(guard.header());
        headers.extend(self.options.encryption.map(|it| ("x-amz-server-side-encryption", it.header())));
        let answer = self.send(key, Method::PUT, &[], &headers, bytes.clone()).await?;
        if answer.status.is_success() {
            return match answer.etag() {
                Some(tag) => Ok(Some(Version(tag.to_owned()))),
                None => Ok(self.get(key, None).await?.map(|object| object.version)),
            };
        }
        let guarded = guard.header().is_some();
        let broken = match answer.status {
            StatusCode::PRECONDITION_FAILED => guarded,
            // Another write under a condition was on its way each time.
            StatusCode::CONFLICT => guarded && answer.code() == "ConditionalRequestConflict",
            StatusCode::NOT_FOUND => guarded && is_absent(&answer),
            _ => false,
        };
        if !broken {
            return Err(self.refused(&answer, DOING));
        }
        if answer.repeated {
            return match self.get(key, None).await? {
                Some(object) if object.bytes == *bytes => Ok(Some(object.version)),
                _ => Err(Error::Uncertain { key: key.clone() }),
            };
        }
        Ok(None)
    }

    /// The entity tag that an object had when it was deleted, if its newest version is a deletion.
    ///
    /// versitygw 1.8 takes the marker of a deletion for an object, so that `If-None-Match: *` fails, but compares the tag
    /// that the object had: whoever writes under it is the first to make the object again. On a server that does neither
    /// the condition that is made of it fails. The tag and the marker are of one listing: another who made the object in
    /// between has given it another tag, unless it is the very content that was deleted.
    async fn tag_of_deleted(&self, key: &Key) -> Result<Option<String>> {
        if !self.server.has_history {
            return Ok(None);
        }
        let versions = self.versions(key, 1).await?;
        let newest = versions.kept.into_iter().next().filter(|_| versions.is_deleted);
        Ok(newest.and_then(|newest| newest.tag))
    }

    async fn delete(&self, key: &Key, condition: &Condition) -> Result<bool> {
        const DOING: &str = "the deletion of an object";
        self.check_writable()?;
        // The server does not say whether there was an object.
        let Some(current) = self.get(key, None).await? else {
            return if matches!(condition, Condition::IfVersion(_)) { Err(conflict(key)) } else { Ok(false) };
        };
        if !condition.holds(Some(&current.version)) {
            return Err(conflict(key));
        }
        let guard = if is_untagged(condition) { Guard::None } else { Guard::of(condition) };
        if guard.header().is_some() && !self.server.conditional_delete {
            return Err(self.fail(Problem::NoConditionalDelete));
        }
        let headers: Vec<_> = guard.header().into_iter().collect();
        let answer = self.send(key, Method::DELETE, &[], &headers, Bytes::new()).await?;
        match answer.status {
            status if status.is_success() => Ok(true),
            StatusCode::NOT_FOUND if is_absent(&answer) => {
                if answer.repeated || guard.header().is_none() {
                    Ok(true)
                } else {
                    Err(conflict(key))
                }
            }
            StatusCode::PRECONDITION_FAILED if guard.header().is_some() => {
                let gone = answer.repeated && self.get(key, None).await?.is_none();
                if gone { Ok(true) } else { Err(conflict(key)) }
            }
            _ => Err(self.refused(&answer, DOING)),
        }
    }

    /// Whether `condition` holds now; it may not hold any more when this returns.
    async fn check_by_reading(&self, key: &Key, condition: &Condition) -> Result<()> {
        let current = self.get(key, None).await?;
        let holds = condition.holds(current.map(|object| object.version).as_ref());
        if holds { Ok(()) } else { Err(conflict(key)) }
    }

    fn check_writable(&self) -> Result<()> {
        if self.options.read_only { Err(self.fail(Problem::ReadOnly)) } else { Ok(()) }
    }

    /// Sends a request about an object.
    async fn send(
        &self,
        key: &Key,
        method: Method,
        query: &[(&str, &str)],
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Result<Answer> {
        let limit = self.options.object_limit;
        let call = Call { method, key: Some(key.as_str()), query, headers, body, limit, open: false };
        match self.client.send(&call).await {
            Ok(answer) => Ok(answer),
            Err(Failure::Problem(problem)) => Err(self.fail(problem)),
            Err(Failure::TooLarge(size)) => Err(Error::TooLarge { key: key.clone(), size, limit }),
        }
    }

    fn refused(&self, answer: &Answer, doing: &'static str) -> Error {
        self.fail(self.client.problem(answer, doing))
    }

    fn fail(&self, problem: Problem) -> Error {
        Error::Bucket { bucket: self.options.bucket.clone(), problem }
    }
}

/// Whether the server says that there is no such object. A wrong key or a proxy may be a 404 as well.
fn is_absent(answer: &Answer) -> bool {
    answer.status == StatusCode::NOT_FOUND && matches!(answer.code().as_str(), "NoSuchKey" | "NoSuchVersion")
}

fn conflict(key: &Key) -> Error {
    Error::Conflict { key: key.clone() }
}

fn is_untagged(condition: &Condition) -> bool {
    matches!(condition, Condition::IfVersion(Version(version)) if version.starts_with(UNTAGGED))
}
