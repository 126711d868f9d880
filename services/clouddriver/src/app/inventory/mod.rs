//! What runs, as clients see it: pure functions over the newest snapshots of all accounts, taken at one moment.
//!
//! Shapes, filters and messages are upstream's (`ApplicationsController`, `ClusterController`, `ServerGroupController`,
//! `LoadBalancerController`, `InstanceController`, `SecurityGroupController`, `SearchController`).
//!
//! A read that names an account of which nothing is known yet fails as unavailable. It must not look as if nothing were
//! there: who waits for a server group to be gone would believe it. So does one that names an account which is not there, while not
//! every source of accounts has been read.

mod applications;
mod clusters;
mod instances;
mod introspection;
mod jobs;
mod last_good;
mod lists;
mod load_balancers;
mod projects;
mod search;
mod security_groups;
mod server_groups;
mod target;

use gennaker_base::Kind;
use gennaker_provider_api::Inventory;
use gennaker_wire::{LoadBalancer, ServerGroup};

use super::providers::{AccountNow, Providers};

pub(crate) use self::{
    last_good::ServedSince,
    lists::List,
    search::Search,
    security_groups::{By, SecurityGroups},
    server_groups::{Filter, whole},
    target::Place as TargetPlace,
};

/// All accounts at one moment.
pub(crate) struct View {
    accounts: Vec<AccountNow>,
    /// Whether these are all.
    complete: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    kind: Kind,
    message: String,
}

type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    fn not_found(message: impl Into<String>) -> Self {
        Error { kind: Kind::NotFound, message: message.into() }
    }

    /// Nothing is said of an account that is not there, while others may come.
    pub(crate) fn incomplete() -> Self {
        let message = "which accounts there are is not known yet: ask again in a moment".to_owned();
        Error { kind: Kind::Unavailable, message }
    }
}

impl View {
    /// The accounts as they are now.
    pub(crate) fn of(providers: &Providers) -> Self {
        // In this order: an account that came with the last source is among them.
        let complete = providers.is_complete();
        View { accounts: providers.accounts(), complete }
    }

    /// The inventory of an account; `None` for an unknown account.
    ///
    /// # Errors
    /// `Unavailable` if nothing is known of it yet, or it may be about to come.
    fn inventory(&self, account: &str) -> Result<Option<&Inventory>> {
        let Some(known) = self.accounts.iter().find(|known| known.name() == account) else {
            return if self.complete { Ok(None) } else { Err(Error::incomplete()) };
        };
        if known.inventory.freshness.confirmed.is_none() {
            let problem = known.problem().unwrap_or("its first answer has not come");
            return Err(Error {
                kind: Kind::Unavailable,
                message: format!("nothing is known of account {account} yet: {problem}"),
            });
        }
        Ok(Some(&known.inventory))
    }

    fn all_server_groups(&self) -> impl Iterator<Item = &ServerGroup> {
        self.accounts.iter().flat_map(|account| &account.inventory.server_groups)
    }

    fn all_load_balancers(&self) -> impl Iterator<Item = &LoadBalancer> {
        self.accounts.iter().flat_map(|account| &account.inventory.load_balancers)
    }

    fn server_groups_of<'a, 'b>(&'a self, application: &'b str) -> impl Iterator<Item = &'a ServerGroup> + use<'a, 'b> {
        self.all_server_groups().filter(move |group| is_of(group.moniker.app.as_deref(), application))
    }
}

/// Names of applications are the same in any case.
fn is_of(named: Option<&str>, application: &str) -> bool {
    named.is_some_and(|named| named.eq_ignore_ascii_case(application))
}

#[cfg(test)]
mod tests;
