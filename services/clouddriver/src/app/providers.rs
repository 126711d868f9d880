//! The clouds of this node and their accounts as they are now, the broken ones among them.

use std::sync::Arc;

use gennaker_provider_api::{AccountState, Freshness, Inventory, Provider};
use gennaker_wire::Account;
use tokio::sync::watch;

use super::definitions::Missing;

/// The clouds: cheap to clone.
#[derive(Clone)]
pub(crate) struct Providers {
    list: Arc<[Arc<dyn Provider>]>,
    own: Option<Arc<dyn Provider>>,
    broken: Arc<watch::Sender<Arc<Vec<Broken>>>>,
    complete: Arc<watch::Sender<bool>>,
}

/// An account whose definition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Its name.
    pub(crate) name: String,
    /// The cloud that it is for.
    pub(crate) kind: String,
    /// What is wrong, and what to do.
    pub(crate) problem: String,
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
        Providers { list: providers.into(), own: None, broken: Arc::default(), complete: Arc::default() }
    }

    /// The same with operations of clouddriver's own, which belong to no cloud.
    pub(crate) fn with_own(self, own: Arc<dyn Provider>) -> Self {
        Providers { own: Some(own), ..self }
    }

    /// What runs this operation, if it is clouddriver's own.
    pub(crate) fn own(&self, operation: &str) -> Option<&Arc<dyn Provider>> {
        self.own.as_ref().filter(|own| own.operations().contains(&operation))
    }

    /// The names of all operations.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &'static str> {
        self.list.iter().chain(&self.own).flat_map(|provider| provider.operations().iter().copied())
    }

    /// All clouds.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.list.iter()
    }

    /// The cloud of that name; clouddriver itself has one, too.
    pub(crate) fn named(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.list.iter().chain(&self.own).find(|provider| provider.name().eq_ignore_ascii_case(name))
    }

    /// The names of the clouds, for messages.
    pub(crate) fn names(&self) -> String {
        let names: Vec<_> = self.list.iter().map(|provider| provider.name()).collect();
        names.join(", ")
    }

    /// Notes that every source of accounts has been read. Until then an account that is not there may be about to come, and nobody
    /// must take it for one that is gone.
    pub(crate) fn set_complete(&self) {
        self.complete.send_if_modified(|complete| !std::mem::replace(complete, true));
    }

    /// Whether every source of accounts has been read.
    pub(crate) fn is_complete(&self) -> bool {
        *self.complete.borrow()
    }

    /// Returns once every source of accounts has been read.
    pub(crate) async fn complete(&self) {
        let mut complete = self.complete.subscribe();
        // The sender is this one's own: it is there.
        let _complete = complete.wait_for(|complete| *complete).await;
    }

    /// Shows these accounts as broken from now on, and no others.
    pub(crate) fn set_broken(&self, broken: Vec<Broken>) {
        self.broken.send_if_modified(|shown| {
            let changed = **shown != broken;
            if changed {
                for account in broken.iter().filter(|account| !shown.contains(account)) {
                    tracing::warn!(account = account.name, problem = account.problem, "an account cannot be used");
                }
                *shown = Arc::new(broken);
            }
            changed
        });
    }

    /// When other accounts are broken.
    pub(crate) fn broken(&self) -> watch::Receiver<Arc<Vec<Broken>>> {
        self.broken.subscribe()
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
        let broken = self.broken.borrow().clone();
        for broken in broken.iter() {
            match accounts.iter_mut().find(|known| known.name() == broken.name) {
                // It works as it was before, and has a definition that does not.
                Some(known) => {
                    known.state.account.problem.get_or_insert_with(|| broken.problem.clone());
                }
                None => accounts.push(self.broken_account(broken)),
            }
        }
        accounts.sort_by(|left, right| left.name().cmp(right.name()));
        accounts
    }

    /// The account of that name.
    pub(crate) fn account(&self, name: &str) -> Option<AccountNow> {
        self.accounts().into_iter().find(|account| account.name() == name)
    }

    /// An account of which nothing is known but what is wrong with it.
    fn broken_account(&self, broken: &Broken) -> AccountNow {
        let account = Account {
            name: broken.name.clone(),
            kind: broken.kind.clone(),
            cloud_provider: broken.kind.clone(),
            environment: broken.name.clone(),
            account_type: broken.name.clone(),
            enabled: false,
            problem: Some(broken.problem.clone()),
            ..Account::default()
        };
        let freshness = Freshness { confirmed: None, problem: Some(broken.problem.clone()) };
        let inventory = Arc::new(Inventory { account: broken.name.clone(), freshness, ..Inventory::default() });
        let provider = self.named(&broken.kind).cloned().unwrap_or_else(|| Arc::new(Missing));
        let state = AccountState { account, inventory: watch::Sender::new(inventory.clone()).subscribe() };
        AccountNow { provider, state, inventory }
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
