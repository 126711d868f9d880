//! Executions: owned, recorded, resumable pieces of work.
//!
//! An execution is a [`Head`] row, its [`Part`] rows, one [`Event`] row for each change, the [`Signal`]s that wait for
//! its owner, and a due time. In orca the parts are stages; in clouddriver an operation has a head only.
//!
//! # Life
//! [`Executions::create`] stores it, owned at once by its creator if that is asked. The owner drives it with
//! [`Executions::commit`]. An execution that only waits is released ([`Ahead::Wait`]): nobody owns it until its due time
//! comes or a signal arrives. [`Executions::claim`] takes what waits for an owner: due, signalled, never owned, or owned
//! by a node whose lease is dead. An ended execution ([`Ahead::Ended`]) is claimed again only for a signal (a restart), or at
//! the due time of its end: as long as somebody has to be told of that ([`Executions::told`]).
//!
//! How many may be under way at a time is the matter of limits: see [`Place`].

mod change;
mod changes;
mod limits;
mod owner;
mod query;
mod rows;

use async_trait::async_trait;
use gennaker_base::Timestamp;

pub use self::{
    change::{Ahead, Commit, Committed, Created, Due, NewExecution, Told},
    changes::{Change, ChangeQuery, Changes},
    limits::{Next, Place, PlaceChange, Standing},
    owner::{Fence, Owner},
    query::{Claim, Claimed, Expiry, Order, Past, Query, Unreadable},
    rows::{Event, Execution, Head, NewEvent, Part, Signal},
};
use crate::Result;

/// Owned, recorded, resumable work.
///
/// * An answered write survives the death of the process and, as far as the backend promises it, of the machine.
/// * Of two claims of one execution at most one succeeds; of two owners at most one can commit.
/// * A refused commit leaves nothing behind and leaves other executions' commits alone.
/// * Signals of one execution are numbered in the order in which they were answered; each is taken once.
/// * A place under a limit is taken, given back and given on in the transaction of the change that does it ([`Place`]).
#[async_trait]
pub trait Executions: Send + Sync + 'static {
    /// Stores a new execution unless its id, request or correlation is known.
    ///
    /// A fence that is not refused is remembered whatever the answer is: a new owner that asks again under the old
    /// request id gets [`Created::Existing`] and shuts the former owner out by it. The request of a deleted execution
    /// is answered as its id is, with [`Created::Deleted`] until the tombstone ends. Of id, request and correlation the
    /// first that is known decides; a correlation is looked for at creation only, so that a restart of an ended
    /// execution may make two of them run.
    ///
    /// If it needs a place and there is none, it is stored waiting (see [`Place`]).
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
    async fn commit(&self, commit: Commit) -> Result<Committed>;

    /// Clears the due times of ends of which everybody was told that has to be. An execution that has an owner, is not over, or
    /// has another last event by now is left alone: its next end is another one.
    async fn told(&self, told: Vec<Told>) -> Result<()>;

    /// Takes ownership of executions that wait for an owner, the longest-waiting first.
    ///
    /// What cannot be read does not keep the others from being claimed, nor is it met again and again: see
    /// [`Claimed::unreadable`].
    ///
    /// The due time stays as it is: an owner that has seen it sets another one, or [`Due::Never`]. Await a claim to its
    /// end: what it took belongs to the claimer until it commits or its lease ends, also if nobody reads the answer.
    ///
    /// # Errors
    /// `Fenced` if the claiming owner is not a living node.
    async fn claim(&self, claim: Claim) -> Result<Claimed>;

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

    /// The executions that a query finds. One that cannot be read is left out, and named in the log.
    async fn list(&self, query: &Query) -> Result<Vec<Execution>>;

    /// The events of an execution after number `after`, at most `limit` of them.
    async fn events(&self, id: &str, after: u64, limit: u32) -> Result<Vec<Event>>;

    /// The executions that were created or committed at or after a time, in the order of their last change, without their
    /// bodies. Claims and signals are no changes; a deleted execution is left out, and so is one that an older version
    /// changed last. Packing leaves it as it is.
    ///
    /// At least once: who asks again from [`Changes::settled`] misses no execution's last state, and finds again what it
    /// knows already.
    async fn changed(&self, query: &ChangeQuery) -> Result<Changes>;

    /// Packs at most `limit` executions that have ended and nobody owns or signalled, so that they take less room.
    /// Returns how many it packed; less than `limit` means that there are no more. It changes nothing that the other
    /// operations answer; an execution that is claimed again is unpacked by it.
    async fn compact(&self, limit: u32) -> Result<u32>;

    /// Executions that have ended, are old enough, are neither owned nor signalled, and have no due time any more: of the
    /// first kind, the oldest creation first, then of the next kind.
    async fn expired(&self, expiry: &Expiry) -> Result<Vec<Past>>;

    /// Deletes an ended execution with all its rows and leaves a tombstone until `keep`, so that the event which made
    /// it does not make it again. A time that is over leaves none.
    ///
    /// # Errors
    /// `NotFound` if there is no such execution, `Conflict` if it has not ended, or if its end is due: somebody has to be
    /// told of it ([`Executions::told`]), who would never hear of it.
    async fn delete(&self, id: &str, keep: Timestamp) -> Result<()>;

    /// Forgets at most `limit` tombstones whose time is over, and as many fences under which nobody has asked since
    /// `before`. Returns how many; less than `limit` means that there are no more. A fence counts as asked under for an
    /// hour longer than it was.
    async fn tidy(&self, before: Timestamp, limit: u32) -> Result<u32>;
}
