//! The provider trait.

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Image, Object, Operation, Plan, ScalingActivity};
use tokio::sync::watch;

use crate::{
    AccountDefinition, AccountState, Error, ImageQuery, Journal, LogFrom, LogPiece, Outcome, RefreshScope, Refreshed,
    Request, Result, operation::UNPLANNED,
};

/// A cloud.
///
/// A broken account is isolated: it stays in [`Provider::accounts`] with its problem, is retried by the provider, and never
/// delays the start or another account.
///
/// What a method does by default is the truth of a provider that has no such thing: `Unsupported`, in a sentence.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The name under which clients know it, for example `kubernetes`.
    fn name(&self) -> &'static str;

    /// The accounts, as they are now and whenever one comes, goes, breaks or heals.
    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>>;

    /// Checks the definition of an account without looking at the cloud.
    ///
    /// # Errors
    /// `Invalid` with all findings.
    fn check_account(&self, _definition: &AccountDefinition) -> Result<()> {
        Err(Error::unsupported(self.name(), "accounts that are defined while it runs"))
    }

    /// Takes an account in, or changes the one of that name, and returns at once: the account is listed when this returns,
    /// with a problem until the cloud was reached. The definition that it has already changes nothing. Only how it is
    /// reached changes: what runs in the account goes on.
    ///
    /// # Errors
    /// As [`Provider::check_account`]; then nothing is changed.
    fn put_account(&self, _definition: &AccountDefinition) -> Result<()> {
        Err(Error::unsupported(self.name(), "accounts that are defined while it runs"))
    }

    /// Forgets an account, and returns at once. What runs in it goes on; nobody looks after it any more.
    fn remove_account(&self, _name: &str) {}

    /// Looks at the cloud now, so that the inventory is at least as new as this call. A provider that keeps up by itself
    /// within a moment does nothing.
    ///
    /// # Errors
    /// If the account cannot be looked at; `Unavailable` if its budget of requests is used up.
    async fn refresh(&self, _scope: &RefreshScope) -> Result<Refreshed> {
        Ok(Refreshed::Follows)
    }

    /// The upstream names of the operations that it runs.
    fn operations(&self) -> &'static [&'static str];

    /// Checks a description without acting: everything that is wrong with it, for people.
    ///
    /// # Errors
    /// `Invalid` with all findings, `NotFound` for an unknown account, `Unsupported` for what this provider lacks.
    async fn validate(&self, operation: &Operation) -> Result<()>;

    /// What a valid operation would do now, without doing it: a plan of an `OPERATION`, whose steps are the changes that it
    /// would make, with what speaks against it as remarks. `before` are the operations of this provider that are done before
    /// it: a remark that holds no more after them is left out.
    ///
    /// # Errors
    /// `NotFound` for an unknown account, `Unsupported` if it plans nothing: then [`Error::is_unplanned`].
    async fn plan(&self, _operation: &Operation, _before: &[Operation]) -> Result<Plan> {
        Err(Error::unsupported(self.name(), UNPLANNED))
    }

    /// Runs one operation to its end. It may be run again after a crash at any point, with the same request id and a
    /// higher epoch; what was done before is found and not done twice.
    ///
    /// # Errors
    /// As far as the person at the stage needs them. `Fenced` if a higher epoch of this task was seen: stop at once.
    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome>;

    /// The images that are looked for, in any order: by default those of the inventories.
    ///
    /// # Errors
    /// If the cloud is asked and does not answer.
    async fn images(&self, query: &ImageQuery) -> Result<Vec<Image>> {
        let accounts = self.accounts().borrow().clone();
        let inventories = accounts.iter().map(|account| account.inventory.borrow().clone());
        let images = inventories.flat_map(|inventory| {
            inventory.images.iter().filter(|image| query.matches(image)).cloned().collect::<Vec<_>>()
        });
        Ok(images.collect())
    }

    /// The last lines of an instance's output, as they are, at most `bytes` long.
    ///
    /// # Errors
    /// `NotFound` for an unknown instance, `Unsupported` where there is no such thing.
    async fn console_output(&self, account: &str, region: &str, instance: &str, bytes: u64) -> Result<String>;

    /// A piece of the output of an instance or a job, at most `bytes` long; empty if there is nothing yet. It does not wait.
    ///
    /// # Errors
    /// `NotFound` if there is nothing of that id, `Unsupported` where output cannot be followed.
    async fn log(&self, _account: &str, _region: &str, _id: &str, _from: LogFrom, _bytes: u64) -> Result<LogPiece> {
        Err(Error::unsupported(self.name(), "output that can be followed"))
    }

    /// What a job left behind under the name `file`, as properties.
    ///
    /// # Errors
    /// `NotFound` for an unknown job or file, `Invalid` if it cannot be read as properties.
    async fn job_file(&self, _account: &str, _location: &str, _job: &str, _file: &str) -> Result<Object> {
        Err(Error::unsupported(self.name(), "jobs"))
    }

    /// What the cloud did to a server group by itself, the newest first.
    ///
    /// # Errors
    /// `NotFound` for an unknown server group.
    async fn scaling_activities(&self, _account: &str, _region: &str, _group: &str) -> Result<Vec<ScalingActivity>> {
        Err(Error::unsupported(self.name(), "scaling activities"))
    }
}
