//! Telling of ends: at least once, and without holding anything up.
//!
//! The commit that ends an execution makes it due again in [`GRACE`]. Its node tells of the end at once, from memory, and then
//! clears that due time together with others'. If it dies before, is too busy, or somebody does not answer, whichever node claims
//! the execution at its due time tells again, and sets the next one, further and further away.
//!
//! An end is told with its whole execution, which may have megabytes. So those that wait are held in memory up to a limit and
//! read again beyond it, and few large ones are told at a time.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use gennaker_base::Timestamp;
use gennaker_store::{Due, Told};
use gennaker_wire::Execution;
use parking_lot::Mutex;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{Engine, Inner, record};
use crate::{app::ending, planner::State};

/// So many ends may wait to be told; more are told when they are due.
const QUEUE: usize = 1024;
/// So many are told at a time.
const AT_ONCE: usize = 16;
/// So many KiB of executions wait in memory; what more there is, is read from the store when its turn comes.
const HELD: usize = 16 << 10;
/// So many KiB of executions are told at a time. A larger one is told by itself.
const UNDER_WAY: u32 = 16 << 10;
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
    held: Arc<Semaphore>,
}

/// An execution that is over.
struct Ended {
    id: String,
    /// The number of its last event.
    sequence: u64,
    /// In KiB.
    size: u32,
    /// Its state with the leave to hold it.
    state: Option<(State, OwnedSemaphorePermit)>,
}

impl Default for Teller {
    fn default() -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        Teller { queue, waiting: Mutex::new(Some(waiting)), held: Arc::new(Semaphore::new(HELD)) }
    }
}

impl Teller {
    /// Has an end told soon. `sequence` is the number of the execution's last event.
    pub(super) fn tell(&self, state: State, sequence: u64) {
        let id = state.head().id.clone();
        let size = u32::try_from(record::size(&state) / 1024 + 1).unwrap_or(u32::MAX);
        let held = self.held.clone().try_acquire_many_owned(size);
        let ended = Ended { id, sequence, size, state: held.ok().map(|held| (state, held)) };
        if self.queue.try_send(ended).is_err() {
            metrics::counter!("executions_ends_postponed_total").increment(1);
        }
    }
}

impl Ended {
    /// The execution; none if it cannot be read, or goes on again and has another end.
    async fn execution(self, inner: &Inner) -> Option<Execution> {
        if let Some((state, _held)) = self.state {
            return Some(state.into_execution());
        }
        let read = match inner.deps.store.load(&self.id).await {
            Ok(stored) if stored.sequence == self.sequence => record::execution(&stored),
            Ok(_) | Err(gennaker_store::Error::NotFound { .. }) => return None,
            Err(error) => Err(error.into()),
        };
        read.inspect_err(|error| tracing::warn!(execution = self.id, %error, "an end is told later")).ok()
    }
}

/// Tells of what is queued until `shutdown`; what is left then is told when it is due.
pub(super) async fn run(inner: &Arc<Inner>, shutdown: &CancellationToken) {
    let Some(mut waiting) = inner.teller.waiting.lock().take() else { return };
    let mut telling: JoinSet<Option<Told>> = JoinSet::new();
    let under_way = Arc::new(Semaphore::new(UNDER_WAY as usize));
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
                let (inner, under_way) = (inner.clone(), under_way.clone());
                telling.spawn(async move {
                    let _leave = under_way.acquire_many(ended.size.min(UNDER_WAY)).await.ok()?;
                    let told = Told { id: ended.id.clone(), sequence: ended.sequence };
                    let execution = ended.execution(&inner).await?;
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
