//! The thin shell around the planner: owns executions, records what was planned, performs it.
//!
//! Each execution that is under way has one actor in one node. The actor takes what happened (a step's result, a command, a
//! due time) into the planner, commits the changed rows with one event row for each thing that happened, and only then
//! performs the actions. An execution that merely waits is released: it has no actor and costs no memory until its due time
//! comes or a command arrives.
//!
//! # Guarantees
//! * What was answered is stored: a start and a command are answered after their commit.
//! * A node that lost its lease drops its actors; whatever they still try is refused by the epoch that they carry.
//! * A step that was under way when its owner died is made again, with the same request id and a higher fence.
//! * A write whose answer was lost is settled before anything follows from it.
//! * Of the end of an execution everybody is told who has to know, at least once: [`teller`].

mod actor;
mod certain;
mod claims;
mod cluster_lock;
mod driven;
mod enabled;
pub(crate) mod history;
mod import;
mod limit;
mod nudge;
mod perform;
mod progress;
mod record;
mod start;
mod teller;
mod upkeep;

use std::{sync::Arc, time::Duration};

use gennaker_base::{Kind, SharedClock, Timestamp};
use gennaker_clients::Clients;
use gennaker_http::outbound::Outbound;
use gennaker_orca_stages::{Catalogue, TemplateLookup};
use gennaker_store::{Owner, Query, SharedStore, Told};
use gennaker_wire::{Execution, ExecutionKind, Object, Stage};
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::import::IMPORTED;
pub(crate) use self::progress::News;
use self::{driven::Driven, enabled::Enabled, progress::Progress, teller::Teller};
pub use self::{start::StartRequest, upkeep::Retention};
use crate::{expressions::Expressions, planner::Signal};

/// How long a command waits for its effect before it is answered as recorded.
const SIGNAL_WAIT: Duration = Duration::from_secs(2);
/// How often it looks meanwhile, if the owner is another node.
const SIGNAL_LOOK: Duration = Duration::from_millis(25);

/// What the engine works with.
#[derive(Clone)]
pub struct Deps {
    /// Where executions are kept.
    pub store: SharedStore,
    /// This node's present life; `None` while it has none.
    pub owner: watch::Receiver<Option<Owner>>,
    /// Store-corrected time.
    pub clock: SharedClock,
    /// The stages.
    pub catalogue: Arc<Catalogue>,
    /// The other services.
    pub clients: Clients,
    /// Addresses that expressions read: `#fromUrl` and its like.
    pub outbound: Outbound,
}

/// The engine's limits.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many executions this node drives at a time, 10,000 by default; more wait for room, here or elsewhere.
    pub active: usize,
    /// An execution whose next due time is further away than this is released, 5 s by default.
    pub release_after: Duration,
    /// How long one step of a task may take, 2 min by default; then it counts as failed transiently.
    pub step_deadline: Duration,
    /// Which executions are deleted by their age; none by default.
    pub retention: Option<Retention>,
    /// What echo is told.
    pub echo: crate::options::Echo,
    /// What becomes of a stage whose cluster another execution is changing.
    pub cluster_locks: crate::options::ClusterLocks,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            active: 10_000,
            release_after: Duration::from_secs(5),
            step_deadline: Duration::from_secs(120),
            retention: None,
            echo: crate::options::Echo::default(),
            cluster_locks: crate::options::ClusterLocks::default(),
        }
    }
}

/// Why the engine refuses.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store's failure.
    #[error(transparent)]
    Store(#[from] gennaker_store::Error),
    /// The execution cannot be written or read as a row.
    #[error("execution {id} cannot be stored: {reason}")]
    Record {
        /// The execution.
        id: String,
        /// What is wrong.
        reason: String,
    },
    /// What is recorded of the execution cannot be replayed.
    #[error("execution {id} cannot be replayed: {reason}")]
    NotReplayed {
        /// The execution.
        id: String,
        /// Why.
        reason: crate::planner::replay::Error,
    },
    /// The execution of this id was deleted; its event does not start it again.
    #[error("execution {0} was deleted; the event that started it does not start it again")]
    Deleted(String),
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Store(error) => error.kind(),
            Error::Record { .. } => Kind::Bug,
            Error::NotReplayed { .. } => Kind::Unsupported,
            Error::Deleted(_) => Kind::Conflict,
        }
    }
}

