//! The one writer: group commit over one connection.
//!
//! A turn takes what queued up during the last commit and runs each job inside one transaction, what it writes behind a
//! savepoint of its own. A refused job is undone alone; all are answered after the commit succeeded. There is no fixed
//! delay: a lone write is committed at once, many share one wait for the disk.
//!
//! If the transaction or its commit fails, every job of the turn is answered with that failure and nothing is kept; the
//! connection is given up and the next turn makes a new one.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use gennaker_base::{SharedClock, Timestamp};
use gennaker_store as store;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    connect::{self, File},
    dialect::{self, Connection, Script},
    error::{Failure, Place, Step, broken},
};

/// How many jobs share one transaction at most: a bound on how long the first of them waits.
const BATCH: usize = 256;

/// What a job works with.
#[derive(Debug)]
pub(crate) struct Turn {
    /// The connection, inside the turn's transaction.
    pub(crate) connection: Connection,
    /// The time, read once the write lock was held: it does not run behind that of an earlier turn.
    pub(crate) now: Timestamp,
    /// Whether former owners are refused: see `fences.rs`.
    pub(crate) fenced: bool,
    /// Whether the job's savepoint is open.
    guarded: bool,
    /// Whether the database undid the whole transaction.
    ended: bool,
}

impl Turn {
    /// Lets what follows be undone if the job is refused later on. Before it a job may only read.
    pub(crate) async fn guard(&mut self) -> sqlx::Result<()> {
        if !self.guarded {
            dialect::open_savepoint(&mut self.connection).await?;
            self.guarded = true;
        }
        Ok(())
    }

    /// Writes all of the script or nothing; needs no guard.
    pub(crate) async fn write(&mut self, script: Script) -> Step<()> {
        let Err(error) = script.run(&mut self.connection).await else { return Ok(()) };
        self.ended = dialect::close_savepoint(&mut self.connection, false).await.is_err();
        Err(error.into())
    }

    /// Ends a job; an error ends the turn.
    async fn settle(&mut self, ran: Ran) -> sqlx::Result<()> {
        if self.ended {
            return Err(sqlx::Error::Protocol("the database has undone the transaction".to_owned()));
        }
        if std::mem::take(&mut self.guarded) {
            dialect::close_savepoint(&mut self.connection, ran == Ran::Kept).await?;
        }
        Ok(())
    }
}

/// The way to the writer task.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
    task: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Job(Box<dyn Job>),
    Close,
}

impl Writer {
    /// Starts the task on a first connection.
    pub(crate) fn start(file: File, connection: Connection, clock: SharedClock, queue: usize, fenced: bool) -> Writer {
        let (sender, receiver) = mpsc::channel(queue);
        let place = file.place();
        let open = Some(connection);
        let task = tokio::spawn(Task { file, place, clock, fenced, open }.run(receiver));
        Writer { queue: sender, task: Mutex::new(Some(task)) }
    }

    /// Runs `work` in the next turn and returns its result once that turn is committed. `id` is what it writes.
    pub(crate) async fn write<T, W>(&self, id: &str, work: W) -> store::Result<T>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Turn) -> BoxFuture<'t, Step<T>> + Send + 'static,
    {
        self.queue(id, work, true).await
    }

    /// The same for work that guards itself: see [`Turn::guard`]. It costs one exchange with the database less.
    pub(crate) async fn write_unguarded<T, W>(&self, id: &str, work: W) -> store::Result<T>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Turn) -> BoxFuture<'t, Step<T>> + Send + 'static,
    {
        self.queue(id, work, false).await
    }

    async fn queue<T, W>(&self, id: &str, work: W, guarded: bool) -> store::Result<T>
    where
        T: Send + 'static,
        W: for<'t> FnOnce(&'t mut Turn) -> BoxFuture<'t, Step<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Waiting { work: Some(work), guarded, result: None, answer };
        let closed = || store::Error::Unavailable { reason: "this node's store is closed".to_owned() };
        self.queue.send(Message::Job(Box::new(job))).await.map_err(|_| closed())?;
        // Without an answer the task ended in the middle of the turn.
        answered.await.unwrap_or_else(|_| Err(store::Error::Unknown { id: id.to_owned() }))
    }

    /// Ends the task after what is queued.
    pub(crate) async fn close(&self) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return };
        // An error means that the task is gone already.
        let _ = self.queue.send(Message::Close).await;
        if let Err(error) = task.await {
            tracing::error!(%error, "the store's writer failed");
        }
    }
}

/// What became of a job inside its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ran {
    Kept,
    Undone,
}

#[async_trait]
trait Job: Send {
    async fn run(&mut self, turn: &mut Turn) -> Ran;

