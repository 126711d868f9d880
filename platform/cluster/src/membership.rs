//! A node among nodes: it joins, keeps its lease renewed by a task of its own, and leaves.

use std::sync::Arc;

use gennaker_base::SharedClock;
use gennaker_store::{Nodes, Owner, Registration};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Options, Result, Standing, renewal::Renewal};

/// A node's membership. Dropping it stops the renewals: the node is dead at once to itself, and to others when its lease
/// has ended; [`Membership::leave`] spares them the wait.
#[derive(Debug)]
pub struct Membership {
    standing: Standing,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl Membership {
    /// Joins, measures the store's time and starts the renewals. `clock` is the local one.
    ///
    /// # Errors
    /// `Options` if the durations do not fit together, otherwise what kept the store from answering.
    pub async fn join(
        nodes: Arc<dyn Nodes>,
        registration: Registration,
        options: Options,
        clock: SharedClock,
    ) -> Result<Membership> {
        options.check()?;
        let standing = Standing::new(clock);
        let stop = CancellationToken::new();
        let renewal = Renewal::new(nodes, registration, options, standing.clone(), stop.clone());
        let held = renewal.join().await?;
        standing.publish(Some(held.clone()));
        let task = Some(tokio::spawn(renewal.run(held)));
        Ok(Membership { standing, stop, task })
    }

    /// What others ask: who this node is, whether that lasts, and what time it is.
    pub fn standing(&self) -> Standing {
        self.standing.clone()
    }

    /// See [`Standing::owner`].
    pub fn owner(&self) -> Option<Owner> {
        self.standing.owner()
    }

    /// Ends the lease, so that others take over at once. Stop driving executions before.
    pub async fn leave(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the renewal of the node's lease failed");
        }
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.standing.publish(None);
    }
}
