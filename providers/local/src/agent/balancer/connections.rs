//! The owner of all connections to instances. Balancers share them, so they outlive the one that opened them.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The tasks that drive connections to instances. Cheap to clone; to be ended with [`Connections::stop`].
#[derive(Debug, Clone, Default)]
pub(in crate::agent) struct Connections {
    tasks: TaskTracker,
    abort: CancellationToken,
}

impl Connections {
    /// Runs `connection` until it ends or all are stopped.
    pub(super) fn drive(&self, connection: impl Future<Output = ()> + Send + 'static) {
        let abort = self.abort.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = connection => {}
                () = abort.cancelled() => {}
            }
        });
    }

    /// Ends them all.
    pub(in crate::agent) async fn stop(&self) {
        self.tasks.close();
        self.abort.cancel();
        self.tasks.wait().await;
    }
}