/// How a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It has its effect.
    Done,
    /// It is recorded and will have its effect once the owner takes it.
    Recorded,
}

/// A handle to the engine: cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    deps: Deps,
    options: Options,
    expressions: Expressions,
    driven: Driven,
    tracker: TaskTracker,
    stop: CancellationToken,
    claim_now: Notify,
    enabled: Enabled,
    teller: Teller,
    progress: Progress,
}

impl Engine {
    /// An engine that drives nothing until [`Engine::run`] runs.
    pub fn new(deps: Deps, options: Options) -> Self {
        let expressions = Expressions::new(deps.clients.clone(), deps.outbound.clone(), deps.clock.clone());
        Engine {
            inner: Arc::new(Inner {
                deps,
                options,
                expressions,
                driven: Driven::default(),
                tracker: TaskTracker::new(),
                stop: CancellationToken::new(),
                claim_now: Notify::new(),
                enabled: Enabled::default(),
                teller: Teller::default(),
                progress: Progress::default(),
            }),
        }
    }

    /// Claims and drives executions until `shutdown`, then drops what it drives: the lease's end hands it on.
    pub async fn run(&self, shutdown: CancellationToken) {
        tokio::join!(
            claims::run(&self.inner, &shutdown),
            upkeep::run(&self.inner, &shutdown),
            teller::run(&self.inner, &shutdown),
            progress::run(&self.inner, &shutdown)
        );
        self.inner.stop.cancel();
        self.inner.tracker.close();
        self.inner.tracker.wait().await;
    }

    /// What evaluates expressions.
    pub(crate) fn expressions(&self) -> &Expressions {
        &self.inner.expressions
    }

    /// What looks up pipeline templates.
    pub(crate) fn templates(&self) -> TemplateLookup {
        TemplateLookup::new(self.inner.deps.outbound.clone())
    }

    /// Where executions are kept, for whoever only looks.
    pub(crate) fn store(&self) -> &SharedStore {
        &self.inner.deps.store
    }

    /// Who this node is at present, if it may drive executions.
    pub(crate) fn owner(&self) -> Option<Owner> {
        self.inner.deps.owner.borrow().clone()
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.inner.deps.clock.now()
    }

    /// What echo is told.
    pub(crate) fn echo(&self) -> &crate::options::Echo {
        &self.inner.options.echo
    }

    /// The other services.
    pub(crate) fn clients(&self) -> &Clients {
        &self.inner.deps.clients
    }

    /// Stores a new execution and begins it, once it has a place if its pipeline limits its runs. Returns its id: that of the
    /// stored one if this id or this request was started before, or one of this correlation goes on.
    ///
    /// # Errors
    /// If the store refuses, or the execution of this id was deleted: nothing is started then. `Unknown` if this node stops
    /// before the store has said whether it is stored.
    pub async fn start(&self, request: StartRequest) -> Result<String, Error> {
        let id = request.execution.id.clone();
        let inner = self.inner.clone();
        // In a task of its own: a caller that gives up in the middle must not leave a stored execution without its actor.
        let starting = self.inner.tracker.spawn(async move { start::start(&inner, request).await });
        starting.await.unwrap_or_else(|_| Err(gennaker_store::Error::Unknown { id }.into()))
    }

