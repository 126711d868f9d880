//! What a cloud provider implements; clouddriver knows providers only through this.
//!
//! A [`Provider`] has [`AccountState`]s that come and go, an [`Inventory`] that it keeps fresh by watching or polling, and
//! atomic operations under upstream's names. Reads never ask the provider: clouddriver serves the newest inventory
//! snapshot. Operations are owned, fenced and resumed by clouddriver; a provider makes each one safe to run again.
//!
//! It does no I/O and names no cloud.

mod inventory;
mod operation;
mod provider;

pub use self::{
    inventory::{Freshness, Inventory},
    operation::{Error, Journal, Outcome, Progress, Request, Result},
    provider::{AccountState, Provider},
};
