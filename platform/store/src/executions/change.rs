//! How an execution comes to be and changes.

use gennaker_base::Timestamp;

use super::{
    limits::{Next, Place, PlaceChange},
    owner::{Fence, Owner},
    rows::{Head, NewEvent, Part},
};

/// What to store for a new execution.
#[derive(Debug, Clone)]
pub struct NewExecution {
    /// The head.
    pub head: Head,
    /// The parts.
    pub parts: Vec<Part>,
    /// The first event, number 1.
    pub event: NewEvent,
    /// The owner, if the creator drives it itself.
    pub owner: Option<Owner>,
    /// The id of the request that asks for it: a second one with the same id and kind gets the first one's execution.
    pub request: Option<String>,
    /// What it is about: as long as an execution of the same kind with the same correlation has not ended, a second one
    /// is not created, and its creator gets the first one. Unlike a request it may be used again after the end.
    pub correlation: Option<String>,
    /// The place that it needs before it may begin; `None`: no limit is asked.
    pub place: Option<Place>,
    /// Who asks: refused with `Fenced` if a higher epoch of that execution was seen, else remembered in this write.
    pub fence: Option<Fence>,
}

/// How a creation went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is stored.
    New {
        /// It waits for a place, and has no owner even if one was given.
        waits: bool,
    },
    /// An execution of that id, of that request, or with that correlation and not ended was stored before: this is its
    /// id.
    Existing(String),
    /// An execution of that id was deleted and its tombstone stands: nothing is created.
    Deleted,
}

/// The next due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// As it is.
    Keep,
    /// At that time.
    At(Timestamp),
    /// None.
    Never,
}

/// What becomes of an execution after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// The owner goes on.
    Keep,
    /// Nobody owns it until its due time comes or a signal arrives. A signal, or a place, that it got meanwhile makes it
    /// claimable at once; none is lost. While it waits for a place it has no due time.
    Wait,
    /// It is over: nobody owns it, and its place is free. It has a due time only if the commit sets one: at that time it is
    /// claimable, so that whoever has to know of its end is told even if the owner dies after this commit.
    Ended,
}

/// One atomic change of an execution by its owner: all of it is stored, or nothing.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The execution.
    pub id: String,
    /// The owner, compared with the row.
    pub owner: Owner,
    /// The head, if it changed.
    pub head: Option<Head>,
    /// The parts that changed or are new.
    pub parts: Vec<Part>,
    /// The ids of parts that are gone.
    pub removed: Vec<String>,
    /// The number of the last event that the owner knows; the new ones follow it.
    pub after: u64,
    /// What happened.
    pub events: Vec<NewEvent>,
    /// The signals that were taken.
    pub taken: Vec<u64>,
    /// The next due time.
    pub due: Due,
    /// What becomes of it.
    pub ahead: Ahead,
    /// Whether it needs a place from now on, as an ended execution does that is to run again.
    pub place: PlaceChange,
    /// Who gets the place that it held, if this commit gives it back.
    pub next: Next,
}

/// An end of which everybody was told that has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The execution.
    pub id: String,
    /// The number of the last event at that end.
    pub sequence: u64,
}

/// What a commit did besides storing the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// It waits for a place. If the commit asked for the place ([`PlaceChange::Take`]), nobody owns it any more.
    pub waits: bool,
    /// Others became claimable by this commit, with a place or with a signal that they are superseded: look for them at
    /// once.
    pub granted: bool,
}
