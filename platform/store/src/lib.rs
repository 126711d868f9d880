//! The storage traits: what each guarantees is written here and proved on every backend by `gennaker-store-tck`.
//!
//! * [`Executions`]: pieces of work that are owned by one node at a time, recorded before they act, and resumable
//!   by another node; with their events, signals and due times.
//! * [`Nodes`]: who is alive. Epochs come from one counter here; an expired lease is dead for good.
//! * [`Leases`]: what must run once, held by a living node.
//! * [`Fences`]: the highest epoch that was seen for each execution that asks for side effects.
//! * [`Documents`]: small documents with their history.
//!
//! A backend implements all of them over one database ([`Store`]). Bodies are opaque text: this crate knows no domain.
//!
//! # Fencing
//! Every write of an execution names its [`Owner`] and compares it with the row. A node that lost its lease cannot
//! write, however late it wakes; what it asks of other services is refused there by [`Fence`], because the receiver
//! remembers the highest epoch it has seen for that execution.

mod documents;
mod error;
mod executions;
mod fences;
mod leases;
mod nodes;

use std::sync::Arc;

pub use self::{
    documents::{Document, Documents, Expected, KEPT_REVISIONS},
    error::{Error, Result},
    executions::{
        Ahead, Change, ChangeQuery, Changes, Claim, Claimed, Commit, Committed, Created, Due, Event, Execution,
        Executions, Expiry, Fence, Head, NewEvent, NewExecution, Next, Order, Owner, Part, Past, Place, PlaceChange,
        Query, Signal, Standing, Told, Unreadable,
    },
    fences::Fences,
    leases::{Lease, Leases},
    nodes::{Epoch, Node, Nodes, Registration},
};

/// A whole store: one database behind all traits.
pub trait Store: Executions + Nodes + Leases + Fences + Documents {}

impl<T: Executions + Nodes + Leases + Fences + Documents> Store for T {}

/// A store shared between components.
pub type SharedStore = Arc<dyn Store>;
