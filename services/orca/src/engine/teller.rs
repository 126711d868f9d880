//! Telling of ends: at least once, and without holding anything up.
//!
//! The commit that ends an execution makes it due again in [`GRACE`]. Its node tells of the end at once, from memory, and then
//! clears that due time together with others'. If it dies before, is too busy, or somebody does not answer, whichever node claims
//! the execution at its due time tells again, and sets the next one, further and further away.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Due, Told};
use gennaker_wire::Execution;
use parking_lot::Mutex;
use tokio::{sync::mpsc, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Engine, Inner};
use crate::{app::ending, planner::State};

/// So many ends may wait to be told; more are told when they are due.
const QUEUE: usize = 1024;
/// So many are told at a time.
const AT_ONCE: usize = 16;
/// How long telling of one may take.
const DEADLINE: Duration = Duration::from_secs(20);
/// How long after its end an execution is due, if nobody has cleared that. Longer than telling takes.
const GRACE: Duration = Duration::from_secs(30);
/// The shortest and the longest time between two tries.
const AGAIN: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(300));
/// How long after its end it is given up.
const PATIENCE: Duration = Duration::from_secs(3 * 24 * 3600);

/// Tells of ends.
pub(super) struct Teller {
    queue: mpsc::Sender<Ended>,
    waiting: Mutex<Option<mpsc::Receiver<Ended>>>,
}

/// An execution that is over.
pub(super) struct Ended {
    /// Its state.
    pub(super) state: State,
    /// The number of its last event.
    pub(super) sequence: u64,
}

impl Default for Teller {
    fn default() -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Teller { queue, waiting: Mutex::new(Some(waiting)) }
    }
}

impl Teller {
    /// Has it told of soon.
    pub(super) fn tell(&self, ended: Ended) {
        if self.queue.try_send(ended).is_err() {
            metrics::counter!("executions_ends_postponed_total").increment(1);
        }
    }
}

/// Tells of what is queued until `shutdown`; what is left then is told when it is due.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let Some(mut waiting) = inner.teller.waiting.lock().take() else { return };
    let mut telling: JoinSet<Option<Told>> = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            Some(first) = telling.join_next() => {
                let mut told: Vec<Told> = first.ok().flatten().into_iter().collect();
                while let Some(Some(next)) = telling.join_next().now_or_never() {
                    told.extend(next.ok().flatten());
                }
                clear(inner, told).await;
            }
            Some(ended) = waiting.recv(), if telling.len() < AT_ONCE => {
                let inner = inner.clone();
                telling.spawn(async move {
                    let Ended { state, sequence } = ended;
                    let execution = state.to_execution();
                    let told = Told { id: execution.id.clone(), sequence };
                    tell(&inner, &execution).await.then_some(told)
                });
            }
        }
    }
}

async fn clear(inner: &Inner, told: Vec<Told>) {
    if told.is_empty() {
        return;
    }
    if let Err(error) = inner.deps.store.told(told).await {
        tracing::warn!(%error, "that ends were told is not recorded: they will be told again");
    }
}

/// Tells of an end; says whether everybody knows.
pub(super) async fn tell(inner: &Arc<Inner>, execution: &Execution) -> bool {
    let engine = Engine { inner: inner.clone() };
    let reason = match tokio::time::timeout(DEADLINE, ending::tell(&engine, execution)).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.to_string(),
        Err(_elapsed) => format!("it took longer than {} s", DEADLINE.as_secs()),
    };
    tracing::warn!(execution = %execution.id, reason, "not everybody knows that the execution is over: it is told again");
    metrics::counter!("executions_ends_untold_total").increment(1);
    false
}

/// When an execution that ends now is due, unless everybody is told before.
pub(super) fn first(now: Timestamp) -> Due {
    Due::At(now.after(GRACE))
}

/// When it is told again that it ended at `end`.
pub(super) fn again(id: &str, end: Timestamp, now: Timestamp) -> Due {
    let age = now.since(end);
    if age >= PATIENCE {
        tracing::error!(
            execution = id,
            "for days not everybody could be told that the execution is over: it is given up"
        );
        return Due::Never;
    }
    Due::At(now.after((age / 2).clamp(AGAIN.0, AGAIN.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_told_again_less_and_less_often_and_not_for_ever() {
        let after = |seconds: i64| again("E", Timestamp::from_millis(0), Timestamp::from_millis(seconds * 1000));
        let at = |seconds: i64| Due::At(Timestamp::from_millis(seconds * 1000));
        assert_eq!((after(0), after(60), after(3600)), (at(10), at(90), at(3900)));
        assert_eq!(after(3 * 24 * 3600), Due::Never);
        assert_eq!(first(Timestamp::from_millis(0)), at(30));
    }
}
