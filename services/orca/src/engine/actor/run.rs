//! Turn after turn of one execution. What cannot go on starts over from what is stored: a change that the store refuses, and a
//! defect of the engine, cost what this owner has in memory only, and no execution stays with an owner that does not drive it.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt as _;
use gennaker_base::{Backoff, Kind};
use gennaker_store::Ahead;

use super::{Actor, Error, teller};

/// How soon an execution that cannot go on is read again at first.
const FIRST_WAIT: Duration = Duration::from_millis(500);

impl Actor {
    /// Drives the execution until it is over, is released, or belongs to somebody else.
    #[tracing::instrument(name = "execution", skip_all, fields(execution = %self.id(), application = %self.state.head().application))]
    pub(in crate::engine) async fn run(mut self) {
        let mut refused = Backoff::new(FIRST_WAIT, Duration::from_secs(30));
        // One that comes each time after some progress is tried ever more seldom, too.
        let mut defects = Backoff::new(FIRST_WAIT, Duration::from_secs(300));
        let mut tells = self.was_over && self.untold;
        let mut over_again = None;
        loop {
            let turn = async {
                if std::mem::take(&mut tells) {
                    self.untold = !teller::tell(&self.inner, &self.state.to_execution()).await;
                }
                if let Some(wait) = over_again.take()
                    && !self.read_again(wait).await?
                {
                    return Ok(Ahead::Wait);
                }
                self.turn().await
            };
            over_again = Some(match AssertUnwindSafe(turn).catch_unwind().await {
                Ok(Ok(Ahead::Keep)) => {
                    refused.reset();
                    continue;
                }
                Ok(Ok(Ahead::Wait)) => return,
                Ok(Ok(Ahead::Ended)) => return self.end(),
                Ok(Err(error)) if error.kind() == Kind::Fenced => {
                    tracing::warn!(%error, "the execution is dropped here; whoever owns it goes on");
                    return;
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "the execution cannot go on; it is read again");
                    refused.next_wait()
                }
                Err(_panicked) => {
                    metrics::counter!("gennaker_engine_defects_total").increment(1);
                    let wait = defects.next_wait();
                    tracing::error!(again_in = ?wait, "the engine failed by a defect: see the log above, and please report it");
                    wait
                }
            });
        }
    }

    /// Records what happened, begins what follows, and waits until something happens again. Says what becomes of the execution.
    async fn turn(&mut self) -> Result<Ahead, Error> {
        let now = self.inner.deps.clock.now();
        let ahead = self.record(now).await?;
        if ahead == Ahead::Keep {
            self.perform();
            if self.pending.is_empty() {
                self.wait().await;
            }
        }
        Ok(ahead)
    }

    /// Tells of the end that is recorded, unless it was over before.
    fn end(self) {
        if self.was_over {
            return;
        }
        self.tell_parent();
        metrics::counter!("executions_completed_total", "status" => self.state.head().status.name()).increment(1);
        tracing::info!(status = %self.state.head().status, "the execution is over");
        if self.untold {
            self.inner.teller.tell(self.state, self.sequence);
        }
    }

    /// Starts over from what is stored, after a while; says whether the execution is still this owner's.
    async fn read_again(&mut self, wait: Duration) -> Result<bool, Error> {
        tokio::time::sleep(wait).await;
        let stored = match self.inner.deps.store.load(self.id()).await {
            Ok(stored) if stored.owner.as_ref() == Some(&self.owner) => stored,
            Ok(_) | Err(gennaker_store::Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let actor = Actor::claimed(&self.inner, self.owner.clone(), stored)?;
        *self = Actor { nudge: self.nudge.clone(), ..actor };
        Ok(true)
    }

    /// If a stage of another execution waits for the end of this one, and is driven here, it looks again at once.
    fn tell_parent(&self) {
        let trigger = &self.state.head().trigger;
        let parent = trigger.get("parentExecution").and_then(|parent| parent.get("id")?.as_str());
        let stage = trigger.get("parentPipelineStageId").and_then(|stage| stage.as_str());
        if let Some((parent, stage)) = parent.zip(stage) {
            self.inner.driven.nudge_stage(parent, stage);
        }
    }
}
