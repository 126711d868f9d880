//! How it stands in one word and in one sentence.

use gennaker_wire::{
    Diagnosis, Execution, Status,
    diagnosis::{CauseKind, StageWaitKind, Verdict},
};

pub(super) fn of(diagnosis: &Diagnosis) -> Verdict {
    let has = |kind: CauseKind| diagnosis.causes.iter().any(|cause| cause.kind == kind);
    let waits = &diagnosis.waits;
    if has(CauseKind::DeadOwner) || has(CauseKind::Claimable) {
        return Verdict::Unowned;
    }
    match diagnosis.subject.status {
        Status::Succeeded => return Verdict::Succeeded,
        status if status.is_complete() => return Verdict::Failed,
        Status::Paused => return Verdict::Paused,
        _ => {}
    }
    if has(CauseKind::Place) {
        Verdict::Queued
    } else if has(CauseKind::Nothing) || waits.iter().any(|wait| wait.overdue) {
        Verdict::Overdue
    } else if waits.iter().any(|wait| wait.failures > 0) {
        Verdict::Retrying
    } else if !waits.is_empty() && waits.iter().all(|wait| is_meant(wait.waits_for)) {
        Verdict::Waiting
    } else {
        Verdict::Running
    }
}

/// Whether the pipeline's author, or who runs the install, meant it to wait for this.
fn is_meant(waits_for: StageWaitKind) -> bool {
    use StageWaitKind::{Change, Cluster, Judgment, Time, Window};
    matches!(waits_for, Time | Judgment | Window | Change | Cluster)
}

pub(super) fn summary(diagnosis: &Diagnosis, head: &Execution) -> String {
    let stage = |number: usize| diagnosis.waits.get(number).map(|wait| wait.stage.name.clone()).unwrap_or_default();
    match diagnosis.verdict {
        Verdict::Succeeded => "Nothing is wrong: it is over, and succeeded.".to_owned(),
        Verdict::Failed => failed(diagnosis, head),
        Verdict::Paused => {
            let by = head.paused.as_ref().and_then(|paused| paused.paused_by.clone());
            let by = by.map(|user| format!(" by {user}")).unwrap_or_default();
            format!("It is paused{by}, and waits to be resumed.")
        }
        Verdict::Queued => "It waits for a place among the runs of its pipeline.".to_owned(),
        Verdict::Unowned => {
            let no_node = diagnosis.causes.iter().any(|cause| cause.kind == CauseKind::NoNode);
            let by = if no_node { "and no living node can" } else { "a living node should take it at once" };
            format!("It should go on, and nobody drives it: {by}.")
        }
        Verdict::Overdue => match diagnosis.waits.iter().find(|wait| wait.overdue) {
            Some(wait) => format!("It should have gone on: its owner is late with stage {:?}.", wait.stage.name),
            None => "It runs, and nothing of it is under way: this is a defect.".to_owned(),
        },
        Verdict::Retrying => {
            let failing = diagnosis.waits.iter().find(|wait| wait.failures > 0);
            let failing = failing.map(|wait| {
                let error = wait.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
                format!(
                    "stage {:?} failed {} times in a row, and is tried again{error}",
                    wait.stage.name, wait.failures
                )
            });
            format!("Something fails that may pass: {}.", failing.unwrap_or_default())
        }
        Verdict::Waiting => {
            let what = match diagnosis.waits.first().map(|wait| wait.waits_for) {
                Some(StageWaitKind::Judgment) => "a person's judgment",
                Some(StageWaitKind::Window) => "the execution window",
                Some(StageWaitKind::Change) => "a change from outside",
                Some(StageWaitKind::Cluster) => "another execution that changes its cluster",
                _ => "a time",
            };
            let more = match diagnosis.waits.len() {
                0 | 1 => String::new(),
                count => format!(" ({} stages wait in all)", count),
            };
            format!("Nothing is wrong: stage {:?} waits for {what}{more}.", stage(0))
        }
        Verdict::Running => match diagnosis.waits.len() {
            0 => "Nothing is wrong: it is about to go on.".to_owned(),
            1 => format!("Nothing is wrong: stage {:?} is under way, and on time.", stage(0)),
            count => format!("Nothing is wrong: {count} stages are under way, and on time."),
        },
    }
}

fn failed(diagnosis: &Diagnosis, head: &Execution) -> String {
    let mut summary = format!("It is over, and did not succeed: {}", diagnosis.subject.status);
    if let Some(user) = head.canceled_by.as_ref().filter(|_| head.canceled) {
        summary += &format!(", cancelled by {user}");
    }
    if let Some(reason) = head.cancellation_reason.as_ref().filter(|reason| !reason.is_empty()) {
        summary += &format!(" ({reason})");
    }
    if let Some(failure) = diagnosis.failures.first() {
        let reason = failure.reasons.first().map(|reason| format!(": {reason}")).unwrap_or_default();
        summary += &format!("; stage {:?} is {}{reason}", failure.stage.name, failure.status);
    }
    format!("{}.", summary.trim_end_matches(['.', ' ']))
}
