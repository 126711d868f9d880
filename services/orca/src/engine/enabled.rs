//! Whether this node takes work: what an operator switches off before the node is stopped.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Engine;

/// Whether the node takes work; it does until it is told otherwise.
#[derive(Debug)]
pub(super) struct Enabled(AtomicBool);

impl Default for Enabled {
    fn default() -> Self {
        Enabled(AtomicBool::new(true))
    }
}

impl Enabled {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Engine {
    /// Lets this node take work, or not: one that does not take any goes on with what it drives, stores what is started through it
    /// for others, and claims nothing. It forgets this when it is stopped.
    pub fn set_enabled(&self, enabled: bool) {
        let before = self.inner.enabled.0.swap(enabled, Ordering::Relaxed);
        if before != enabled {
            tracing::info!(enabled, "this node was told whether to take executions");
            self.inner.claim_now.notify_one();
        }
    }

    /// Whether this node takes work.
    pub fn is_enabled(&self) -> bool {
        self.inner.enabled.get()
    }
}
