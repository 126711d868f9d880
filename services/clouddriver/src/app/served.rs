//! Which server groups served well: noted when it is seen, once, and kept in the store, so that a return knows later on
//! what was good.
//!
//! Well is: enabled, as many instances as it shall have, all of them up, at every look for as long as `goodAfterMs`. Every
//! node looks; the first one's note stands. The note of a server group that is gone is removed. What the store keeps of it is found again
//! under the same name, so that there are no more notes than names of server groups, however often they come and go.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use gennaker_base::{SharedClock, Timestamp};
use gennaker_store::{Document, Error, Expected, SharedStore};
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
    notes: Arc<RwLock<BTreeMap<String, Note>>>,
}

/// That a server group served well.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    /// The server group's creation, which tells it from an earlier one of its name.
    created: String,
    /// When it was seen.
    at: Timestamp,
    revision: u64,
}

/// What one look found.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Those that serve well now, with their creation.
    well: BTreeMap<String, String>,
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
        let mut since = Since::new();
        loop {
            if let Err(error) = self.look(&look(&providers.accounts()), &mut since).await {
                tracing::warn!(%error, "which server groups served well cannot be noted; the next try is in 2 s");
            }
            if shutdown.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_none() {
                return;
            }
        }
    }

    async fn look(&self, seen: &Seen, since: &mut Since) -> Result<(), Error> {
        let now = self.clock.now();
        let notes: BTreeMap<String, Note> = self.store.documents(GROUP).await?.into_iter().filter_map(note).collect();
        *self.notes.write() = notes.clone();
        since.retain(|(key, created), _| seen.well.get(key) == Some(created));
        let is_noted = |key: &str, created: &str| notes.get(key).is_some_and(|note| note.created == created);
        for (key, created) in seen.well.iter().filter(|(key, created)| !is_noted(key, created)) {
            let began = *since.entry((key.clone(), created.clone())).or_insert(now);
            if now.since(began) < self.good_after {
                continue;
            }
            let expected = notes.get(key).map_or(Expected::Absent, |former| Expected::Revision(former.revision));
            match self.store.put_document(GROUP, key, Some(created.clone()), expected).await {
                Ok(document) => self.notes.write().extend(note(document)),
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
        let notes = self.notes.read();
        notes.get(&key(group)).filter(|note| note.created == created(group)).map(|note| note.at)
    }
}

/// Since when which server groups serve well without a pause: by their keys and creation.
type Since = BTreeMap<(String, String), Timestamp>;

/// Under what a server group is noted.
fn key(group: &ServerGroup) -> String {
    format!("{}/{}/{}", group.account, group.region, group.name)
}

fn created(group: &ServerGroup) -> String {
    group.created_time.map(Timestamp::millis).unwrap_or_default().to_string()
}

fn note(document: Document) -> Option<(String, Note)> {
    let Document { name, body, at, revision, .. } = document;
    Some((name, Note { created: body?, at, revision }))
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
                seen.well.insert(key.clone(), created(group));
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
    #[tokio::test]
    async fn a_name_that_comes_again_is_noted_again_and_not_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock: SharedClock = Arc::new(gennaker_base::SystemClock);
        let path = folder.path().join("store.db");
        let store = gennaker_store_sql::SqlStore::open_sqlite(&path, clock.clone(), Default::default()).await;
        let served = Served::new(Arc::new(store.expect("a store")), clock, Duration::ZERO);
        let group = |created| ServerGroup {
            account: "a".to_owned(),
            region: "r".to_owned(),
            name: "shop-v001".to_owned(),
            created_time: Some(Timestamp::from_millis(created)),
            ..ServerGroup::default()
        };
        let serving = |created| {
            let group = group(created);
            let well = [(key(&group), super::created(&group))].into();
            Seen { well, all: [key(&group)].into(), accounts: vec!["a/".to_owned()] }
        };
        let mut since = Since::new();
        for created in [1, 2] {
            assert_eq!(served.served_since(&group(created)), None, "that was another one");
            served.look(&serving(created), &mut since).await.expect("a note");
            assert!(served.served_since(&group(created)).is_some());
        }
        assert_eq!(served.store.documents(GROUP).await.expect("documents").len(), 1);
        let gone = Seen { accounts: vec!["a/".to_owned()], ..Seen::default() };
        served.look(&gone, &mut since).await.expect("a removal");
        assert!(served.store.documents(GROUP).await.expect("documents").is_empty());
    }
}
