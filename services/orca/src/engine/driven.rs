//! Which executions this node drives: at most one actor of each at a time.
//!
//! A second actor of an execution (it was released and claimed again, or this node joined again with another epoch) begins
//! only when the former one has ended, so that two of them never act at once.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::FutureExt as _;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use super::{Inner, actor::Actor, nudge::Nudge};

/// The executions that have an actor here.
#[derive(Default)]
pub(super) struct Driven {
    actors: Mutex<HashMap<String, Entry>>,
    numbers: AtomicU64,
}

struct Entry {
    number: u64,
    nudge: Nudge,
    ended: CancellationToken,
}

impl Driven {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.actors.lock().len()
    }

    /// Whether the execution has an actor here.
    pub(super) fn has(&self, id: &str) -> bool {
        self.actors.lock().contains_key(id)
    }

    /// Wakes the execution's actor to read its signals; says whether there is one.
    pub(super) fn nudge(&self, id: &str) -> bool {
        let actors = self.actors.lock();
        let entry = actors.get(id);
        entry.inspect(|entry| entry.nudge.commands()).is_some()
    }

    /// Wakes the execution's actor, if it is here, to look again at what the stage waits for.
    pub(super) fn nudge_stage(&self, id: &str, stage: &str) {
        if let Some(entry) = self.actors.lock().get(id) {
            entry.nudge.stage(stage);
        }
    }

    /// Enters an actor, and returns its number with the end of the one before it.
    fn enter(&self, id: &str, nudge: Nudge, ended: CancellationToken) -> (u64, Option<CancellationToken>) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let former = self.actors.lock().insert(id.to_owned(), Entry { number, nudge, ended });
        (number, former.map(|former| former.ended))
    }

    /// Removes an actor, unless a newer one of the same execution stands there already.
    fn leave(&self, id: &str, number: u64) {
        let mut actors = self.actors.lock();
        if actors.get(id).is_some_and(|entry| entry.number == number) {
            actors.remove(id);
        }
    }
}

/// Starts an actor, which the engine owns and joins.
pub(super) fn adopt(inner: &Arc<Inner>, actor: Actor) {
    let id = actor.id().to_owned();
    let nudge = actor.nudge();
    let ended = CancellationToken::new();
    let (number, former) = inner.driven.enter(&id, nudge.clone(), ended.clone());
    let inner = inner.clone();
    let owner = actor.owner().clone();
    let mut owners = inner.deps.owner.clone();
    inner.tracker.clone().spawn(async move {
        let _ended = ended.drop_guard();
        let driven = async {
            if let Some(former) = former {
                former.cancelled().await;
            }
            // It goes on after defects by itself, but at its very end; then it must not stay here.
            let _ = AssertUnwindSafe(actor.run()).catch_unwind().await;
        };
        tokio::select! {
            () = driven => {}
            _ = owners.wait_for(|current| current.as_ref() != Some(&owner)) => {
                tracing::warn!(execution = %id, "this node lost its lease: the execution is left to another owner");
            }
            () = inner.stop.cancelled() => {}
        }
        inner.driven.leave(&id, number);
        // A poke that came too late for this actor is for whoever claims next.
        if nudge.nudged().now_or_never().is_some() {
            inner.claim_now.notify_one();
        }
    });
}
