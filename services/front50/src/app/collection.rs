//! One group of objects: read from memory, written through to the store, and followed there.
//!
//! Whether the group changed is asked of its `last-modified.json`, which each write changes after the object: who sees
//! the new mark sees the write. A write is conditional on what was read before it, so of two that run side by side, in
//! whatever process, one wins and the other gets a conflict.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::{StreamExt as _, stream};
use gennaker_base::{Kind, SharedClock, id};
use gennaker_http::{Health, HealthComponent, HealthStatus};
use gennaker_objects::{Condition, Entry, Object, Objects, Unread, Version};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use super::{
    Error,
    cache::{Cache, Found},
    layout::{Layout, fold},
    shelf::Indexed,
};
use crate::Options;

/// How many objects are read at a time.
const READS: usize = 16;
/// How many damaged objects the health names.
const NAMED: usize = 20;
/// How often the mark is tried when others write it too.
const MARK_TRIES: u32 = 10;

/// What is kept in a group.
pub(crate) trait Item: Indexed + Send + Sync + 'static {
    /// The group, a folder's name.
    const GROUP: &'static str;
    /// What the health calls it; a group may have objects of several kinds.
    const NAME: &'static str = Self::GROUP;
    /// The name of each object's file.
    const FILE: &'static str;

    /// Reads the object of `id`; the error is a sentence.
    fn read(id: &str, object: &Object) -> Result<Self, String>
    where
        Self: Sized;

    /// The object's content.
    fn write(&self) -> Vec<u8>;
}

/// A group of objects.
pub(crate) struct Collection<T> {
    objects: Arc<dyn Objects>,
    clock: SharedClock,
    layout: Layout,
    cache: RwLock<Cache<T>>,
    seen: RwLock<Option<Mark>>,
    refreshing: Semaphore,
    mark_due: AtomicBool,
    failing: AtomicBool,
    health: HealthComponent,
    /// Which process this is, for versions of what is in memory.
    life: String,
}

/// What an object is in the store at this moment.
pub(crate) struct Current<T> {
    /// The item, if there is one that can be read.
    pub(crate) item: Option<T>,
    /// The object's version, if there is one.
    version: Option<Version>,
}

impl<T> Current<T> {
    /// Whether there is an object, readable or not.
    pub(crate) fn exists(&self) -> bool {
        self.version.is_some()
    }

    /// The condition under which it is still so.
    fn unchanged(&self) -> Condition {
        self.version.clone().map_or(Condition::IfAbsent, Condition::IfVersion)
    }
}

/// The version of the group's mark; none before the first write.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark(Option<Version>);

impl<T: Item> Collection<T> {
    /// A group with nothing in memory yet.
    pub(crate) fn new(
        objects: Arc<dyn Objects>,
        clock: SharedClock,
        options: &Options,
        health: &Health,
    ) -> Result<Self, Error> {
        Ok(Collection {
            objects,
            layout: Layout::new(&options.root_folder, T::GROUP, T::FILE)?,
            cache: RwLock::default(),
            seen: RwLock::default(),
            refreshing: Semaphore::new(1),
            mark_due: AtomicBool::new(false),
            failing: AtomicBool::new(false),
            health: health.component(T::NAME),
            life: id::generate(clock.now()),
            clock,
        })
    }

