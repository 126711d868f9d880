//! Following one agent: its newest state becomes the account's inventory.

use std::{sync::Arc, time::Duration};

use gennaker_base::{Backoff, SharedClock, Timestamp};
use gennaker_provider_api::AccountState;
use gennaker_wire::Object;
use tokio::sync::watch;

use super::{AccountHandle, view};
use crate::{client, protocol::Snapshot};

/// Why an agent cannot be followed.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Call(#[from] client::Error),
    #[error(
        "the agent in its state directory serves account {0}; give each account an agent and a directory of its own"
    )]
    OtherAccount(String),
}

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
        loop {
            let mut was_there = false;
            if let Err(trouble) = self.follow(&mut was_there).await {
                self.lose(&trouble, was_there);
            }
            if was_there {
                backoff.reset();
            }
            tokio::time::sleep(backoff.next_wait()).await;
        }
    }

    /// Publishes what the agent says until it does not any more.
    async fn follow(&self, was_there: &mut bool) -> Result<(), Trouble> {
        let (mut asked, mut snapshot) = self.ask().await?;
        loop {
            let serves = &snapshot.account;
            if *serves != self.account.options.name {
                return Err(Trouble::OtherAccount(serves.clone()));
            }
            self.account.publish(&snapshot, asked);
            if !*was_there {
                tracing::info!(account = %self.account.options.name, "the local agent is there");
                *was_there = true;
            }
            self.show(None, Some(view::account(&snapshot)));
            // A change comes at once; who must know that there is none asks by `Provider::refresh`.
            asked = self.clock.now();
            snapshot = self.account.client.follow(snapshot.version).await?;
        }
    }

    /// The agent's state, and when it was asked for it.
    async fn ask(&self) -> Result<(Timestamp, Snapshot), Trouble> {
        let asked = self.clock.now();
        Ok((asked, self.account.client.state().await?))
    }

    /// What was known stays, marked as not confirmed any more.
    fn lose(&self, trouble: &Trouble, was_there: bool) {
        let name = &self.account.options.name;
        let problem = match trouble {
            Trouble::Call(client::Error::Unreachable { .. } | client::Error::Timeout(_)) => format!(
                "its agent does not answer; start it with: gennaker local-agent --account {name} --state {}",
                self.account.options.state_directory.display()
            ),
            other => other.to_string(),
        };
        if was_there {
            tracing::warn!(account = %name, %trouble, "the local agent is away");
        }
        self.account.inventory.send_modify(|inventory| {
            Arc::make_mut(inventory).freshness.problem = Some(problem.clone());
        });
        self.show(Some(problem), None);
    }

    /// Shows the account with what is wrong with it. Without new details it keeps those that it had.
    fn show(&self, problem: Option<String>, details: Option<Object>) {
        let mut state = self.account.state(problem);
        self.states.send_if_modified(|states| {
            // Not that of an account which has taken the name over.
            let place = states.iter().position(|other| other.inventory.same_channel(&state.inventory));
            let Some(place) = place else { return false };
            match details {
                Some(details) => state.account.other.extend(details),
                None => state.account.other.clone_from(&states[place].account.other),
            }
            let changed = states[place].account != state.account;
            if changed {
                let mut new = (**states).clone();
                new[place] = state;
                *states = Arc::new(new);
            }
            changed
        });
    }
}
