//! What a node knows of its own lease.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::{Clock, SharedClock, Timestamp};
use gennaker_store::Owner;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

/// What a node knows of its own lease; cheap to clone. As a [`Clock`] it shows the store's time.
#[derive(Clone)]
pub struct Standing {
    shared: Arc<Shared>,
}

/// A lease as its holder judges it.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) owner: Owner,
    /// When it was asked for.
    pub(crate) sent: Instant,
    pub(crate) until: Instant,
}

struct Shared {
    held: watch::Sender<Option<Held>>,
    owners: watch::Sender<Option<Owner>>,
    /// The store's clock less the local one, in milliseconds.
    offset: AtomicI64,
    clock: SharedClock,
}

impl Standing {
    pub(crate) fn new(clock: SharedClock) -> Self {
        let (held, _) = watch::channel(None);
        let (owners, _) = watch::channel(None);
        Standing { shared: Arc::new(Shared { held, owners, offset: AtomicI64::new(0), clock }) }
    }

    /// Who this node is to the store, `None` if it cannot be sure that its lease lasts. Ask again before each side
    /// effect.
    pub fn owner(&self) -> Option<Owner> {
        let held = self.shared.held.borrow();
        // The clock is read under the lock: no renewal comes in between.
        let lasts = |held: &&Held| Instant::now() < held.until;
        held.as_ref().filter(lasts).map(|held| held.owner.clone())
    }

    /// Returns once this node is not `owner` any more: drop whatever is driven under it.
    pub async fn lost(&self, owner: &Owner) {
        let mut changes = self.shared.held.subscribe();
        loop {
            let until = match &*changes.borrow_and_update() {
                Some(held) if held.owner == *owner && Instant::now() < held.until => held.until,
                _ => return,
            };
            tokio::select! {
                // Never an error: the sender is in `self`.
                _ = changes.changed() => {}
                () = sleep_until(until) => {}
            }
        }
    }

    /// The owner that this node is, `None` while it has no lease; changes with each loss and each new epoch. What it
    /// shows was true when it was published: [`Standing::owner`] judges.
    pub fn owners(&self) -> watch::Receiver<Option<Owner>> {
        self.shared.owners.subscribe()
    }

    pub(crate) fn publish(&self, held: Option<Held>) {
        let owner = held.as_ref().map(|held| held.owner.clone());
        self.shared.held.send_replace(held);
        self.shared.owners.send_replace(owner);
    }

    /// Moves the end of the lease, unless it has passed already: then somebody may have been told so.
    pub(crate) fn extend(&self, until: Instant) -> bool {
        let mut extended = false;
        self.shared.held.send_if_modified(|held| {
            if let Some(held) = held
                && Instant::now() < held.until
            {
                held.until = held.until.max(until);
                extended = true;
            }
            // Who waits for a loss looks again at the former end anyway.
            false
        });
        extended
    }

    pub(crate) fn clock(&self) -> &SharedClock {
        &self.shared.clock
    }

    /// Sets the offset: the store showed `store` at some moment between the two local times.
    pub(crate) fn correct(&self, asked: Timestamp, store: Timestamp, answered: Timestamp) {
        let middle = asked.millis() / 2 + answered.millis() / 2;
        let offset = store.millis().saturating_sub(middle);
        self.shared.offset.store(offset, Ordering::SeqCst);
        metrics::gauge!("gennaker_cluster_clock_offset_seconds").set(offset as f64 / 1000.0);
    }

    fn offset(&self) -> i64 {
        self.shared.offset.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Clock for Standing {
    /// The store's present, by the local clock and the offset measured at the last renewal.
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.shared.clock.now().millis().saturating_add(self.offset()))
    }

    async fn sleep_until(&self, due: Timestamp) {
        /// A later correction moves the end: looked at again this often.
        const SLICE: Duration = Duration::from_secs(10);
        while self.now() < due {
            let local = self.shared.clock.now();
            let end = Timestamp::from_millis(due.millis().saturating_sub(self.offset()));
            self.shared.clock.sleep_until(end.min(local.after(SLICE))).await;
        }
    }
}

impl std::fmt::Debug for Standing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Standing").field("owner", &self.owner()).field("offset", &self.offset()).finish()
    }
}