    /// What the database answered to it, if that is why it was undone.
    fn take_fault(&mut self) -> Option<sqlx::Error>;

    /// Tells the caller: the job's own result, or why the whole turn was lost.
    fn answer(self: Box<Self>, lost: Option<&sqlx::Error>, place: &Place);
}

struct Waiting<T, W> {
    work: Option<W>,
    guarded: bool,
    result: Option<Step<T>>,
    answer: oneshot::Sender<store::Result<T>>,
}

#[async_trait]
impl<T, W> Job for Waiting<T, W>
where
    T: Send + 'static,
    W: for<'t> FnOnce(&'t mut Turn) -> BoxFuture<'t, Step<T>> + Send + 'static,
{
    async fn run(&mut self, turn: &mut Turn) -> Ran {
        // Nobody waits for it any more: a claim without a reader would own executions that nobody drives.
        if self.answer.is_closed() {
            return Ran::Undone;
        }
        let Some(work) = self.work.take() else { return Ran::Undone };
        let guarded = if self.guarded { turn.guard().await } else { Ok(()) };
        let result = match guarded {
            Ok(()) => work(turn).await,
            Err(error) => Err(error.into()),
        };
        let ran = if result.is_ok() { Ran::Kept } else { Ran::Undone };
        self.result = Some(result);
        ran
    }

    fn take_fault(&mut self) -> Option<sqlx::Error> {
        match self.result.take() {
            Some(Err(Failure::Broken(error))) => Some(error),
            _ => None,
        }
    }

    fn answer(self: Box<Self>, lost: Option<&sqlx::Error>, place: &Place) {
        let result = match (lost, self.result) {
            // Also for a refused one: what it was refused for is undone.
            (Some(error), _) => Err(broken(error, place)),
            (None, Some(result)) => result.map_err(|failure: Failure| failure.settle(place)),
            (None, None) => return,
        };
        let outcome = match (lost, &result) {
            (None, Ok(_)) => "kept",
            (None, Err(_)) => "refused",
            (Some(_), _) => "lost",
        };
        metrics::counter!("gennaker_store_writes_total", "outcome" => outcome).increment(1);
        // The caller may have gone.
        let _ = self.answer.send(result);
    }
}

struct Task {
    file: File,
    place: Place,
    clock: SharedClock,
    fenced: bool,
    open: Option<Connection>,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut messages, BATCH).await > 0 {
            let mut jobs = Vec::with_capacity(messages.len());
            for message in messages.drain(..) {
                match message {
                    Message::Job(job) => jobs.push(job),
                    // What is queued still gets its turn.
                    Message::Close => queue.close(),
                }
            }
            if !jobs.is_empty() {
                self.turn(jobs).await;
            }
        }
        if let Some(connection) = self.open.take() {
            connect::close(connection, &self.place).await;
        }
    }

    async fn turn(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        metrics::histogram!("gennaker_store_batch_size").record(jobs.len() as f64);
        let began = Instant::now();
        let lost = self.transaction(&mut jobs).await.err();
        metrics::histogram!("gennaker_store_commit_seconds").record(began.elapsed().as_secs_f64());
        let outcome = if lost.is_none() { "committed" } else { "lost" };
        metrics::counter!("gennaker_store_commits_total", "outcome" => outcome).increment(1);
        if let Some(error) = &lost {
            tracing::error!(place = %self.place, writes = jobs.len(), %error, "a commit failed, its writes are refused");
        }
        for job in jobs {
            job.answer(lost.as_ref(), &self.place);
        }
    }

    async fn transaction(&mut self, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
        let connection = match self.open.take() {
            Some(connection) => connection,
            None => self.file.reconnect().await?,
        };
        let mut turn = Turn { connection, now: Timestamp::ZERO, fenced: self.fenced, guarded: false, ended: false };
        let result = self.run_jobs(&mut turn, jobs).await;
        match result {
            Ok(()) => self.open = Some(turn.connection),
            Err(_) => {
                // The database may have ended the transaction itself; closing ends it in any case.
                let _ = dialect::rollback(&mut turn.connection).await;
                connect::close(turn.connection, &self.place).await;
            }
        }
        result
    }

    async fn run_jobs(&self, turn: &mut Turn, jobs: &mut [Box<dyn Job>]) -> sqlx::Result<()> {
        self.file.begin(&mut turn.connection).await?;
        turn.now = self.clock.now();
        for job in jobs.iter_mut() {
            let ran = job.run(turn).await;
            // If the database undid the whole transaction, what the job met is what all are told.
            turn.settle(ran).await.map_err(|error| job.take_fault().unwrap_or(error))?;
        }
        dialect::commit(&mut turn.connection).await
    }
}
