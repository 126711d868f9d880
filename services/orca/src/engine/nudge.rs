//! How an actor is woken: commands wait for it in the store, or something that one of its stages waits for may have changed.

use std::{collections::BTreeSet, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// Wakes one actor: cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Nudge {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    notify: Notify,
    stages: Mutex<BTreeSet<String>>,
}

impl Nudge {
    /// Commands wait in the store.
    pub(super) fn commands(&self) {
        self.inner.notify.notify_one();
    }

    /// What the stage of that id waits for may have changed.
    pub(super) fn stage(&self, id: &str) {
        self.inner.stages.lock().insert(id.to_owned());
        self.inner.notify.notify_one();
    }

    /// Waits for the next nudge.
    pub(super) async fn nudged(&self) {
        self.inner.notify.notified().await;
    }

    /// The stages that were nudged since the last call.
    pub(super) fn take_stages(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.inner.stages.lock())
    }
}
