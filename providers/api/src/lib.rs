//! What a cloud provider implements; clouddriver knows providers only through this.
//!
//! A [`Provider`] has accounts that come and go ([`AccountDefinition`], [`AccountState`]), an [`Inventory`] that it keeps
//! fresh by watching or polling, and atomic operations under upstream's names. Reads are answered from the newest inventory
//! snapshot; only what no snapshot can hold is asked of the cloud ([`LogPiece`], a job's files, scaling activities).
//! What takes credentials of an artifact account is fetched for a provider ([`ArtifactSource`]).
//! Operations are owned, fenced and resumed by clouddriver; a provider makes each one safe to run again.
//!
//! It does no I/O and names no cloud. `docs/adr/0010-the-provider-trait-fits-ec2.md` walks a large cloud through it, and
//! `tests/it` has that walk as a program.

mod account;
mod artifact;
mod inventory;
mod look;
mod operation;
mod provider;

pub use self::{
    account::{AccountDefinition, AccountState},
    artifact::{ArtifactContent, ArtifactSource},
    inventory::{Freshness, Inventory, Shared},
    look::{ImageQuery, LogFrom, LogPiece, RefreshScope, Refreshed},
    operation::{Error, Journal, Outcome, Progress, Request, Result},
    provider::Provider,
};
