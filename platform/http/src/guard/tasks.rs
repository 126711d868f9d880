//! The owner of the tasks that handlers run in.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Owns the tasks that requests are worked on in; clones are the same owner.
///
/// A process gives one to all its services ([`crate::GuardOptions::tasks`]) and calls [`RequestTasks::stop`] once its
/// servers have returned, because a handler may outlive the connection that asked for it.
#[derive(Debug, Clone, Default)]
pub struct RequestTasks {
    tracker: TaskTracker,
    cut: CancellationToken,
}

impl RequestTasks {
    /// How many handlers are at work.
    pub fn running(&self) -> usize {
        self.tracker.len()
    }

    /// Waits until no handler is at work; after `grace` the rest is stopped where it awaits. Requests that come later
    /// get 503. Returns how many handlers were stopped.
    pub async fn stop(&self, grace: Duration) -> usize {
        self.tracker.close();
        let mut stopped = 0;
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_err() {
            stopped = self.tracker.len();
        }
        self.cut.cancel();
        self.tracker.wait().await;
        stopped
    }

    /// Runs `work` in a task; it answers `None` if it was stopped.
    pub(super) fn spawn<F>(&self, work: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.tracker.spawn(self.cut.clone().run_until_cancelled_owned(work))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stopping_waits_for_what_ends_and_cuts_what_does_not() {
        let tasks = RequestTasks::default();
        let ends = tasks.spawn(async { 7 });
        let hangs = tasks.spawn(std::future::pending::<()>());
        assert_eq!(tasks.stop(Duration::from_millis(20)).await, 1);
        assert_eq!(ends.await.expect("no panic"), Some(7));
        assert_eq!(hangs.await.expect("no panic"), None);
        assert_eq!(tasks.running(), 0);
        assert_eq!(tasks.spawn(async {}).await.expect("no panic"), None, "late work is refused");
    }
}
