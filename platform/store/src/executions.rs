//! Executions: owned, recorded, resumable pieces of work.
//!
//! An execution is a [`Head`] row, its [`Part`] rows, one [`Event`] row for each change, the [`Signal`]s that wait for
//! its owner, and a due time. In orca the parts are stages; in clouddriver an operation has a head only.
//!
//! # Life
//! [`Executions::create`] stores it, owned at once by its creator if that is asked. The owner drives it with
//! [`Executions::commit`]. An execution that only waits is released ([`Ahead::Wait`]): nobody owns it until its due time
//! comes or a signal arrives. [`Executions::claim`] takes what waits for an owner: due, signalled, never owned, or owned by a node
//! whose lease is dead. An ended execution ([`Ahead::Ended`]) is claimed again only for a signal (a restart).

use async_trait::async_trait;
use gennaker_base::Timestamp;

use crate::{Epoch, Result};

/// A node in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// The node's name.
    pub node: String,
    /// Its epoch.
    pub epoch: Epoch,
}

/// Who asks for a side effect: the receiver refuses a lower epoch than the highest it has seen for that execution.
/// On the wire: `X-Gennaker-Fence: <execution>/<epoch>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fence {
    /// The asking execution.
    pub execution: String,
    /// The epoch of its owner.
    pub epoch: Epoch,
}

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
    /// Who asks: refused with `Fenced` if a higher epoch of that execution was seen, else remembered in this write.
    pub fence: Option<Fence>,
}

/// How a creation went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Created {
    /// It is stored.
    New,
    /// An execution of that id, or of that request, was stored before: this is its id.
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
    /// Nobody owns it until its due time comes or a signal arrives. A signal that arrived meanwhile makes it claimable at
    /// once; none is lost.
    Wait,
    /// It is over: nobody owns it, and it has no due time.
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
}

/// What a node asks to own.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who claims.
    pub owner: Owner,
    /// The kinds of work that it runs.
    pub kinds: Vec<String>,
    /// The highest format that it reads.
    pub format: u32,
    /// How many at most.
    pub limit: u32,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By creation, the newest first; of equal times the highest id first.
    #[default]
    NewestFirst,
    /// By creation, the oldest first: the exact reverse of the other order.
    OldestFirst,
}

/// A list's filter; an empty field filters nothing.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// With one of these ids.
    pub ids: Vec<String>,
    /// Of this group.
    pub group: Option<String>,
    /// Of one of these definitions.
    pub definitions: Vec<String>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
    /// Created at or after.
    pub from: Option<Timestamp>,
    /// Created before.
    pub until: Option<Timestamp>,
    /// The order.
    pub order: Order,
    /// So many are passed over.
    pub offset: u32,
    /// So many at most; 0 means 1,000.
    pub limit: u32,
    /// So many at most of each definition, the newest ones, counted after all filters but before `offset` and `limit`.
    /// What runs no definition counts as one definition.
    pub limit_per_definition: Option<u32>,
}

/// Owned, recorded, resumable work.
///
/// * An answered write survives the death of the process and, as far as the backend promises it, of the machine.
/// * Of two claims of one execution at most one succeeds; of two owners at most one can commit.
/// * A refused commit leaves nothing behind and leaves other executions' commits alone.
/// * Signals of one execution are numbered in the order in which they were answered; each is taken once.
#[async_trait]
pub trait Executions: Send + Sync + 'static {
    /// Stores a new execution unless its id or request is known.
    ///
    /// A fence that is not refused is remembered whatever the answer is: a new owner that asks again under the old
    /// request id gets [`Created::Existing`] and shuts the former owner out by it. The request of a deleted execution
    /// is answered as its id is, with [`Created::Deleted`] until the tombstone ends.
    ///
    /// # Errors
    /// `Fenced` if its fence's epoch is lower than one seen before, or if `owner` is not a living node.
    async fn create(&self, new: NewExecution) -> Result<Created>;

    /// Stores one change by the owner. `removed` goes before `parts`; `taken` is what it took of the waiting signals.
    ///
    /// # Errors
    /// `Fenced` if the owner does not own it (any more, or because it is gone), `Conflict` if `after` is not the last
    /// event, if a taken signal does not wait or if the head has another id, `Unknown` if the backend cannot say
    /// whether it is stored.
    async fn commit(&self, commit: Commit) -> Result<()>;

    /// Takes ownership of executions that wait for an owner, the longest-waiting first.
    ///
    /// The due time stays as it is: an owner that has seen it sets another one, or [`Due::Never`]. Await a claim to its
    /// end: what it took belongs to the claimer until it commits or its lease ends, also if nobody reads the answer.
    ///
    /// # Errors
    /// `Fenced` if the claiming owner is not a living node.
    async fn claim(&self, claim: Claim) -> Result<Vec<Execution>>;

    /// The earliest due time of the ownerless executions of these kinds, come or not: when to claim next.
    async fn next_due(&self, kinds: &[String]) -> Result<Option<Timestamp>>;

    /// Records a command. It is taken by whoever owns the execution, or makes it claimable.
    ///
    /// # Errors
    /// `NotFound` if there is no such execution.
    async fn signal(&self, id: &str, body: String) -> Result<Signal>;

    /// The ids of the owner's executions that have signals which it has not taken.
    async fn signalled(&self, owner: &Owner) -> Result<Vec<String>>;

    /// The signals of an execution that nobody has taken, in order.
    async fn signals(&self, id: &str) -> Result<Vec<Signal>>;

    /// An execution as it is stored.
    ///
    /// # Errors
    /// `NotFound` if there is no such execution.
    async fn load(&self, id: &str) -> Result<Execution>;

    /// The executions that a query finds.
    async fn list(&self, query: &Query) -> Result<Vec<Execution>>;

    /// The events of an execution after number `after`, at most `limit` of them.
    async fn events(&self, id: &str, after: u64, limit: u32) -> Result<Vec<Event>>;

    /// Deletes an ended execution with all its rows and leaves a tombstone until `keep`, so that the event which made
    /// it does not make it again.
    ///
    /// # Errors
    /// `NotFound` if there is no such execution, `Conflict` if it has not ended.
    async fn delete(&self, id: &str, keep: Timestamp) -> Result<()>;
}
