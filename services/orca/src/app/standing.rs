//! Who has which execution: what administrators look at.

use std::collections::BTreeMap;

use gennaker_base::Timestamp;
use gennaker_store::{Execution as Stored, Node, Order, Owner, Query};
use gennaker_wire::Status;
use serde::Serialize;
use serde_json::{Value, json};

use crate::engine::{Engine, Error};

/// The statuses of what is not over.
pub(crate) const UNFINISHED: [Status; 6] =
    [Status::NotStarted, Status::Running, Status::Paused, Status::Suspended, Status::Redirect, Status::Buffered];

/// What an unfinished execution waits for, or who has it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Standing {
    /// A living node has it.
    Driven(Owner),
    /// The node that had it is gone: another one claims it.
    Orphaned(Owner),
    /// Nobody has it, and it may be claimed since that time.
    Claimable(Timestamp),
    /// Nobody has it until that time comes or it is told something.
    Waiting(Option<Timestamp>),
}

/// Where an unfinished execution stands, given the living nodes.
pub(crate) fn of(stored: &Stored, living: &[Node], now: Timestamp) -> Standing {
    if let Some(owner) = &stored.owner {
        let lives = living.iter().any(|node| node.registration.node == owner.node && node.epoch == owner.epoch);
        return if lives { Standing::Driven(owner.clone()) } else { Standing::Orphaned(owner.clone()) };
    }
    let signalled = stored.signals.first().map(|signal| signal.at);
    // What was only just stored has neither.
    let new = (stored.sequence <= 1).then_some(stored.head.created);
    let due = stored.due.filter(|due| *due <= now);
    match [signalled, new, due].into_iter().flatten().min() {
        Some(since) => Standing::Claimable(since),
        None => Standing::Waiting(stored.due),
    }
}

/// One unfinished execution in the list of a node.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Active {
    id: String,
    r#type: String,
    application: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
    /// Commands that nobody has taken.
    signals: usize,
}

impl From<Stored> for Active {
    fn from(stored: Stored) -> Self {
        let head = stored.head;
        Active {
            id: head.id,
            r#type: head.kind.to_uppercase(),
            application: head.group,
            name: head.name,
            status: head.status,
            start_time: head.started,
            due: stored.due,
            signals: stored.signals.len(),
        }
    }
}

/// The newest `limit` unfinished executions by who has them, with the living nodes: of this node only whether it takes work.
pub(crate) async fn active(engine: &Engine, limit: u32) -> Result<Value, Error> {
    let living = engine.store().living().await?;
    let query = Query { limit, ..unfinished() };
    let found = engine.store().list(&query).await?;
    let complete = found.len() < limit as usize;
    let now = engine.now();
    let mut by_owner: BTreeMap<(String, u64), Vec<Active>> = BTreeMap::new();
    let mut unowned = Vec::new();
    for stored in found {
        match of(&stored, &living, now) {
            Standing::Driven(owner) | Standing::Orphaned(owner) => {
                by_owner.entry((owner.node, owner.epoch.0)).or_default().push(stored.into());
            }
            Standing::Claimable(_) | Standing::Waiting(_) => unowned.push(Active::from(stored)),
        }
    }
    let own = engine.owner();
    let mut nodes = Vec::new();
    for node in living {
        let name = node.registration.node;
        let is_this = own.as_ref().is_some_and(|own| own.node == name && own.epoch == node.epoch);
        let executions = by_owner.remove(&(name.clone(), node.epoch.0)).unwrap_or_default();
        let mut entry = json!({
            "node": name,
            "epoch": node.epoch,
            "alive": true,
            "expires": node.expires,
            "executions": executions,
        });
        if !node.registration.address.is_empty() {
            entry["address"] = node.registration.address.into();
        }
        if is_this {
            entry["enabled"] = engine.is_enabled().into();
        }
        nodes.push(entry);
    }
    let dead = by_owner.into_iter().map(
        |((node, epoch), executions)| json!({ "node": node, "epoch": epoch, "alive": false, "executions": executions }),
    );
    nodes.extend(dead);
    Ok(json!({ "nodes": nodes, "unowned": unowned, "complete": complete }))
}

/// All that is not over.
pub(crate) fn unfinished() -> Query {
    Query {
        kinds: vec!["pipeline".to_owned(), "orchestration".to_owned()],
        statuses: UNFINISHED.map(|status| status.name().to_owned()).to_vec(),
        ..Query::default()
    }
}

/// The runs of a pipeline that are not over, the oldest first.
pub(crate) fn unfinished_runs(definition: &str) -> Query {
    let kinds = vec!["pipeline".to_owned()];
    Query { kinds, definitions: vec![definition.to_owned()], order: Order::OldestFirst, ..unfinished() }
}
