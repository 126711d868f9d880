//! Which server groups served well: noted when it is seen, once, and kept in the store, so that a return knows later on
//! what was good.
//!
//! Well is: enabled, as many instances as it shall have, all of them up, at every look for as long as `goodAfterMs`. Every
//! node looks; the first one's note stands. The note of a server group that is gone is removed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use gennaker_base::{SharedClock, Timestamp};
use gennaker_store::{Error, Expected, SharedStore};
use gennaker_wire::{HealthState, ServerGroup};
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use super::{
    inventory::ServedSince,
    providers::{AccountNow, Providers},
};

/// The documents' group.
const GROUP: &str = "clouddriver.served";
/// How often it is looked.
const LOOK: Duration = Duration::from_secs(2);

/// What was seen to serve well: cheap to clone.
#[derive(Clone)]
pub(crate) struct Served {
    store: SharedStore,
    clock: SharedClock,
    good_after: Duration,
    /// The notes by [`key`], as they were last read.
    notes: Arc<RwLock<BTreeMap<String, Timestamp>>>,
}

/// What one look found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Those that serve well now.
    well: BTreeSet<String>,
    /// All there are.
    all: BTreeSet<String>,
    /// The beginnings of keys of accounts that are known now.
    accounts: Vec<String>,
}

impl Served {
    pub(crate) fn new(store: SharedStore, clock: SharedClock, good_after: Duration) -> Self {
        Served { store, clock, good_after, notes: Arc::default() }
    }

    /// Looks until `shutdown`.
    pub(crate) async fn run(&self, providers: &Providers, shutdown: &CancellationToken) {
        let mut since: BTreeMap<String, Timestamp> = BTreeMap::new();
        loop {
            if let Err(error) = self.look(&look(&providers.accounts()), &mut since).await {
                tracing::warn!(%error, "which server groups served well cannot be noted; the next try is in 2 s");
            }
            if shutdown.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
                return;
            }
        }
    }

    async fn look(&self, seen: &Seen, since: &mut BTreeMap<String, Timestamp>) -> Result<(), Error> {
        let now = self.clock.now();
        let notes: BTreeMap<_, _> =
            self.store.documents(GROUP).await?.into_iter().map(|note| (note.name, note.at)).collect();
        *self.notes.write() = notes.clone();
        since.retain(|key, _| seen.well.contains(key));
        for key in seen.well.iter().filter(|key| !notes.contains_key(*key)) {
            let began = *since.entry(key.clone()).or_insert(now);
            if now.since(began) < self.good_after {
                continue;
            }
            match self.store.put_document(GROUP, key, Some(String::new()), Expected::Absent).await {
                Ok(note) => {
                    self.notes.write().insert(key.clone(), note.at);
                }
                // Another node was first.
                Err(Error::Conflict { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        // An account that is away or not confirmed says nothing of what is gone.
        let of_known = |key: &str| seen.accounts.iter().any(|account| key.starts_with(account.as_str()));
        for key in notes.keys().filter(|key| of_known(key) && !seen.all.contains(*key)) {
            match self.store.put_document(GROUP, key, None, Expected::Present).await {
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl ServedSince for Served {
    fn served_since(&self, group: &ServerGroup) -> Option<Timestamp> {
        self.notes.read().get(&key(group)).copied()
    }
}

/// Under what a server group is noted: its creation tells it from another one of its name.
fn key(group: &ServerGroup) -> String {
    let created = group.created_time.map(Timestamp::millis).unwrap_or_default();
    format!("{}/{}/{}@{created}", group.account, group.region, group.name)
}

fn look(accounts: &[AccountNow]) -> Seen {
    let mut seen = Seen::default();
    for account in accounts {
        let freshness = &account.inventory.freshness;
        if freshness.confirmed.is_none() || freshness.problem.is_some() {
            continue;
        }
        seen.accounts.push(format!("{}/", account.name()));
        for group in &account.inventory.server_groups {
            let key = key(group);
            if serves_well(group) {
                seen.well.insert(key.clone());
            }
            seen.all.insert(key);
        }
    }
    seen
}

fn serves_well(group: &ServerGroup) -> bool {
    let up = group.instances.iter().filter(|instance| instance.health_state == HealthState::Up).count();
    let wanted = usize::try_from(group.capacity.desired).unwrap_or(usize::MAX).max(1);
    !group.disabled && up >= wanted && up == group.instances.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::{Capacity, Instance};

    #[test]
    fn only_a_whole_enabled_server_group_serves_well() {
        let group = |states: &[HealthState], desired, disabled| {
            let instance = |state: &HealthState| Instance { health_state: *state, ..Instance::default() };
            let capacity = Capacity { desired, ..Capacity::default() };
            ServerGroup {
                instances: states.iter().map(instance).collect(),
                capacity,
                disabled,
                ..ServerGroup::default()
            }
        };
        use HealthState::{Starting, Up};
        for (states, desired, disabled, well) in [
            (&[Up, Up][..], 2, false, true),
            (&[Up, Up], 2, true, false),
            (&[Up, Starting], 2, false, false),
            (&[Up], 2, false, false),
            (&[Up, Up, Starting], 2, false, false),
            (&[], 0, false, false),
        ] {
            assert_eq!(serves_well(&group(states, desired, disabled)), well, "{states:?} of {desired}, {disabled}");
        }
    }
}
