//! What is stored of an execution: its head, parts, events and signals.

use gennaker_base::Timestamp;

use super::{limits::Standing, owner::Owner};
use crate::Epoch;

/// The first row of an execution: what lists filter by, and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The id, unique in the store.
    pub id: String,
    /// What kind of work, for example `pipeline`; nodes claim by kind.
    pub kind: String,
    /// What lists group by (in Spinnaker the application).
    pub group: String,
    /// The definition that it runs (in Spinnaker the pipeline config's id).
    pub definition: Option<String>,
    /// The definition's name at that time.
    pub name: Option<String>,
    /// The status as lists filter by it.
    pub status: String,
    /// When it was accepted.
    pub created: Timestamp,
    /// When its work began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The format of the bodies: a node claims only what it can read.
    pub format: u32,
    /// All else, JSON text.
    pub body: String,
}

/// One further row of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Unique in its execution.
    pub id: String,
    /// Parts are returned in this order, then by id.
    pub position: u32,
    /// JSON text.
    pub body: String,
}

/// A recorded change, before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, a short word.
    pub kind: String,
    /// When, by the owner's store-corrected clock.
    pub at: Timestamp,
    /// JSON text.
    pub body: String,
}

/// A recorded change. Numbers are per execution, from 1 without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The number.
    pub sequence: u64,
    /// The epoch of the owner that recorded it; `None` for the creation.
    pub epoch: Option<Epoch>,
    /// The change.
    pub event: NewEvent,
}

/// A command to an execution that waits for its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Its place among the execution's signals: they are taken in this order.
    pub sequence: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// JSON text.
    pub body: String,
}

/// An execution as it is stored.
#[derive(Debug, Clone)]
pub struct Execution {
    /// The head.
    pub head: Head,
    /// The parts, in order.
    pub parts: Vec<Part>,
    /// The owner, if it has one; that node may be dead.
    pub owner: Option<Owner>,
    /// The number of the last event.
    pub sequence: u64,
    /// The due time.
    pub due: Option<Timestamp>,
    /// The signals that nobody has taken.
    pub signals: Vec<Signal>,
    /// Whether it may begin, as far as a limit says so.
    pub place: Standing,
}
