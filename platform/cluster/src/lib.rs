//! Node leases and epochs: whether this node is alive, under which epoch, and what time the store has.
//!
//! ```no_run
//! # async fn example(store: gennaker_store::SharedStore) -> Result<(), gennaker_cluster::Error> {
//! use std::sync::Arc;
//! use gennaker_base::SystemClock;
//! use gennaker_cluster::{Membership, Options};
//! use gennaker_store::Registration;
//!
//! let registration = Registration { node: "a".into(), address: String::new(), format: 1 };
//! let membership = Membership::join(store, registration, Options::default(), Arc::new(SystemClock)).await?;
//! let standing = membership.standing();
//! if let Some(owner) = standing.owner() {
//!     // Drive executions as `owner`, until:
//!     standing.lost(&owner).await;
//!     // Drop them all at once; `standing.owners()` tells the next owner.
//! }
//! membership.leave().await;
//! # Ok(())
//! # }
//! ```
//!
//! # The rule
//! A node joins with a lease of [`Options::ttl`] and gets an epoch. Two clocks judge that lease, and the holder's always
//! gives up first:
//!
//! * The store judges by its own clock: at the end of the lease others may claim what this node owned, and the lease is
//!   dead for good.
//! * The holder judges by its monotonic clock, counted from **before** the last successful renewal was **sent**, less
//!   [`Options::margin`]. The store began to count no earlier than that, so as long as the two clocks do not drift by
//!   the margin within one lease, [`Standing::owner`] answers `None` before anybody else can own anything.
//!
//! Once it has answered `None`, or the store refused a renewal, that epoch never comes back, not even if a late renewal
//! turns out to have succeeded: whoever drove executions has dropped them, so nobody would drive them under it. The node
//! joins again and gets a higher epoch, under which it claims what is free.
//!
//! # What it is not
//! The rule keeps two nodes from working at the same time; it is not what keeps data whole. A process can stop between
//! asking [`Standing::owner`] and acting. Every write therefore compares the owner in the store, and every call to
//! another service carries a fence. The monotonic clock stands still while a machine sleeps: a node that wakes believes in
//! its lease until its next renewal is refused, and its writes and calls are refused likewise.

mod error;
mod membership;
mod options;
mod renewal;
mod standing;
#[cfg(test)]
mod tests;

pub use self::{
    error::{Error, Result},
    membership::Membership,
    options::Options,
    standing::Standing,
};
