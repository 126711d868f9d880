//! When something last moved, so that it can be given up when nothing has for long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::Instant;

/// When a body or a tunnel last moved, and whether all of a body is sent.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    moved_after_ms: AtomicU64,
    sent: AtomicBool,
}

impl Progress {
    pub(super) fn begin() -> Arc<Self> {
        Arc::new(Progress { began: Instant::now(), moved_after_ms: AtomicU64::new(0), sent: AtomicBool::new(false) })
    }

    /// Whether the whole body was sent.
    pub(super) fn is_sent(&self) -> bool {
        self.sent.load(Relaxed)
    }

    /// Returns once nothing has moved for `limit`.
    pub(super) async fn stalled(&self, limit: Duration) {
        loop {
            let moved = Duration::from_millis(self.moved_after_ms.load(Relaxed));
            let due = self.began + moved + limit;
            if Instant::now() >= due {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    }

    /// Something moved.
    pub(super) fn note(&self) {
        let after = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved_after_ms.store(after, Relaxed);
    }

    /// The body's end was sent.
    pub(super) fn note_end(&self) {
        self.sent.store(true, Relaxed);
    }
}
