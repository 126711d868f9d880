//! One group of objects: read from memory, written through to the store, and followed there.
//!
//! Whether the group changed is asked of its mark (`last-modified.json`), which each write changes after the object: who
//! sees the new mark sees the write. The mark tells which ids changed lately ([`super::mark`]), so that another node reads
//! these and lists nothing, unless it missed too many or upstream's front50 wrote the mark. All writes of this process that
//! wait for the mark go into one write of it. A write is conditional on what was read before it, so of two that run side by
//! side, in whatever process, one wins and the other gets a conflict.
//!
//! A write that was answered is in the store. If the process is killed between the object and the mark, no other node is
//! told: it finds the change when it lists everything, which each does once a minute ([`Options::refresh_ms`]).

mod following;
mod marking;

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use gennaker_base::{SharedClock, id};
use gennaker_http::{Health, HealthComponent};
use gennaker_objects::{Condition, Object, Objects, Revision, Unread, Version};
use serde_json::{Map, Value};

use self::{following::Following, marking::Marking};
use super::{
    Error,
    cache::Cache,
    layout::{Layout, fold},
    packed::Kept,
    shelf::{Indexed, Ready},
};
use crate::Options;

/// How many objects are read at a time.
const READS: usize = 16;
/// How long a request waits for what others changed.
const CATCH_UP: Duration = Duration::from_secs(2);
/// How many damaged objects the health names.
const NAMED: usize = 20;

/// What is kept in a group.
pub(crate) trait Item: Indexed + Send + Sync + 'static {
    /// The group, a folder's name.
    const GROUP: &'static str;
    /// What the health calls it; a group may have objects of several kinds.
    const NAME: &'static str = Self::GROUP;
    /// The name of each object's file.
    const FILE: &'static str;
    /// The names of all files in the folders of the group's ids, where another kind of object shares them.
    const FILES: &'static [&'static str] = &[Self::FILE];

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
    cache: Arc<RwLock<Cache<T>>>,
    following: Following,
    marking: Marking,
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
            layout: Layout::new(&options.root_folder, T::GROUP, T::FILE, T::FILES)?,
            cache: Arc::default(),
            following: Following::default(),
            marking: Marking::default(),
            failing: AtomicBool::new(false),
            health: health.component(T::NAME),
            life: id::generate(clock.now()),
            clock,
        })
    }

    /// All items as they are in memory. Of packed ones each is decoded: see [`Self::kept`].
    pub(crate) fn all(&self) -> Vec<Arc<T>> {
        self.kept().iter().filter_map(Kept::item).collect()
    }

    /// All items as they are kept in memory.
    pub(crate) fn kept(&self) -> Vec<Kept<T>> {
        self.with(Cache::all)
    }

    /// The items of which one term is this, as they are in memory.
    pub(crate) fn found_by(&self, term: &str) -> Vec<Arc<T>> {
        self.with(|cache| cache.found_by(term)).iter().filter_map(Kept::item).collect()
    }

    /// The item of an id as it is in memory.
    pub(crate) fn remembered(&self, id: &str) -> Option<Arc<T>> {
        self.with(|cache| cache.get(&fold(id)))?.item()
    }

    /// A text that is another one after each change of what is in memory; no two processes have the same.
    pub(crate) fn version(&self) -> String {
        format!("{}-{}", self.life, self.with(Cache::changes))
    }

    /// Which process this is.
    pub(super) fn life(&self) -> &str {
        &self.life
    }

    /// Looks whether others changed something, and takes it over. A store that does not answer soon is not waited for: what
    /// is in memory has to do, and whoever follows in the background says in the health how the store is.
    pub(crate) async fn catch_up(&self) {
        match tokio::time::timeout(CATCH_UP, self.refresh(false)).await {
            Ok(outcome) => self.report(outcome),
            Err(_) => tracing::warn!(group = T::GROUP, "the store is slow: a request is answered from memory"),
        }
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
        let item = self.put_untold(id, item, current).await?;
        self.tell().await;
        Ok(item)
    }

    /// The same, but that other nodes are not told before the next [`Self::tell`]: for many writes that are answered together.
    pub(crate) async fn put_untold(&self, id: &str, item: T, current: &Current<T>) -> Result<Arc<T>, Error> {
        let key = self.layout.key(id)?;
        let item = Arc::new(item);
        self.objects.put(&key, item.write().into(), current.unchanged()).await?;
        let ready = Ready::of(&item);
        self.change(|cache| cache.wrote(&fold(id), ready));
        self.to_tell(fold(id));
        Ok(item)
    }

    /// Removes an item; one that is not there is nothing to do.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Error> {
        self.delete_if(id, Condition::Any).await
    }

    /// Removes an item if the store still has what `current` says.
    pub(crate) async fn delete_unchanged(&self, id: &str, current: &Current<T>) -> Result<(), Error> {
        self.delete_if(id, current.unchanged()).await
    }

    async fn delete_if(&self, id: &str, condition: Condition) -> Result<(), Error> {
        let key = self.layout.key(id)?;
        let existed = self.objects.delete(&key, condition).await?;
        self.change(|cache| cache.removed(&fold(id)));
        if existed {
            self.to_tell(fold(id));
            self.tell().await;
        }
        Ok(())
    }

    /// What an item was, newest first and at most `limit`; revisions that cannot be read are left out.
    pub(crate) async fn history(&self, id: &str, limit: usize) -> Result<Vec<T>, Error> {
        let Ok(key) = self.layout.key(id) else { return Ok(Vec::new()) };
        let read = |revision: Revision| {
            let key = &key;
            async move { self.objects.get_version(key, &revision.id).await }
        };
        let revisions = stream::iter(self.objects.history(&key, limit).await?);
        let objects: Vec<Option<Object>> = revisions.map(read).buffered(READS).try_collect().await?;
        Ok(objects.into_iter().flatten().filter_map(|object| T::read(&fold(id), &object).ok()).collect())
    }

    /// Takes over what others changed; with `all` also what nobody marked.
    pub(crate) async fn follow(&self, all: bool) {
        self.make_up_for_marks().await;
        self.report(self.refresh(all).await);
    }

    /// Takes over everything in the store.
    pub(crate) async fn reload(&self) -> Result<(), Error> {
        self.refresh(true).await
    }

    fn report(&self, outcome: Result<(), Error>) {
        if let Err(error) = outcome {
            self.failing.store(true, Ordering::Relaxed);
            self.health.down(&error.to_string());
        } else if self.failing.swap(false, Ordering::Relaxed) {
            self.show(&[]);
        }
    }

    /// Brings the health up to date after own writes.
    fn show_unless_failing(&self) {
        if !self.failing.load(Ordering::Relaxed) {
            self.show(&[]);
        }
    }

    pub(super) fn with<R>(&self, look: impl FnOnce(&Cache<T>) -> R) -> R {
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
