//! What changed: executions by the time of their last change, for whoever follows all of them.
//!
//! It is a feed of states: an execution stands in it once, at its last change, with what its head says now. What it was
//! in between is in its events.
//!
//! # Following
//! Ask from a time, tell what is new of the answer, and ask again from [`Changes::settled`]. Who does so misses no
//! execution's last state. The answers overlap: what was told already is found in them again, as the same [`Change`].

use gennaker_base::Timestamp;

/// Which changes are asked for.
#[derive(Debug, Clone, Default)]
pub struct ChangeQuery {
    /// Of executions of one of these kinds; empty means any.
    pub kinds: Vec<String>,
    /// Of executions of this group.
    pub group: Option<String>,
    /// Changed at or after.
    pub from: Timestamp,
    /// Of those changed at `from`, only ids after this one: where the last page ended.
    pub after: Option<String>,
    /// So many at most; 0 asks for [`Changes::settled`] alone.
    pub limit: u32,
}

/// An answer: a page of changes, the oldest first, then by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// The changes. Less than were asked for means that there are no more.
    pub changes: Vec<Change>,
    /// What is not to be seen yet will have changed at this time or later. Who read several pages goes on from that of the
    /// first one.
    pub settled: Timestamp,
}

/// An execution at its last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: String,
    /// What kind of work it is.
    pub kind: String,
    /// Its group.
    pub group: String,
    /// The definition that it runs.
    pub definition: Option<String>,
    /// The definition's name.
    pub name: Option<String>,
    /// Its status.
    pub status: String,
    /// The number of its last event.
    pub sequence: u64,
    /// Whether it has ended.
    pub is_over: bool,
    /// When it was created or last committed, by the store's clock. It does not run behind an earlier change's.
    pub changed: Timestamp,
}
