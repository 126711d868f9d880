//! Jobs: one by its name, and those of an application.

use std::cmp::Reverse;

use gennaker_wire::Job;

use super::{Error, Result, View, is_of};

impl View {
    /// An application's jobs, those that run and those that are over, the newest first.
    pub(crate) fn jobs(&self, application: &str) -> Vec<&Job> {
        let all = self.accounts.iter().flat_map(|account| &account.inventory.jobs);
        let mut found: Vec<&Job> = all.filter(|job| is_of(job.moniker.app.as_deref(), application)).collect();
        found.sort_by_key(|job| (Reverse(job.created_time), &job.account, &job.name));
        found
    }

    /// A job by its id or name.
    ///
    /// # Errors
    /// If there is none, or nothing is known of the account yet.
    pub(crate) fn job(&self, account: &str, location: &str, id: &str) -> Result<&Job> {
        let found = self.inventory(account)?.and_then(|inventory| inventory.job(location, id));
        found.ok_or_else(|| {
            Error::not_found(format!("Job not found (account: {account}, location: {location}, id: {id})"))
        })
    }
}
