//! The provider trait.

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Account, Operation};
use tokio::sync::watch;

use crate::{Inventory, Journal, Outcome, Request, Result};

/// An account as its provider has it now.
#[derive(Debug, Clone)]
pub struct AccountState {
    /// The account; `problem` says what is wrong with it, if anything is.
    pub account: Account,
    /// Its inventory: the newest snapshot, and a way to wait for the next.
    pub inventory: watch::Receiver<Arc<Inventory>>,
}

/// A cloud.
///
/// A broken account is isolated: it stays in [`Provider::accounts`] with its problem, is retried by the provider, and never
/// delays the start or another account.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The name under which clients know it, for example `kubernetes`.
    fn name(&self) -> &'static str;

    /// The accounts, as they are now and whenever one comes, goes, breaks or heals.
    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>>;

    /// Looks at the account now, so that its inventory is at least as new as this call. A provider that keeps up by itself
    /// within a moment does nothing.
    ///
    /// # Errors
    /// If the account cannot be looked at.
    async fn refresh(&self, _account: &str) -> Result<()> {
        Ok(())
    }

    /// The upstream names of the operations that it runs.
    fn operations(&self) -> &'static [&'static str];

    /// Checks a description without acting: everything that is wrong with it, for people.
    ///
    /// # Errors
    /// `Invalid` with all findings, `NotFound` for an unknown account, `Unsupported` for what this provider lacks.
    async fn validate(&self, operation: &Operation) -> Result<()>;

    /// Runs one operation to its end. It may be run again after a crash at any point, with the same request id and a
    /// higher epoch; what was done before is found and not done twice.
    ///
    /// # Errors
    /// As far as the person at the stage needs them. `Fenced` if a higher epoch of this task was seen: stop at once.
    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome>;

    /// The last lines of an instance's output, as they are, at most `bytes` long.
    ///
    /// # Errors
    /// `NotFound` for an unknown instance, `Unsupported` where there is no such thing.
    async fn console_output(&self, account: &str, region: &str, instance: &str, bytes: u64) -> Result<String>;
}
