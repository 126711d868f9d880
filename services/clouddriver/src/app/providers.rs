//! The clouds of this node and their accounts as they are now.

use std::sync::Arc;

use gennaker_provider_api::{AccountState, Inventory, Provider};
use gennaker_wire::Account;

/// The clouds: cheap to clone.
#[derive(Clone)]
pub(crate) struct Providers {
    list: Arc<[Arc<dyn Provider>]>,
}

/// An account with its newest snapshot.
#[derive(Clone)]
pub(crate) struct AccountNow {
    /// The cloud that it belongs to.
    pub(crate) provider: Arc<dyn Provider>,
    /// The account and its inventory's changes.
    pub(crate) state: AccountState,
    /// The snapshot.
    pub(crate) inventory: Arc<Inventory>,
}

impl Providers {
    pub(crate) fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        Providers { list: providers.into() }
    }

    /// All clouds.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.list.iter()
    }

    /// The cloud of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.list.iter().find(|provider| provider.name().eq_ignore_ascii_case(name))
    }

    /// The names of the clouds, for messages.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self.list.iter().map(|provider| provider.name()).collect();
        names.join(", ")
    }

    /// All accounts, by name; of two with one name the one of the first cloud.
    pub(crate) fn accounts(&self) -> Vec<AccountNow> {
        let mut accounts: Vec<AccountNow> = Vec::new();
        for provider in self.list.iter() {
            let states = provider.accounts().borrow().clone();
            for state in states.iter() {
                if accounts.iter().all(|known| known.name() != state.account.name) {
                    let inventory = state.inventory.borrow().clone();
                    accounts.push(AccountNow { provider: provider.clone(), state: state.clone(), inventory });
                }
            }
        }
        accounts.sort_by(|left, right| left.name().cmp(right.name()));
        accounts
    }

    /// The account of that name.
    pub(crate) fn account(&self, name: &str) -> Option<AccountNow> {
        self.accounts().into_iter().find(|account| account.name() == name)
    }
}

impl AccountNow {
    /// The account's name.
    pub(crate) fn name(&self) -> &str {
        &self.state.account.name
    }

    /// The account.
    pub(crate) fn account(&self) -> &Account {
        &self.state.account
    }

    /// What is wrong with it, if anything is.
    pub(crate) fn problem(&self) -> Option<&str> {
        self.account().problem.as_deref().or(self.inventory.freshness.problem.as_deref())
    }
}
