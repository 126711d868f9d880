//! Jobs: one of an application, with the application as clients expect it.

use gennaker_wire::Job;

use super::{Error, Result, View};

impl View {
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
