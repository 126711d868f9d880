//! What administrators do about executions that do not go on: upstream's `HydrateQueueCommand` and `ZombieExecutionService`.
//!
//! There is no queue that could lose an execution: whatever nobody has is claimed, within a second, by a node that may. So both look, and
//! say what they found. To hydrate is to have this node claim at once. A zombie is one that could be claimed for a long time and was
//! not: no node can read it, or none takes work; killing it is a forced cancellation, which waits for whoever claims it.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_store::{Execution as Stored, Order, Query};
use gennaker_wire::Object;
use serde::Serialize;
use serde_json::json;

use super::standing::{self, Standing, UNFINISHED, unfinished};
use crate::{
    engine::{Engine, Error},
    planner::Signal,
};

/// How many executions are read at once.
const PAGE: u32 = 500;

/// Which executions are hydrated.
#[derive(Debug, Default)]
pub(crate) struct Hydrate {
    /// Whether it is only said what would be done.
    pub(crate) dry_run: bool,
    /// Only this one.
    pub(crate) execution: Option<String>,
    /// Only those that started at or after that time.
    pub(crate) from: Option<Timestamp>,
    /// Only those that started at or before that time.
    pub(crate) until: Option<Timestamp>,
}

/// Upstream's answer: running executions by id, each with what is done about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hydrated {
    dry_run: bool,
    executions: Object,
}

/// Has this node claim what it may, unless it is a dry run, and says where each running execution stands.
pub(crate) async fn hydrate(engine: &Engine, asked: Hydrate) -> Result<Hydrated, Error> {
    let query = Query { ids: asked.execution.into_iter().collect(), ..running() };
    let mut executions = Object::new();
    let mut claimable = Vec::new();
    let is_asked = |stored: &Stored| {
        let started = stored.head.started;
        started.is_none_or(|started| {
            asked.from.is_none_or(|from| from <= started) && asked.until.is_none_or(|until| started <= until)
        })
    };
    for (stored, standing) in look(engine, query).await? {
        if !is_asked(&stored) {
            continue;
        }
        let (description, can_apply) = match standing {
            Standing::Driven(owner) => (format!("Node {} has it", owner.node), false),
            Standing::Orphaned(owner) => (format!("Node {} is gone: it can be claimed", owner.node), true),
            Standing::Claimable(_) => ("It can be claimed".to_owned(), true),
            Standing::Waiting(Some(due)) => (format!("It waits until {}", due.millis()), false),
            Standing::Waiting(None) => ("It waits to be told something".to_owned(), false),
        };
        let head = stored.head;
        let message = can_apply.then(|| {
            let (kind, id) = (head.kind.to_uppercase(), &head.id);
            json!({ "kind": "claim", "executionType": kind, "executionId": id, "application": head.group })
        });
        let actions = json!([{ "description": description, "message": message, "context": {} }]);
        let answer = json!({ "startTime": head.started, "actions": actions, "canApply": can_apply });
        if can_apply {
            claimable.push(head.id.clone());
        }
        executions.insert(head.id, answer);
    }
    if !asked.dry_run {
        claimable.iter().for_each(|id| engine.poke(id));
    }
    Ok(Hydrated { dry_run: asked.dry_run, executions })
}

/// Cancels the zombies of an application, or all, and returns their ids.
pub(crate) async fn kill_zombies(
    engine: &Engine,
    application: Option<String>,
    inactive: Duration,
    user: &str,
) -> Result<Vec<String>, Error> {
    let query = Query { group: application, ..running() };
    let latest = engine.now();
    let mut killed = Vec::new();
    for (stored, standing) in look(engine, query).await? {
        let is_zombie = match standing {
            Standing::Claimable(since) => {
                latest.since(since) >= inactive && latest.since(stored.head.created) >= inactive
            }
            _ => false,
        };
        if is_zombie {
            kill(engine, &stored.head.id, user, "Identified as a zombie execution").await?;
            killed.push(stored.head.id);
        }
    }
    Ok(killed)
}

/// Cancels an execution by force, unless it is over; says whether that has its effect already.
pub(crate) async fn kill(engine: &Engine, id: &str, user: &str, reason: &str) -> Result<bool, Error> {
    let stored = engine.store().load(id).await?;
    if !UNFINISHED.iter().any(|status| status.name() == stored.head.status) {
        return Ok(true);
    }
    tracing::warn!(execution = id, user, reason, "an execution is cancelled by force");
    let signal = Signal::Cancel { user: user.to_owned(), reason: Some(reason.to_owned()), force: true };
    Ok(engine.signal(id, &signal).await? == crate::engine::Settled::Done)
}

/// The pipeline's executions that wait for their turn: with `purge` all but the newest are cancelled, then whatever may start does.
pub(crate) async fn kick(engine: &Engine, pipeline: String, purge: bool, user: &str) -> Result<(), Error> {
    if purge {
        let statuses = vec!["NOT_STARTED".to_owned(), "BUFFERED".to_owned()];
        let query = Query { definitions: vec![pipeline.clone()], statuses, limit: PAGE, ..unfinished() };
        for stored in engine.store().list(&query).await?.iter().skip(1) {
            let reason = Some("purged by an administrator: a newer execution waits".to_owned());
            engine.signal(&stored.head.id, &Signal::Cancel { user: user.to_owned(), reason, force: false }).await?;
        }
    }
    // Of no execution here: it looks for what can be claimed.
    engine.poke("");
    Ok(())
}

fn running() -> Query {
    Query { statuses: vec!["RUNNING".to_owned()], order: Order::OldestFirst, limit: PAGE, ..unfinished() }
}

/// The executions of a query with where each stands, all pages.
async fn look(engine: &Engine, mut query: Query) -> Result<Vec<(Stored, Standing)>, Error> {
    let living = engine.store().living().await?;
    let now = engine.now();
    let mut found = Vec::new();
    loop {
        let page = engine.store().list(&query).await?;
        let is_last = page.len() < query.limit as usize;
        found.extend(page.into_iter().map(|mut stored| {
            // Only its head is looked at.
            stored.parts = Vec::new();
            stored.head.body = String::new();
            let standing = standing::of(&stored, &living, now);
            (stored, standing)
        }));
        if is_last {
            return Ok(found);
        }
        query.offset = query.offset.saturating_add(query.limit);
    }
}
