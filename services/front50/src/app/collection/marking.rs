//! Telling others of changes: the writes of a group's mark.
//!
//! Those that wait while one write of the mark is on its way go into the next one together, so that many writers of a
//! process cost few writes of the mark, and do not fight for it.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher as _, RandomState},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use gennaker_base::{Backoff, Kind};
use gennaker_objects::{Condition, Version};
use tokio::sync::Semaphore;

use super::{super::mark::Mark, Collection, Item};

/// How often the mark is tried when others write it too.
const TRIES: u32 = 20;

/// What is to be told of, and who does it at this moment.
#[derive(Debug)]
pub(super) struct Marking {
    /// The ids that the mark does not tell of yet.
    waiting: Mutex<BTreeSet<String>>,
    turn: Semaphore,
    /// The mark as this process wrote it, as long as nobody else seems to.
    known: Mutex<Option<(Version, Mark)>>,
}

impl Default for Marking {
    fn default() -> Self {
        Marking { waiting: Mutex::default(), turn: Semaphore::new(1), known: Mutex::default() }
    }
}

/// Ids that are being told of. They wait again if that did not succeed, whatever happened to it.
struct Telling<'a> {
    ids: BTreeSet<String>,
    waiting: &'a Mutex<BTreeSet<String>>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        lock(self.waiting).append(&mut self.ids);
    }
}

impl<T: Item> Collection<T> {
    /// Notes a change that the group's mark has to tell of.
    pub(super) fn to_tell(&self, id: String) {
        lock(&self.marking.waiting).insert(id);
    }

    /// Tells of what could not be told of before.
    pub(super) async fn make_up_for_marks(&self) {
        if !lock(&self.marking.waiting).is_empty() {
            self.tell().await;
        }
    }

    /// Tells in the group's mark of all changes that are noted, and returns once that is done. The objects are written by
    /// then, so a failure fails nothing: it is made up for later.
    pub(crate) async fn tell(&self) {
        let Ok(_turn) = self.marking.turn.acquire().await else { return };
        let mut telling =
            Telling { ids: std::mem::take(&mut *lock(&self.marking.waiting)), waiting: &self.marking.waiting };
        if telling.ids.is_empty() {
            // Whoever had the turn before told of it.
            return;
        }
        match self.try_mark(&telling.ids).await {
            Ok(()) => {
                telling.ids.clear();
                self.show_unless_failing();
            }
            Err(error) => {
                tracing::warn!(group = T::GROUP, %error, "other nodes will see a change later: its mark cannot be written");
            }
        }
    }

    async fn try_mark(&self, ids: &BTreeSet<String>) -> Result<(), gennaker_objects::Error> {
        let mut backoff = Backoff::new(Duration::from_millis(4), Duration::from_millis(250));
        let mut known = lock(&self.marking.known).take();
        for tries in 1.. {
            let (version, before) = match known.take() {
                Some((version, mark)) => (Some(version), mark),
                None => {
                    let object = self.objects.get(self.layout.marker()).await?;
                    let mark = Mark::read(object.as_ref().map_or(&[], |object| &object.bytes));
                    (object.map(|object| object.version), mark)
                }
            };
            let number = RandomState::new().hash_one(self.clock.now().millis()) >> 12;
            let mark = before.after(ids.iter().cloned(), self.clock.now(), i64::try_from(number).unwrap_or(0));
            let condition = version.clone().map_or(Condition::IfAbsent, Condition::IfVersion);
            match self.objects.put(self.layout.marker(), mark.write().into(), condition).await {
                Ok(written) => {
                    self.saw_own_mark(version.as_ref(), &written, &mark);
                    if tries == 1 {
                        *lock(&self.marking.known) = Some((written, mark));
                    }
                    return Ok(());
                }
                Err(error) if error.kind() == Kind::Conflict && tries < TRIES => {
                    self.clock.sleep_until(self.clock.now().after(backoff.next_wait())).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
