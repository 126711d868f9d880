//! The contract of an object store: what every backend guarantees.
//!
//! - A write is atomic and durable: when it returned, the object is on disk; after a crash in the middle the object is
//!   either the old or the new one.
//! - A conditional write is decided against the object as it is at the moment of the write, by all processes that use
//!   the store.
//! - `get` after `put` gives what was put. `list` may lag behind on a store that lists eventually, so whoever needs the
//!   present state of one object gets it.
//! - What a write replaces or a delete removes stays in the history, up to the store's limit.
//!
//! It fits S3 as well as a folder: a [`Version`] is an entity tag (`If-Match`, `If-None-Match: *`), a [`Revision`] an
//! object version, [`Entry::stamp`] the entity tag of a listing. There is no rename and no write to several objects at
//! once, since S3 has neither. Keys compare byte by byte; callers fold their case themselves.

use async_trait::async_trait;
use bytes::Bytes;
use gennaker_base::Timestamp;

use crate::{Key, Result};

/// A store of named objects. See the module for what each implementation guarantees.
#[async_trait]
pub trait Objects: Send + Sync + 'static {
    /// All objects below `prefix/`, in the order of their keys. None are below a prefix that does not exist.
    async fn list(&self, prefix: &Key) -> Result<Listing>;

    /// One object, or `None` if there is none.
    async fn get(&self, key: &Key) -> Result<Option<Object>>;

    /// Writes an object and gives its new version.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if the condition does not hold; nothing is written then.
    async fn put(&self, key: &Key, bytes: Bytes, condition: Condition) -> Result<Version>;

    /// Removes an object and says whether there was one.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if the condition does not hold; nothing is removed then.
    async fn delete(&self, key: &Key, condition: Condition) -> Result<bool>;

    /// The revisions of an object, newest first and at most `limit`. The first is the present object unless it was
    /// deleted.
    async fn history(&self, key: &Key, limit: usize) -> Result<Vec<Revision>>;

    /// The object as it was in the revision of that id, or `None` if the history does not have it (any more).
    async fn get_version(&self, key: &Key, revision: &str) -> Result<Option<Object>>;
}

/// When a write may happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// In any case.
    Any,
    /// Only if there is no such object.
    IfAbsent,
    /// Only if the object has this version.
    IfVersion(Version),
}

impl Condition {
    /// Whether the condition holds for an object of version `current`; `None` is no object.
    pub fn holds(&self, current: Option<&Version>) -> bool {
        match self {
            Condition::Any => true,
            Condition::IfAbsent => current.is_none(),
            Condition::IfVersion(version) => current == Some(version),
        }
    }
}

/// The version of an object's content, opaque; equal content may have an equal version, as with S3's entity tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(pub String);

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The content.
    pub bytes: Bytes,
    /// The content's version, for [`Condition::IfVersion`].
    pub version: Version,
    /// When it was written.
    pub modified: Timestamp,
}

/// An object as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name.
    pub key: Key,
    /// Differs from the stamp of an earlier listing if the object was written since; comparable with nothing else.
    pub stamp: String,
    /// When it was written.
    pub modified: Timestamp,
}

/// A place that a listing could not look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The objects whose keys begin so may exist or not.
    pub prefix: String,
    /// What is wrong and what to do.
    pub reason: String,
}

/// What a listing found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The objects in the order of their keys.
    pub entries: Vec<Entry>,
    /// The places that it could not look into.
    pub unread: Vec<Unread>,
}

/// One past or present content of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The id, for [`Objects::get_version`].
    pub id: String,
    /// When it was written; not earlier than the revision before, and strictly later in a folder. A bucket's times have
    /// whole seconds.
    pub modified: Timestamp,
}
