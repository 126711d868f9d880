//! Looking at tasks, waiting for their next change, resuming those that failed and giving others up.

use std::{sync::Arc, time::Duration};

use gennaker_store::Query;
use gennaker_wire::{Operation, OperationTask};
use tokio::{sync::watch, time::Instant};

use super::{
    Error, Operations,
    ask::Ask,
    task::{KIND, RUNNING, Task},
};

/// How often a task of another node is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// How long whoever asks something of a task waits until its owner has taken that.
const TAKEN_WAIT: Duration = Duration::from_secs(2);
const TAKEN_LOOK: Duration = Duration::from_millis(20);

impl Operations {
    /// A task. With `wait`, a task that is not over is answered when it has changed, or after that time.
    ///
    /// # Errors
    /// If there is no such task, or the store refuses.
    pub(crate) async fn task(&self, id: &str, wait: Option<Duration>) -> Result<OperationTask, Error> {
        let until = wait.map(|wait| Instant::now() + wait);
        let mut seen = None;
        if let Some(mut shown) = self.shown(id) {
            let now = shown.borrow_and_update().clone();
            // One that is over may just be resumed: the store knows. So it does when the task is no longer run here.
            if !now.status.completed {
                let Some(until) = until else { return Ok((*now).clone()) };
                match tokio::time::timeout_at(until, shown.changed()).await {
                    Ok(Ok(())) => return Ok((**shown.borrow()).clone()),
                    Ok(Err(_)) => seen = Some(now),
                    Err(_elapsed) => return Ok((*now).clone()),
                }
            }
        }
        loop {
            let stored = self.inner.store.load(id).await.map_err(|error| Error::of_task(id, error))?;
            let now = Arc::new(Task::read(&stored)?.to_wire());
            let changed = seen.as_ref().is_some_and(|seen| *seen != now);
            let left = until.map(|until| until.saturating_duration_since(Instant::now())).unwrap_or_default();
            if changed || now.status.completed || left.is_zero() {
                return Ok(Arc::unwrap_or_clone(now));
            }
            seen.get_or_insert(now);
            tokio::time::sleep(left.min(LOOK)).await;
        }
    }

    /// The tasks that are not over, the newest first.
    ///
    /// # Errors
    /// If the store refuses, or a row cannot be read.
    pub(crate) async fn running(&self) -> Result<Vec<OperationTask>, Error> {
        let query = Query { kinds: vec![KIND.to_owned()], statuses: vec![RUNNING.to_owned()], ..Query::default() };
        let stored = self.inner.store.list(&query).await.map_err(Error::Store)?;
        stored.iter().map(|stored| Ok(Task::read(stored)?.to_wire())).collect()
    }

    /// Takes a failed task up again: answers once somebody has, or after 2 s.
    ///
    /// # Errors
    /// `NotRetryable` unless it has failed in a way that may pass.
    pub(crate) async fn resume(&self, id: &str) -> Result<(), Error> {
        let store = &self.inner.store;
        let stored = store.load(id).await.map_err(|error| Error::of_task(id, error))?;
        if !Task::read(&stored)?.is_retryable() {
            return Err(Error::NotRetryable(id.to_owned()));
        }
        self.ask(id, Ask::Resume).await
    }

    /// Takes a failed task up again, if these are the names of its operations: what runs is what is recorded.
    ///
    /// # Errors
    /// As [`Operations::resume`], and if they are others.
    pub(crate) async fn restart(&self, id: &str, operations: &[Operation]) -> Result<(), Error> {
        let stored = self.inner.store.load(id).await.map_err(|error| Error::of_task(id, error))?;
        let recorded = Task::read(&stored)?.operations();
        if !recorded.iter().map(|known| &known.name).eq(operations.iter().map(|asked| &asked.name)) {
            let names: Vec<_> = recorded.iter().map(|known| known.name.as_str()).collect();
            return Err(Error::invalid(format!(
                "task {id} is of other operations ({}): it is restarted with those, new ones are a new task",
                names.join(", ")
            )));
        }
        self.resume(id).await
    }

    /// Gives a task up that is under way; with `retry` it may be resumed. Answers once its owner has, or after 2 s.
    ///
    /// # Errors
    /// `Over` if it is not under way.
    pub(crate) async fn give_up(&self, id: &str, retry: bool) -> Result<(), Error> {
        let stored = self.inner.store.load(id).await.map_err(|error| Error::of_task(id, error))?;
        if Task::read(&stored)?.is_over() {
            return Err(Error::Over(id.to_owned()));
        }
        self.ask(id, Ask::Fail { retry }).await
    }

    /// Records what is asked, and waits until the owner has taken it, at most 2 s.
    async fn ask(&self, id: &str, ask: Ask) -> Result<(), Error> {
        let store = &self.inner.store;
        let signal = store.signal(id, ask.body()).await.map_err(|error| Error::of_task(id, error))?;
        self.inner.claim_now.notify_one();
        let until = Instant::now() + TAKEN_WAIT;
        while Instant::now() < until {
            let waiting = store.signals(id).await.map_err(Error::Store)?;
            if waiting.iter().all(|waiting| waiting.sequence != signal.sequence) {
                break;
            }
            tokio::time::sleep(TAKEN_LOOK).await;
        }
        Ok(())
    }

    /// The state of a task that runs here.
    fn shown(&self, id: &str) -> Option<watch::Receiver<Arc<OperationTask>>> {
        self.inner.active.lock().get(id).map(|active| active.shown.clone())
    }
}
