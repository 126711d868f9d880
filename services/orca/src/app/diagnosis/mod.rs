//! Why an execution stands where it does: decided from what is stored of it, without I/O.
//!
//! The events say what happened, under which epoch, and with [`retrace`](crate::planner::replay::retrace) what was asked of others;
//! the rows say who owns it and when it is due; the state says what each stage waits for. What is said is said in words for the
//! operator who is woken by it; times stand beside the words.

mod causes;
mod remedies;
#[cfg(test)]
mod tests;
mod trail;
mod verdict;
mod waits;

use gennaker_base::Timestamp;
use gennaker_wire::{
    Diagnosis, Execution, ObjectExt, Stage, Status,
    diagnosis::{Counts, Record, StageFailure, StageName, Subject},
};
use serde_json::Value;

use self::trail::Trail;
use crate::{engine::history::Evidence, planner::State};

/// The diagnosis of an execution at `now`. `others` are the runs of the same pipeline that are not over.
pub(crate) fn diagnose(evidence: &Evidence, others: &[Execution], now: Timestamp) -> Diagnosis {
    let trail = Trail::of(evidence);
    let ownership = trail.ownership(evidence);
    let waits = waits::of(evidence, &trail, ownership.owner.as_ref().is_some_and(|owner| owner.lives), now);
    let mut diagnosis = Diagnosis {
        at: now,
        subject: subject(evidence.state.head(), &evidence.state),
        causes: causes::of(evidence, &ownership, &waits, others, now),
        failures: failures(&evidence.state),
        waits,
        ownership,
        record: Record {
            events: evidence.events.len() as u64,
            last: evidence.events.last().map(|event| event.recorded.at),
            replayed: trail.replayed,
            problem: evidence.unreadable.clone().or(trail.problem),
        },
        calls: trail.calls,
        clean_ups: trail.clean_ups,
        commands: trail.commands,
        ..Diagnosis::default()
    };
    diagnosis.verdict = verdict::of(&diagnosis);
    diagnosis.summary = verdict::summary(&diagnosis, evidence.state.head());
    diagnosis.remedies = remedies::of(&diagnosis);
    diagnosis
}

fn subject(head: &Execution, state: &State) -> Subject {
    let mut stages = Counts::default();
    for stage in state.stages().iter().map(|state| &state.stage).filter(|stage| stage.parent_stage_id.is_none()) {
        match stage.status {
            status if status.is_complete() => stages.over += 1,
            Status::NotStarted => stages.to_come += 1,
            _ => stages.under_way += 1,
        }
    }
    let user = head.trigger.text("user").filter(|user| !user.is_empty());
    Subject {
        id: head.id.clone(),
        kind: head.kind,
        application: head.application.clone(),
        name: head.name.clone().or_else(|| head.description.clone()),
        pipeline_config_id: head.pipeline_config_id.clone(),
        trigger: head.trigger.text("type"),
        user: user.or_else(|| head.authentication.user.clone()),
        status: head.status,
        accepted: head.build_time,
        started: head.start_time,
        ended: head.end_time,
        stages,
    }
}

/// What to call the stage of that id; only its id if it is not there any more.
fn name(state: &State, id: &str) -> StageName {
    let Some(mut place) = state.place(id) else { return StageName { id: id.to_owned(), ..StageName::default() } };
    let stage = state.at(place).stage.clone();
    let mut names = vec![called(&stage)];
    while let Some(parent) = state.parent(place) {
        place = parent;
        names.push(called(&state.at(place).stage));
    }
    names.reverse();
    StageName { id: stage.id.clone(), ref_id: stage.ref_id.clone(), kind: stage.kind.clone(), name: names.join(" > ") }
}

fn called(stage: &Stage) -> String {
    stage.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| stage.kind.clone())
}

/// The stages that did not succeed. One that only ended because of a stage within it is left out.
fn failures(state: &State) -> Vec<StageFailure> {
    let failed = |status: Status| matches!(status, Status::Terminal | Status::Stopped | Status::FailedContinue);
    let mut failures = Vec::new();
    for stage in state.stages().iter().map(|state| &state.stage).filter(|stage| failed(stage.status)) {
        let reasons = reasons(stage);
        let mut children = state.stages().iter().map(|state| &state.stage);
        let by_child =
            children.any(|child| child.parent_stage_id.as_deref() == Some(&stage.id) && failed(child.status));
        if !(reasons.is_empty() && by_child) {
            failures.push(StageFailure { stage: name(state, &stage.id), status: stage.status, reasons });
        }
    }
    failures
}

/// Why a stage failed, as its context says it.
fn reasons(stage: &Stage) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    let details = stage.context.object("exception").and_then(|exception| exception.object("details"));
    if let Some(details) = details {
        let errors = details.get("errors").and_then(Value::as_array).into_iter().flatten();
        reasons.extend(errors.filter_map(Value::as_str).map(str::to_owned));
        if let Some(error) = details.text("error").filter(|error| !reasons.contains(error)) {
            reasons.insert(0, error);
        }
    }
    reasons.extend(stage.context.text("failureReason"));
    reasons.extend(stage.context.text("cleanUpError").map(|error| format!("its clean-up failed: {error}")));
    reasons.retain(|reason| !reason.trim().is_empty());
    reasons
}