    /// All items as they are in memory.
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.with(Cache::all)
    }

    /// The items of which one term is this, as they are in memory.
    pub(crate) fn found_by(&self, term: &str) -> Vec<Arc<T>> {
        self.with(|cache| cache.found_by(term))
    }

    /// The item of an id as it is in memory.
    pub(crate) fn remembered(&self, id: &str) -> Option<Arc<T>> {
        self.with(|cache| cache.get(&fold(id)))
    }

    /// A text that is another one after each change of what is in memory; no two processes have the same.
    pub(crate) fn version(&self) -> String {
        format!("{}-{}", self.life, self.with(Cache::changes))
    }

    /// Looks whether others changed something, and takes it over. A store that does not answer is not waited for: its
    /// state is in the health.
    pub(crate) async fn catch_up(&self) {
        self.report(self.refresh(false).await);
    }

    /// All items; with `fresh` after [`Self::catch_up`].
    pub(crate) async fn list(&self, fresh: bool) -> Vec<Arc<T>> {
        if fresh {
            self.catch_up().await;
        }
        self.all()
    }

    /// One item as the store has it; from memory while the store is not available.
    pub(crate) async fn find(&self, id: &str) -> Result<Arc<T>, Error> {
        let absent = || Error::NoItem(fold(id));
        let Ok(key) = self.layout.key(id) else { return Err(absent()) };
        match self.objects.get(&key).await {
            Ok(None) => Err(absent()),
            Ok(Some(object)) => match T::read(&fold(id), &object) {
                Ok(item) => Ok(Arc::new(item)),
                Err(reason) => Err(Error::Damaged { key: key.to_string(), reason }),
            },
            Err(error) if error.kind().is_transient() => self.remembered(id).ok_or(error.into()),
            Err(error) => Err(Error::Damaged { key: key.to_string(), reason: error.to_string() }),
        }
    }

    /// What is in the store under an id: to be asked before it is written.
    ///
    /// # Errors
    /// If the id cannot be one, or the store does not answer.
    pub(crate) async fn current(&self, id: &str) -> Result<Current<T>, Error> {
        let key = self.layout.key(id)?;
        Ok(match self.objects.get(&key).await {
            Ok(None) => Current { item: None, version: None },
            Ok(Some(object)) => Current { item: T::read(&fold(id), &object).ok(), version: Some(object.version) },
            Err(error) => return Err(error.into()),
        })
    }

    /// Whether an id could be one.
    pub(crate) fn check_id(&self, id: &str) -> Result<(), Error> {
        self.layout.key(id).map(|_| ())
    }

    /// Writes an item if the store still has what `current` says.
    pub(crate) async fn put(&self, id: &str, item: T, current: &Current<T>) -> Result<Arc<T>, Error> {
        let key = self.layout.key(id)?;
        let item = Arc::new(item);
        self.objects.put(&key, item.write().into(), current.unchanged()).await?;
        self.change(|cache| cache.wrote(&fold(id), item.clone()));
        self.mark().await;
        Ok(item)
    }

    /// Removes an item; one that is not there is nothing to do.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Error> {
        let key = self.layout.key(id)?;
        let existed = self.objects.delete(&key, Condition::Any).await?;
        self.change(|cache| cache.removed(&fold(id)));
        if existed {
            self.mark().await;
        }
        Ok(())
    }

    /// What an item was, newest first and at most `limit`; revisions that cannot be read are left out.
    pub(crate) async fn history(&self, id: &str, limit: usize) -> Result<Vec<T>, Error> {
        let Ok(key) = self.layout.key(id) else { return Ok(Vec::new()) };
        let mut items = Vec::new();
        for revision in self.objects.history(&key, limit).await? {
            if let Some(object) = self.objects.get_version(&key, &revision.id).await? {
                items.extend(T::read(&fold(id), &object).ok());
            }
        }
        Ok(items)
    }

    /// Takes over what others changed; with `all` also what nobody marked.
    pub(crate) async fn follow(&self, all: bool) {
        if self.mark_due.load(Ordering::Relaxed) {
            self.mark().await;
        }
        self.report(self.refresh(all).await);
    }

    /// Takes over everything in the store.
    pub(crate) async fn reload(&self) -> Result<(), Error> {
        self.refresh(true).await
    }

    async fn refresh(&self, all: bool) -> Result<(), Error> {
        let Ok(_turn) = self.refreshing.acquire().await else { return Ok(()) };
        // Before the listing: a write that this misses changes the mark again.
        let mark = Mark(self.objects.get(self.layout.marker()).await?.map(|object| object.version));
        let unchanged = self.seen.read().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&mark);
        if unchanged && !all {
            return Ok(());
        }
        let writes = self.with(Cache::writes);
        let listing = self.objects.list(self.layout.folder()).await?;
        let keys: BTreeMap<String, Entry> =
            listing.entries.into_iter().filter_map(|entry| Some((self.layout.id(&entry.key)?, entry))).collect();
        let stamps = keys.iter().map(|(id, entry)| (id.clone(), entry.stamp.clone())).collect();
        let reading = self.with(|cache| cache.compare(stamps, writes));
        let (this, keys) = (self, &keys);
        let found: Vec<(String, Found<T>)> = stream::iter(reading.ids.clone())
            .map(|id| async move {
                let found = this.read(&id, &keys[&id]).await;
                (id, found)
            })
            .buffer_unordered(READS)
            .collect()
            .await;
        let hidden = |id: &str| {
            let begins = |key: &str| listing.unread.iter().any(|unread| key.starts_with(&unread.prefix));
            self.layout.key(id).is_ok_and(|key| begins(key.as_str()))
        };
        let damaged = self.change(|cache| cache.take(&reading, found, hidden));
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(mark);
        for (id, reason) in &damaged {
            tracing::warn!(group = T::GROUP, id, reason, "a stored object cannot be read and is left out");
        }
        self.with(|cache| self.health.set(HealthStatus::Up, details(cache, &listing.unread)));
        Ok(())
    }

    async fn read(&self, id: &str, entry: &Entry) -> Found<T> {
        match self.objects.get(&entry.key).await {
            Ok(Some(object)) => T::read(id, &object).map_or_else(Found::Damaged, Found::Item),
            Ok(None) => Found::Nothing,
            Err(error) if error.kind().is_transient() => Found::Failed(error.to_string()),
            Err(error) => Found::Damaged(error.to_string()),
        }
    }

    /// Changes the group's mark. The object is written by then, so a failure fails nothing: it is made up for later.
    async fn mark(&self) {
        self.mark_due.store(false, Ordering::Relaxed);
        if let Err(error) = self.try_mark().await {
            self.mark_due.store(true, Ordering::Relaxed);
            tracing::warn!(group = T::GROUP, %error, "other nodes will see a change later: its mark cannot be written");
        }
    }

    async fn try_mark(&self) -> Result<(), gennaker_objects::Error> {
        let mut tries = 0;
        loop {
            let before = self.objects.get(self.layout.marker()).await?;
            let last = before.as_ref().and_then(|object| serde_json::from_slice::<Value>(&object.bytes).ok());
            let last = last.and_then(|value| value["lastModified"].as_i64()).unwrap_or(0);
            // Never the same twice, so that its version differs after each write.
            let now = self.clock.now().millis().max(last.saturating_add(1));
            let condition = before.map_or(Condition::IfAbsent, |object| Condition::IfVersion(object.version));
            let bytes = json!({ "lastModified": now }).to_string();
            tries += 1;
            match self.objects.put(self.layout.marker(), bytes.into(), condition).await {
                Err(error) if error.kind() == Kind::Conflict && tries < MARK_TRIES => {}
                outcome => return outcome.map(|_| ()),
            }
        }
    }

    fn report(&self, outcome: Result<(), Error>) {
        if let Err(error) = outcome {
            self.failing.store(true, Ordering::Relaxed);
            self.health.down(&error.to_string());
        } else if self.failing.swap(false, Ordering::Relaxed) {
            self.with(|cache| self.health.set(HealthStatus::Up, details(cache, &[])));
        }
    }

    fn with<R>(&self, look: impl FnOnce(&Cache<T>) -> R) -> R {
        look(&self.cache.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<R>(&self, change: impl FnOnce(&mut Cache<T>) -> R) -> R {
        change(&mut self.cache.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What the health shows of a group.
fn details<T>(cache: &Cache<T>, unread: &[Unread]) -> Map<String, Value> {
    let unread = unread.iter().map(|unread| (unread.prefix.as_str(), unread.reason.as_str()));
    let damaged: Map<String, Value> =
        cache.damaged().chain(unread).take(NAMED).map(|(id, reason)| (id.to_owned(), reason.into())).collect();
    let mut details = Map::from_iter([("objects".to_owned(), cache.len().into())]);
    if !damaged.is_empty() {
        details.insert("damaged".to_owned(), damaged.into());
    }
    details
}
