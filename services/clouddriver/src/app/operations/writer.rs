//! Commits a task's changes, and shows them once they are committed.

use std::{sync::Arc, time::Duration};

use gennaker_base::Backoff;
use gennaker_store::{Ahead, Commit, Due, Error as StoreError, NewEvent, Next, Owner, PlaceChange};
use gennaker_wire::OperationTask;
use tokio::sync::watch;

use super::{Error, Inner, task::Task};

/// A task with the right to change it.
pub(super) struct Writer {
    pub(super) inner: Arc<Inner>,
    pub(super) owner: Owner,
    pub(super) task: Task,
    /// The number of the last recorded event.
    sequence: u64,
    /// Signals that are in the task and not yet recorded as taken.
    taken: Vec<u64>,
    /// The highest number among all that were taken by this owner.
    latest_taken: u64,
    shown: watch::Sender<Arc<OperationTask>>,
}

impl Writer {
    /// Of a task just as it is stored, after that many events.
    pub(super) fn new(inner: &Arc<Inner>, owner: Owner, task: Task, sequence: u64) -> Self {
        let shown = watch::Sender::new(Arc::new(task.to_wire()));
        Writer { inner: inner.clone(), owner, task, sequence, taken: Vec::new(), latest_taken: 0, shown }
    }

    /// Takes these signals with the next commit.
    pub(super) fn take(&mut self, signals: impl IntoIterator<Item = u64>) {
        self.taken.extend(signals);
        self.latest_taken = self.taken.iter().copied().max().unwrap_or(self.latest_taken);
    }

    /// Takes a signal with the next commit, unless it was taken with an earlier one.
    pub(super) fn take_once(&mut self, signal: u64) {
        if self.latest_taken < signal {
            self.take([signal]);
        }
    }

    /// The task as it was last committed, and as it will be committed.
    pub(super) fn shown(&self) -> watch::Receiver<Arc<OperationTask>> {
        self.shown.subscribe()
    }

    /// Commits the task as it is now, because of what `event` names, until the store has answered for certain.
    ///
    /// # Errors
    /// `Fenced` if the task belongs to somebody else: this state of it is worth nothing any more.
    pub(super) async fn commit(&mut self, event: &str) -> Result<(), Error> {
        let change = self.change(event)?;
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(2));
        loop {
            let error = match self.inner.store.commit(change.clone()).await {
                Ok(_) => break,
                Err(error @ (StoreError::Unavailable { .. } | StoreError::Unknown { .. })) => error,
                Err(error) => return Err(Error::Store(error)),
            };
            tracing::warn!(%error, "a task's change is not recorded yet; nothing that follows from it is done meanwhile");
            tokio::time::sleep(backoff.next_wait()).await;
            if self.is_recorded(&change).await {
                break;
            }
        }
        self.sequence += 1;
        self.taken.clear();
        self.shown.send_replace(Arc::new(self.task.to_wire()));
        Ok(())
    }

    fn change(&self, event: &str) -> Result<Commit, Error> {
        Ok(Commit {
            id: self.task.id.clone(),
            owner: self.owner.clone(),
            head: Some(self.task.head()?),
            parts: Vec::new(),
            removed: Vec::new(),
            after: self.sequence,
            events: vec![NewEvent { kind: event.to_owned(), at: self.inner.clock.now(), body: "{}".to_owned() }],
            taken: self.taken.clone(),
            due: Due::Never,
            ahead: if self.task.is_over() { Ahead::Ended } else { Ahead::Keep },
            place: PlaceChange::Keep,
            next: Next::Oldest,
        })
    }

    /// Whether a commit that was not confirmed stands in the store: the next event is there, and it is ours.
    async fn is_recorded(&self, change: &Commit) -> bool {
        match self.inner.store.events(&change.id, change.after, 1).await {
            Ok(events) => events.first().is_some_and(|event| event.epoch == Some(self.owner.epoch)),
            Err(_) => false,
        }
    }
}
