//! Why the execution as a whole does not go on: held, waiting for its place, or driven by nobody.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_store::Standing;
use gennaker_wire::{
    Execution, Status,
    diagnosis::{Cause, CauseKind, Ownership, StageWait},
};

use crate::engine::history::Evidence;

/// What nobody has claimed for so long is not about to be claimed: nodes look every second.
const SOON: Duration = Duration::from_secs(5);

pub(super) fn of(
    evidence: &Evidence,
    ownership: &Ownership,
    waits: &[StageWait],
    others: &[Execution],
    now: Timestamp,
) -> Vec<Cause> {
    let state = &evidence.state;
    let head = state.head();
    let mut causes = Vec::new();
    let place = place(evidence, others);
    let queued = place.is_some();
    causes.extend(paused(head));
    causes.extend(place);
    causes.extend(evidence.waiting.iter().map(|waiting| Cause {
        kind: CauseKind::Command,
        message: "a command is recorded that its owner has not taken yet".to_owned(),
        since: Some(waiting.at),
        ..Cause::default()
    }));
    let over = state.is_over() && evidence.waiting.is_empty();
    if !over {
        causes.extend(nobody(evidence, ownership, queued, now));
    }
    let running = head.status == Status::Running;
    if running && waits.is_empty() && causes.is_empty() {
        causes.push(Cause {
            kind: CauseKind::Nothing,
            message:
                "no stage is under way and none can start: this should not be, please report it with its recording"
                    .to_owned(),
            ..Cause::default()
        });
    }
    causes
}

fn paused(head: &Execution) -> Option<Cause> {
    if head.status != Status::Paused {
        return None;
    }
    let paused = head.paused.clone().unwrap_or_default();
    let by = paused.paused_by.map(|user| format!(" by {user}")).unwrap_or_default();
    let message = format!("it is paused{by}: what is under way is recorded, and nothing new starts");
    Some(Cause { kind: CauseKind::Paused, message, since: paused.pause_time, ..Cause::default() })
}

/// Whether it waits for a place among the runs of its pipeline, and behind whom.
fn place(evidence: &Evidence, others: &[Execution]) -> Option<Cause> {
    let head = evidence.state.head();
    if evidence.row.place != Standing::Waiting || evidence.state.is_over() {
        return None;
    }
    let others = || others.iter().filter(|other| other.id != head.id);
    let begun = others().filter(|other| !matches!(other.status, Status::NotStarted | Status::Buffered));
    let ahead = others().filter(|other| {
        let waits = matches!(other.status, Status::NotStarted | Status::Buffered);
        waits && (other.build_time, &other.id) < (head.build_time, &head.id)
    });
    let running: Vec<String> = begun.map(|other| other.id.clone()).collect();
    let waiting = ahead.count();
    let most = if head.limit_concurrent { 1 } else { head.max_concurrent_executions };
    let message = match (running.len(), waiting) {
        (0, 0) => {
            format!("it waits for a place: {most} at a time may run, and none does; its place is about to be given")
        }
        (count, 0) => format!("it waits for a place: {most} at a time may run, and {count} do; it is the next one"),
        (count, waiting) => format!(
            "it waits for a place: {most} at a time may run, {count} do, and {waiting} of the same pipeline wait before it"
        ),
    };
    Some(Cause { kind: CauseKind::Place, message, since: head.build_time, executions: running })
}

/// Why nobody drives it although somebody should.
fn nobody(evidence: &Evidence, ownership: &Ownership, queued: bool, now: Timestamp) -> Vec<Cause> {
    let row = &evidence.row;
    let mut causes = Vec::new();
    let claimable = match &ownership.owner {
        Some(owner) if owner.lives => return causes,
        Some(owner) => {
            let called = owner.node.clone().unwrap_or_else(|| "its owner".to_owned());
            causes.push(Cause {
                kind: CauseKind::DeadOwner,
                message: format!(
                    "its owner {called} (epoch {}) is dead: its lease has ended, and any living node may take it over",
                    owner.epoch
                ),
                since: evidence.events.last().map(|event| event.recorded.at),
                ..Cause::default()
            });
            true
        }
        None => {
            let since = claimable_since(evidence, queued);
            let late = since.is_some_and(|since| since.after(SOON) < now);
            if late {
                causes.push(Cause {
                    kind: CauseKind::Claimable,
                    message: "nobody owns it, it can be claimed, and no node has claimed it".to_owned(),
                    since,
                    ..Cause::default()
                });
            }
            late
        }
    };
    let readers = evidence.nodes.iter().filter(|node| node.registration.format >= row.head.format).count();
    if claimable && readers == 0 {
        let message = if evidence.nodes.is_empty() {
            "no node lives: nothing is driven until one is started".to_owned()
        } else {
            format!(
                "no living node reads rows of the format {}: a newer version wrote it, and must drive it",
                row.head.format
            )
        };
        causes.push(Cause { kind: CauseKind::NoNode, message, ..Cause::default() });
    }
    causes
}

/// Since when it can be claimed, nobody owning it; `None` if it merely waits.
fn claimable_since(evidence: &Evidence, queued: bool) -> Option<Timestamp> {
    let head = evidence.state.head();
    if let Some(waiting) = evidence.waiting.first() {
        return Some(waiting.at);
    }
    match evidence.row.due {
        Some(due) => Some(due),
        // It was never owned.
        None if evidence.row.sequence <= 1 && !queued => head.build_time,
        None => None,
    }
}
