//! Operations: tasks of one or more atomic operations, carried out one after the other by the node that owns them.
//!
//! A task is an execution of the store with a head only. Its owner runs each operation through its provider and commits
//! every status line, decision and outcome before it goes on. If the owner dies, the next one goes on at the first
//! operation without outcome, with the same request id and a higher fence. A task that is over stays for look-ups; one
//! that failed in a way that may pass is resumed on request.
//!
//! # Guarantees
//! * What was answered is stored: a task's id is answered after its commit.
//! * The same request id gets the same task, also while its description would not be valid any more.
//! * Nothing is shown that is not committed.

mod actor;
mod ask;
mod claims;
mod error;
mod follow;
mod journal;
mod plan;
mod submit;
mod task;
mod writer;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use gennaker_base::SharedClock;
use gennaker_store::{Owner, SharedStore};
use gennaker_wire::OperationTask;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{actor::Actor, ask::GiveUp};
pub(crate) use self::{
    error::Error,
    submit::{Submission, fence},
};
use super::providers::Providers;
use crate::{Deps, Options};

/// Submits, runs, and looks up operations: cheap to clone.
#[derive(Clone)]
pub(crate) struct Operations {
    inner: Arc<Inner>,
}

struct Inner {
    store: SharedStore,
    owner: watch::Receiver<Option<Owner>>,
    clock: SharedClock,
    providers: Providers,
    /// How many tasks run here at a time.
    most: usize,
    /// How long one operation may take.
    deadline: Duration,
    active: Mutex<HashMap<String, Active>>,
    numbers: AtomicU64,
    tracker: TaskTracker,
    stop: CancellationToken,
    claim_now: Notify,
}

/// A task that runs here.
struct Active {
    /// Tells two lives of one task in this process apart.
    number: u64,
    /// Its state as it was last committed.
    shown: watch::Receiver<Arc<OperationTask>>,
    /// Where its actor is asked to give up.
    give_up: watch::Sender<Option<GiveUp>>,
}

impl Operations {
    /// Operations that run nothing until [`Operations::run`] runs.
    pub(crate) fn new(options: &Options, deps: &Deps, providers: Providers) -> Self {
        Operations {
            inner: Arc::new(Inner {
                store: deps.store.clone(),
                owner: deps.owner.clone(),
                clock: deps.clock.clone(),
                providers,
                most: options.active_operations.max(1),
                deadline: Duration::from_millis(options.operation_deadline_ms),
                active: Mutex::default(),
                numbers: AtomicU64::default(),
                tracker: TaskTracker::new(),
                stop: CancellationToken::new(),
                claim_now: Notify::new(),
            }),
        }
    }

    /// Claims and runs tasks until `shutdown`, then drops what it runs: the lease's end hands it on. It begins once all accounts are
    /// known: a task must not fail because its account has not come yet.
    pub(crate) async fn run(&self, shutdown: CancellationToken) {
        let _shut_down = shutdown.run_until_cancelled(self.inner.providers.complete()).await;
        claims::run(&self.inner, &shutdown).await;
        self.inner.stop.cancel();
        self.inner.tracker.close();
        self.inner.tracker.wait().await;
    }
}

impl Inner {
    /// This node's present life, if it may begin another task.
    fn room(&self) -> Option<Owner> {
        let room = self.active.lock().len() < self.most && !self.stop.is_cancelled();
        self.owner.borrow().clone().filter(|_| room)
    }

    /// Starts the actor of a task, which is joined when the service ends.
    fn adopt(inner: &Arc<Inner>, actor: Actor) {
        let number = inner.numbers.fetch_add(1, Ordering::Relaxed);
        let id = actor.id().to_owned();
        inner.active.lock().insert(id.clone(), Active { number, shown: actor.shown(), give_up: actor.give_up() });
        let owner = actor.owner().clone();
        let inner = inner.clone();
        inner.tracker.clone().spawn(async move {
            tokio::select! {
                () = actor.run() => {}
                () = inner.stop.cancelled() => {}
                () = superseded(inner.owner.clone(), &owner) => {
                    tracing::warn!(task = %id, "this node lost its lease; the task goes on with its next owner");
                }
            }
            let mut active = inner.active.lock();
            // A newer actor of the same task may stand there already.
            if active.get(&id).is_some_and(|current| current.number == number) {
                active.remove(&id);
            }
        });
    }
}

/// Returns when `owner` is no longer this node's present life.
async fn superseded(mut present: watch::Receiver<Option<Owner>>, owner: &Owner) {
    if present.wait_for(|present| present.as_ref() != Some(owner)).await.is_err() {
        // Nobody keeps the lease any more; the store judges each commit.
        std::future::pending::<()>().await;
    }
}
