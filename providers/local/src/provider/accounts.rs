//! The accounts: they come, change and go while the provider runs, and each has one task that follows its agent.
//!
//! An account that changes is a new one under the old name: whoever still works with the old one ends with it.

use std::{path::PathBuf, sync::Arc};

use gennaker_base::{Kind, SharedClock};
use gennaker_provider_api::{AccountDefinition, AccountState, Error, Inventory, Result};
use gennaker_wire::ObjectExt as _;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{AccountHandle, AccountOptions, follow::Follower};
use crate::client::Client;

/// The fields of a definition: those of every provider, and where the agent is.
const FIELDS: [&str; 7] =
    ["name", "type", "environment", "accountType", "permissions", "requiredGroupMembership", "stateDirectory"];

/// The accounts.
#[derive(Default)]
pub(super) struct Accounts {
    handles: watch::Sender<Arc<Vec<Arc<AccountHandle>>>>,
    states: watch::Sender<Arc<Vec<AccountState>>>,
}

/// Reads a definition: `{"type": "local", "name": ..., "stateDirectory": ..., "environment": ...}`.
pub(super) fn read(definition: &AccountDefinition) -> Result<AccountOptions> {
    let fields = &definition.fields;
    let mut findings: Vec<String> = fields
        .keys()
        .filter(|field| !FIELDS.contains(&field.as_str()))
        .map(|field| format!("a local account has no field {field}; it has {}", FIELDS.join(", ")))
        .collect();
    let state_directory = fields.text("stateDirectory").map(PathBuf::from).filter(|path| path.is_absolute());
    if state_directory.is_none() {
        findings.push("stateDirectory is missing: an absolute path, the --state of the account's agent".to_owned());
    }
    match state_directory.filter(|_| findings.is_empty()) {
        Some(state_directory) => Ok(AccountOptions {
            name: definition.name.clone(),
            state_directory,
            environment: fields.text("environment"),
        }),
        None => Err(Error::new(Kind::Invalid, findings.join("; "))),
    }
}

impl Accounts {
    /// The accounts as they are now.
    pub(super) fn states(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        self.states.subscribe()
    }

    /// The account of that name.
    pub(super) fn named(&self, name: &str) -> Result<Arc<AccountHandle>> {
        let handles = self.handles.borrow().clone();
        let found = handles.iter().find(|account| account.options.name == name).cloned();
        found.ok_or_else(|| {
            let known: Vec<_> = handles.iter().map(|account| account.options.name.as_str()).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            Error::new(Kind::NotFound, format!("there is no local account {name}; configured are: {known}"))
        })
    }

    /// Takes an account in, or in place of the one of that name unless it is the same.
    pub(super) fn put(&self, options: AccountOptions) {
        if self.named(&options.name).is_ok_and(|known| known.options == options) {
            return;
        }
        let empty = Inventory { account: options.name.clone(), ..Inventory::default() };
        let client = Client::new(options.state_directory.join("agent.sock"));
        let handle = Arc::new(AccountHandle { options, client, inventory: watch::Sender::new(Arc::new(empty)) });
        self.exchange(&handle.options.name.clone(), Some(handle));
    }

    /// Forgets the account of that name.
    pub(super) fn remove(&self, name: &str) {
        self.exchange(name, None);
    }

    fn exchange(&self, name: &str, new: Option<Arc<AccountHandle>>) {
        let state = new.as_ref().map(|handle| handle.state(Some("its agent was not reached yet".to_owned())));
        self.handles.send_modify(|handles| {
            let others = handles.iter().filter(|handle| handle.options.name != name).cloned();
            *handles = Arc::new(others.chain(new).collect());
        });
        self.states.send_modify(|states| {
            let others = states.iter().filter(|other| other.account.name != name).cloned();
            *states = Arc::new(others.chain(state).collect());
        });
    }

    /// Follows each account's agent while the account is there, until `shutdown`.
    pub(super) async fn follow(&self, clock: &SharedClock, shutdown: &CancellationToken) {
        let mut handles = self.handles.subscribe();
        let mut followed: Vec<(Arc<AccountHandle>, CancellationToken)> = Vec::new();
        let mut followers = JoinSet::new();
        while !shutdown.is_cancelled() {
            let wanted = handles.borrow_and_update().clone();
            followed.retain(|(account, stop)| {
                let keep = wanted.iter().any(|wanted| Arc::ptr_eq(wanted, account));
                if !keep {
                    stop.cancel();
                }
                keep
            });
            for account in wanted.iter() {
                if followed.iter().all(|(known, _)| !Arc::ptr_eq(known, account)) {
                    let stop = shutdown.child_token();
                    let follower = Follower::new(account.clone(), self.states.clone(), clock.clone());
                    followed.push((account.clone(), stop.clone()));
                    followers.spawn(async move { stop.run_until_cancelled(follower.run()).await });
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => break,
                _ = handles.changed() => {}
                Some(_) = followers.join_next() => {}
            }
        }
        while followers.join_next().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn definition(fields: Value) -> AccountDefinition {
        AccountDefinition::read(fields.as_object().expect("an object").clone()).expect("named")
    }

    #[test]
    fn a_definition_tells_all_that_is_wrong_with_it() {
        let right = json!({"type": "local", "name": "a", "stateDirectory": "/var/lib/a", "permissions": {}});
        assert_eq!(read(&definition(right)).expect("it is right").state_directory, PathBuf::from("/var/lib/a"));
        let wrong = json!({"type": "local", "name": "a", "stateDirectory": "here", "colour": "blue"});
        let error = read(&definition(wrong)).expect_err("it is wrong");
        assert!(error.message.contains("stateDirectory") && error.message.contains("colour"), "{error}");
    }

    #[test]
    fn an_account_comes_changes_and_goes() {
        let accounts = Accounts::default();
        let options = |folder: &str| AccountOptions {
            name: "a".to_owned(),
            state_directory: PathBuf::from(folder),
            environment: None,
        };
        let mut states = accounts.states();
        accounts.put(options("/one"));
        let first = accounts.named("a").expect("it is there");
        assert!(states.borrow_and_update()[0].account.problem.is_some());
        accounts.put(options("/one"));
        assert!(Arc::ptr_eq(&first, &accounts.named("a").expect("it is there")));
        assert!(!states.has_changed().expect("it lives"));
        accounts.put(options("/two"));
        assert!(!Arc::ptr_eq(&first, &accounts.named("a").expect("it is there")));
        assert_eq!(states.borrow_and_update().len(), 1);
        accounts.remove("a");
        assert!(accounts.named("a").is_err());
        assert!(states.borrow_and_update().is_empty());
    }
}