    /// Records a command, pokes the owner, and waits up to 2 s for its effect.
    ///
    /// # Errors
    /// If there is no such execution, or the store refuses.
    pub async fn signal(&self, id: &str, signal: &Signal) -> Result<Settled, Error> {
        let inner = &self.inner;
        let recorded = inner.deps.store.signal(id, record::signal_body(id, signal)?).await?;
        self.poke(id);
        let looks = SIGNAL_WAIT.as_millis() / SIGNAL_LOOK.as_millis();
        for _ in 0..looks {
            let waiting = inner.deps.store.signals(id).await?;
            if !waiting.iter().any(|signal| signal.sequence == recorded.sequence) {
                return Ok(Settled::Done);
            }
            tokio::time::sleep(SIGNAL_LOOK).await;
        }
        Ok(Settled::Recorded)
    }

    /// Tells the owner, if it is here, that a command waits; else looks whether the execution can be claimed.
    pub fn poke(&self, id: &str) {
        if !self.inner.driven.nudge(id) {
            self.inner.claim_now.notify_one();
        }
    }

    /// An execution as it is stored.
    ///
    /// # Errors
    /// If there is no such execution, or its rows cannot be read.
    pub async fn load(&self, id: &str) -> Result<Execution, Error> {
        let stored = self.inner.deps.store.load(id).await?;
        record::execution(&stored)
    }

    /// How an execution stands: the whole of it if it is over, else its status alone. Its trigger stays away: that of a child
    /// holds its parent, and whoever waits for it looks often.
    pub(crate) async fn outcome(&self, kind: ExecutionKind, id: &str) -> Result<Execution, Error> {
        let stored = self.inner.deps.store.load(id).await?;
        if stored.head.kind != row_kind(kind) {
            return Err(gennaker_store::Error::NotFound { what: "execution", id: id.to_owned() }.into());
        }
        let status = record::status(&stored)?;
        if !status.is_complete() {
            return Ok(Execution { kind, id: id.to_owned(), status, ..Execution::default() });
        }
        Ok(Execution { trigger: Object::new(), ..record::execution(&stored)? })
    }

    /// A stage of an execution as it is stored; `None` if it has none of that id.
    pub(crate) async fn stage(&self, id: &str, stage: &str) -> Result<Option<Stage>, Error> {
        record::stage(&self.inner.deps.store.load(id).await?, stage)
    }

    /// The executions that a query finds.
    ///
    /// # Errors
    /// If the store refuses, or a row cannot be read.
    pub async fn list(&self, query: &Query) -> Result<Vec<Execution>, Error> {
        let stored = self.inner.deps.store.list(query).await?;
        stored.iter().map(record::execution).collect()
    }

    /// Deletes an execution that is over; its id stays taken until `keep`. Who does not know of its end yet is told before.
    ///
    /// # Errors
    /// If there is no such execution, it is not over, or somebody cannot be told of its end.
    pub async fn delete(&self, id: &str, keep: Timestamp) -> Result<(), Error> {
        let store = &self.inner.deps.store;
        let stored = store.load(id).await?;
        if stored.due.is_some() && stored.owner.is_none() {
            let state = record::state(&stored)?;
            if state.is_over() && teller::tell(&self.inner, &state.to_execution()).await {
                store.told(vec![Told { id: id.to_owned(), sequence: stored.sequence }]).await?;
            }
        }
        Ok(store.delete(id, keep).await?)
    }

    /// Tells `notice` whether this node may drive executions, now and whenever that changes.
    pub async fn watch_ownership(&self, notice: impl Fn(bool)) {
        let mut owner = self.inner.deps.owner.clone();
        loop {
            notice(owner.borrow_and_update().is_some());
            if owner.changed().await.is_err() {
                return;
            }
        }
    }

    /// How many executions this node drives at this moment.
    pub fn active(&self) -> usize {
        self.inner.driven.count()
    }
}

/// The kind of an execution's row.
pub fn row_kind(kind: ExecutionKind) -> &'static str {
    match kind {
        ExecutionKind::Pipeline => "pipeline",
        ExecutionKind::Orchestration => "orchestration",
    }
}
