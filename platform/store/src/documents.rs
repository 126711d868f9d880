//! Small documents: what is written by hand or seldom, and read by every node.

use async_trait::async_trait;
use gennaker_base::Timestamp;

use crate::Result;

/// How many revisions of a document are kept.
pub const KEPT_REVISIONS: u64 = 100;

/// A document at one revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The group, which is whose documents they are.
    pub group: String,
    /// The name, unique in the group.
    pub name: String,
    /// 1 for the first, and one more with each write, removals included; it goes on after a removal.
    pub revision: u64,
    /// When it was written, by the store's clock.
    pub at: Timestamp,
    /// The content; `None` says that this revision removed it.
    pub body: Option<String>,
}

/// What a write expects to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// No document of that name.
    Absent,
    /// A document of that name, of any revision.
    Present,
    /// This revision, which may be that of a removal.
    Revision(u64),
}

/// Small documents by group and name, with their history.
///
/// * A write is judged by [`Expected`] and kept in one transaction; of racing writers that expect the same, one wins.
/// * What was answered is seen by the next read through every handle.
/// * The last [`KEPT_REVISIONS`] of a name are kept, also after it was removed.
#[async_trait]
pub trait Documents: Send + Sync + 'static {
    /// Writes the next revision; `None` removes the document.
    ///
    /// # Errors
    /// `Conflict` if what stands there is not what was expected; `NotFound` if a document was expected and none is there.
    async fn put_document(&self, group: &str, name: &str, body: Option<String>, expected: Expected)
    -> Result<Document>;

    /// The documents of a group that are there, by name.
    async fn documents(&self, group: &str) -> Result<Vec<Document>>;

    /// The revisions of a document that are kept, the newest first; none if there never was one.
    async fn document_history(&self, group: &str, name: &str) -> Result<Vec<Document>>;
}
