//! Following one agent: its newest state becomes the account's inventory.

use std::{sync::Arc, time::Duration};

use gennaker_base::{Backoff, SharedClock};
use gennaker_provider_api::{AccountState, Freshness, Inventory};
use tokio::sync::watch;

use super::{AccountHandle, view};
use crate::{client, protocol::Snapshot};

/// Follows one agent for as long as it is polled.
pub(super) struct Follower {
    account: Arc<AccountHandle>,
    states: watch::Sender<Arc<Vec<AccountState>>>,
    clock: SharedClock,
}

impl Follower {
    pub(super) fn new(
        account: Arc<AccountHandle>,
        states: watch::Sender<Arc<Vec<AccountState>>>,
        clock: SharedClock,
    ) -> Self {
        Follower { account, states, clock }
    }

    /// Never ends by itself. An agent that is away is looked for again, at first soon, then every few seconds.
    pub(super) async fn run(self) {
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(3));
        let mut seen: Option<u64> = None;
        loop {
            let answer = match seen {
                None => self.account.client.state().await,
                Some(version) => self.account.client.follow(version).await,
            };
            match answer {
                Ok(snapshot) => {
                    if seen.is_none() {
                        tracing::info!(account = %self.account.options.name, "the local agent is there");
                        self.set_problem(None);
                    }
                    seen = Some(snapshot.version);
                    backoff.reset();
                    self.publish(&snapshot);
                }
                Err(error) => {
                    self.lose(&error, seen.take().is_some());
                    tokio::time::sleep(backoff.next_wait()).await;
                }
            }
        }
    }

    fn publish(&self, snapshot: &Snapshot) {
        let confirmed = Some(self.clock.now());
        let inventory = view::inventory(&self.account.options.name, snapshot, Freshness { confirmed, problem: None });
        self.account.inventory.send_replace(Arc::new(inventory));
    }

    /// What was known stays, marked as not confirmed any more.
    fn lose(&self, error: &client::Error, was_there: bool) {
        let name = &self.account.options.name;
        let problem = format!(
            "its agent does not answer; start it with: gennaker local-agent --account {name} --state {}",
            self.account.options.state_directory.display()
        );
        if was_there {
            tracing::warn!(account = %name, %error, "the local agent is away");
        }
        self.account.inventory.send_modify(|inventory| {
            let freshness = Freshness { problem: Some(problem.clone()), ..inventory.freshness.clone() };
            *inventory = Arc::new(Inventory { freshness, ..(**inventory).clone() });
        });
        self.set_problem(Some(problem));
    }

    fn set_problem(&self, problem: Option<String>) {
        let state = self.account.state(problem);
        self.states.send_if_modified(|states| {
            let place = states.iter().position(|other| other.account.name == state.account.name);
            let changed = place.is_some_and(|place| states[place].account.problem != state.account.problem);
            if let Some(place) = place.filter(|_| changed) {
                let mut new = (**states).clone();
                new[place] = state;
                *states = Arc::new(new);
            }
            changed
        });
    }
}
