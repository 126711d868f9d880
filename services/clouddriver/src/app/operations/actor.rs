//! The owner of one task: runs its operations one after the other, and commits before it goes on.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc};

use futures::FutureExt;
use gennaker_base::Kind;
use gennaker_provider_api as provider;
use gennaker_store::{Execution as Stored, Owner};
use gennaker_wire::OperationTask;
use tokio::sync::watch;

use super::{
    Error, Inner,
    ask::{Ask, GiveUp},
    journal::{self, Entries, Entry},
    task::Task,
    writer::Writer,
};

/// One task under way.
pub(super) struct Actor {
    writer: Writer,
    /// Why the first commit is made, if there is something to commit before the first operation.
    news: Option<&'static str>,
    /// Whether somebody asks it to give up.
    give_up: watch::Sender<Option<GiveUp>>,
}

impl Actor {
    /// Of a task that was just created, its first event recorded.
    pub(super) fn begun(inner: &Arc<Inner>, owner: Owner, task: Task) -> Self {
        Actor { writer: Writer::new(inner, owner, task, 1), news: None, give_up: watch::Sender::default() }
    }

    /// Of a task that was claimed, with what was asked of it meanwhile.
    ///
    /// # Errors
    /// If its row cannot be read.
    pub(super) fn claimed(inner: &Arc<Inner>, owner: Owner, stored: Stored) -> Result<Self, Error> {
        let mut writer = Writer::new(inner, owner, Task::read(&stored)?, stored.sequence);
        let asked = stored.signals.iter().any(|signal| Ask::of(signal) == Some(Ask::Resume));
        let give_up = GiveUp::among(&stored.signals).filter(|_| !writer.task.is_over());
        let resumed = asked && writer.task.resume();
        writer.task.belongs_to(&writer.owner);
        writer.take(stored.signals.iter().map(|signal| signal.sequence));
        let news = Some(if resumed { "resumed" } else { "claimed" });
        Ok(Actor { writer, news, give_up: watch::Sender::new(give_up) })
    }

    /// The task's id.
    pub(super) fn id(&self) -> &str {
        &self.writer.task.id
    }

    /// The node that owns it.
    pub(super) fn owner(&self) -> &Owner {
        &self.writer.owner
    }

    /// The task's state as it was last committed.
    pub(super) fn shown(&self) -> watch::Receiver<Arc<OperationTask>> {
        self.writer.shown()
    }

    /// Where it is asked to give up.
    pub(super) fn give_up(&self) -> watch::Sender<Option<GiveUp>> {
        self.give_up.clone()
    }

    /// Runs the task until it is over, or belongs to somebody else.
    #[tracing::instrument(name = "operation", skip_all, fields(task = %self.id()))]
    pub(super) async fn run(mut self) {
        match self.drive().await {
            Ok(()) => {
                let status = self.writer.task.to_wire().status;
                let success = if status.failed { "false" } else { "true" };
                metrics::counter!("tasks_total", "success" => success).increment(1);
                tracing::info!(failed = status.failed, status = status.status, "the task is over");
            }
            Err(error) => tracing::warn!(%error, "the task is dropped here; whoever owns it goes on"),
        }
    }

    async fn drive(&mut self) -> Result<(), Error> {
        if let Some(news) = self.news.take() {
            self.writer.commit(news).await?;
        }
        while let Some(place) = self.writer.task.next_step() {
            self.writer.task.begin(place);
            self.writer.commit("begun").await?;
            let result = self.perform(place).await?;
            let now = self.writer.inner.clock.now();
            let event = match result {
                Ok(outcome) => {
                    self.writer.task.finish(place, outcome, now);
                    "finished"
                }
                Err(error) => {
                    self.writer.task.fail(place, &error, now);
                    "failed"
                }
            };
            self.writer.commit(event).await?;
        }
        Ok(())
    }

    /// Runs one operation and commits what it writes down meanwhile. The outer error: this node does not own the task.
    async fn perform(&mut self, place: usize) -> Result<provider::Result<provider::Outcome>, Error> {
        let Some(step) = self.writer.task.step(place) else {
            return Ok(Err(provider::Error::new(Kind::Bug, format!("the task has no operation {place}"))));
        };
        let request = provider::Request {
            request_id: format!("{}-{place}", self.id()),
            fence: format!("{}/{}", self.id(), self.owner().epoch.0),
            operation: step.operation(),
        };
        let inner = self.writer.inner.clone();
        let Some(cloud) = inner.providers.named(&step.provider).cloned() else {
            let message = format!(
                "this node has no provider {}: enable it, or resume the task on a node that has it",
                step.provider
            );
            return Ok(Err(provider::Error::new(Kind::Unavailable, message)));
        };
        let (journal, entries) = journal::open(step.decisions.clone());
        let run = async move {
            let run = AssertUnwindSafe(cloud.run(&request, &journal)).catch_unwind();
            let result = match tokio::time::timeout(inner.deadline, run).await {
                Ok(Ok(result)) => result,
                Ok(Err(_panic)) => Err(provider::Error::new(
                    Kind::Bug,
                    "the provider failed by a defect of gennaker: see its log, and please report it",
                )),
                Err(_elapsed) => Err(provider::Error::new(
                    Kind::Timeout,
                    format!("{} took longer than {} s", request.operation.name, inner.deadline.as_secs()),
                )),
            };
            drop(journal);
            result
        };
        let mut run = Box::pin(run);
        let mut asked = self.give_up.subscribe();
        let given_up = {
            let mut record = pin!(record(&mut self.writer, place, entries));
            tokio::select! {
                result = &mut run => {
                    // The journal is closed by now: what was handed over is committed to the end.
                    record.await?;
                    return Ok(result);
                }
                lost = &mut record => {
                    lost?;
                    return Ok(run.await);
                }
                Ok(give_up) = given_up(&mut asked) => {
                    // To cancel is to drop; what was handed over until then is committed.
                    drop(run);
                    record.await?;
                    give_up
                }
            }
        };
        self.writer.take_once(given_up.signal);
        Ok(Err(abandoned(given_up.retry)))
    }
}

/// Returns once somebody asks the task to give up; fails if nobody can any more.
async fn given_up(asked: &mut watch::Receiver<Option<GiveUp>>) -> Result<GiveUp, watch::error::RecvError> {
    loop {
        if let Some(give_up) = *asked.borrow_and_update() {
            return Ok(give_up);
        }
        asked.changed().await?;
    }
}

/// Why a task fails that was given up.
fn abandoned(retry: bool) -> provider::Error {
    match retry {
        true => provider::Error::new(Kind::Unavailable, "the task was given up on request"),
        false => provider::Error::new(Kind::Conflict, "the task was given up on request, and is not to be resumed"),
    }
}

/// Commits entries until the journal is closed.
async fn record(writer: &mut Writer, place: usize, mut entries: Entries) -> Result<(), Error> {
    while let Some(entry) = entries.received.recv().await {
        match entry {
            Entry::Status(progress, reply) => {
                if writer.task.progress(progress) {
                    writer.commit("status").await?;
                }
                let _nobody_waits = reply.send(());
            }
            Entry::Decision { key, value, reply } => {
                let decided = writer.task.decide(place, &key, value);
                writer.commit("decided").await?;
                entries.decisions.send_modify(|decisions| {
                    decisions.insert(key, decided.clone());
                });
                let _nobody_waits = reply.send(decided);
            }
        }
    }
    Ok(())
}
