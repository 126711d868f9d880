//! Taking over what others changed: the ids that the mark tells of, or else everything that a listing shows as changed.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::{StreamExt as _, stream};
use gennaker_http::HealthStatus;
use gennaker_objects::{Entry, Key, Listing, Unread, Version};
use tokio::sync::Semaphore;

use super::{
    super::{
        Error,
        cache::{Cache, Found, Reading},
        mark::{Mark, Place},
    },
    Collection, Item, READS, details,
};

/// How far a group was followed, and who follows it at this moment.
#[derive(Debug)]
pub(super) struct Following {
    seen: RwLock<Option<Seen>>,
    /// The places that the last listing could not look into.
    unread: RwLock<Vec<Unread>>,
    turn: Semaphore,
    /// The number of the last refresh that was begun.
    begun: AtomicU64,
    /// The last refresh that came to its end.
    ended: RwLock<Ended>,
}

/// How a refresh ended.
#[derive(Debug, Clone, Default)]
struct Ended {
    number: u64,
    /// Why it failed, if it did.
    failure: Option<String>,
}

/// What this node has seen of the group.
#[derive(Debug, Clone)]
struct Seen {
    /// The version of the mark; none before the first write.
    version: Option<Version>,
    /// The place in its journal, if it had one.
    place: Option<Place>,
}

impl Default for Following {
    fn default() -> Self {
        Following {
            seen: RwLock::default(),
            unread: RwLock::default(),
            turn: Semaphore::new(1),
            begun: AtomicU64::new(0),
            ended: RwLock::default(),
        }
    }
}

impl<T: Item> Collection<T> {
    /// Takes over what others changed; with `all` also what nobody told of. Those who wait for it at the same time share what
    /// comes of it, also a failure: else a store that is slow to fail would have them wait one after the other.
    pub(super) async fn refresh(&self, all: bool) -> Result<(), Error> {
        // What waits for the same thing is served by one refresh that begins after it came.
        let needed = self.following.begun.load(Ordering::SeqCst) + 1;
        let Ok(_turn) = self.following.turn.acquire().await else { return Ok(()) };
        if !all {
            let ended = self.following.ended.read().unwrap_or_else(PoisonError::into_inner).clone();
            if ended.number >= needed {
                return ended.failure.map_or(Ok(()), |reason| Err(Error::Unread(reason)));
            }
        }
        let number = self.following.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let outcome = self.take_over(all).await;
        let failure = outcome.as_ref().err().map(ToString::to_string);
        *self.following.ended.write().unwrap_or_else(PoisonError::into_inner) = Ended { number, failure };
        outcome
    }

    async fn take_over(&self, all: bool) -> Result<(), Error> {
        // Before anything else is read: a write that this misses changes the mark again.
        let object = self.objects.get(self.layout.marker()).await?;
        let mark = Mark::read(object.as_ref().map_or(&[], |object| &object.bytes));
        let now = Seen { version: object.map(|object| object.version), place: mark.place() };
        let before = self.following.seen.read().unwrap_or_else(PoisonError::into_inner).clone();
        match before.filter(|_| !all) {
            Some(seen) if seen.version == now.version => {}
            Some(Seen { place: Some(place), .. }) => match mark.since(place) {
                Some(ids) => self.read_changed(ids).await?,
                None => self.read_all().await?,
            },
            _ => self.read_all().await?,
        }
        *self.following.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
        Ok(())
    }

    /// Reads ids that changed, and lists nothing.
    async fn read_changed(&self, ids: Vec<String>) -> Result<(), Error> {
        let writes = self.with(Cache::writes);
        let keys = ids.into_iter().filter_map(|id| self.layout.key(&id).ok().map(|key| (id, key)));
        let found = self.read_objects(keys.collect()).await;
        // One that cannot be read now is read again: until then nothing counts as seen.
        let failure = found.iter().find_map(|(_, found)| match found {
            Found::Failed(error) => Some(error.clone()),
            _ => None,
        });
        let damaged = self.change(|cache| cache.take_changed(found, writes));
        self.show(&damaged);
        failure.map_or(Ok(()), |reason| Err(Error::Unread(reason)))
    }

    /// Lists the group, and reads what is new or changed.
    async fn read_all(&self) -> Result<(), Error> {
        let writes = self.with(Cache::writes);
        let Listing { entries, unread } = self.objects.list(self.layout.folder()).await?;
        let (reading, keys) = self.compare(entries, writes).await?;
        let found = self.read_objects(keys).await;
        let hidden = |id: &str| {
            let begins = |key: &str| unread.iter().any(|unread| key.starts_with(&unread.prefix));
            self.layout.key(id).is_ok_and(|key| begins(key.as_str()))
        };
        let damaged = self.change(|cache| cache.take(reading, found, hidden));
        *self.following.unread.write().unwrap_or_else(PoisonError::into_inner) = unread;
        self.show(&damaged);
        Ok(())
    }

    /// What of a listing is to be read, and where. There may be many thousands: requests do not wait for the thread that
    /// goes through them.
    async fn compare(&self, entries: Vec<Entry>, writes: u64) -> Result<(Reading, Vec<(String, Key)>), Error> {
        let (layout, cache) = (self.layout.clone(), Arc::clone(&self.cache));
        let compare = move || {
            let (mut stamps, mut keys) = (BTreeMap::new(), BTreeMap::new());
            for Entry { key, stamp, .. } in entries {
                let Some(id) = layout.id(&key) else { continue };
                stamps.insert(id.clone(), stamp);
                keys.insert(id, key);
            }
            let reading = cache.read().unwrap_or_else(PoisonError::into_inner).compare(stamps, writes);
            let keys = reading.changed.keys().filter_map(|id| keys.remove_entry(id)).collect();
            (reading, keys)
        };
        tokio::task::spawn_blocking(compare).await.map_err(|error| Error::Unread(error.to_string()))
    }

    async fn read_objects(&self, keys: Vec<(String, Key)>) -> Vec<(String, Found<T>)> {
        let read = |(id, key): (String, Key)| async move {
            let found = self.read(&id, &key).await;
            (id, found)
        };
        stream::iter(keys).map(read).buffer_unordered(READS).collect().await
    }

    async fn read(&self, id: &str, key: &Key) -> Found<T> {
        match self.objects.get(key).await {
            Ok(Some(object)) => T::read(id, &object).map_or_else(Found::Damaged, Found::item),
            Ok(None) => Found::Nothing,
            Err(error) if error.kind().is_transient() => Found::Failed(error.to_string()),
            Err(error) => Found::Damaged(error.to_string()),
        }
    }

    /// Says what is newly damaged, and how the group is.
    pub(super) fn show(&self, damaged: &[(String, String)]) {
        for (id, reason) in damaged {
            tracing::warn!(group = T::GROUP, id, reason, "a stored object cannot be read and is left out");
        }
        let unread = self.following.unread.read().unwrap_or_else(PoisonError::into_inner).clone();
        self.with(|cache| self.health.set(HealthStatus::Up, details(cache, &unread)));
    }

    /// If nobody wrote between the mark that this node has followed and its own, there is nothing to follow.
    pub(super) fn saw_own_mark(&self, before: Option<&Version>, written: &Version, mark: &Mark) {
        let mut seen = self.following.seen.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(seen) = seen.as_mut().filter(|seen| seen.version.as_ref() == before) {
            *seen = Seen { version: Some(written.clone()), place: mark.place() };
        }
    }
}
