//! What each stage under way waits for.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_orca_stages::EXECUTION_WINDOW;
use gennaker_wire::{
    Status,
    diagnosis::{StageWait, StageWaitKind, TaskName},
};

use super::{name, trail::Trail};
use crate::{
    engine::history::Evidence,
    planner::{Phase, StageState, TaskRun, Wake},
};

/// The type of the stage that waits for a person.
pub(super) const JUDGMENT: &str = "manualJudgment";
/// How late something may be before it is said: an owner is busy, a clock is off.
pub(super) const GRACE: Duration = Duration::from_secs(30);

/// The stages under way that wait for something themselves; what waits for its synthetic stages is left out. `driven` says whether
/// a living node owns the execution.
pub(super) fn of(evidence: &Evidence, trail: &Trail, driven: bool, now: Timestamp) -> Vec<StageWait> {
    let state = &evidence.state;
    if state.is_over() {
        return Vec::new();
    }
    let waits = (0..state.stages().len()).filter_map(|place| {
        let StageState { stage, run, .. } = state.at(place);
        let id = stage.id.as_str();
        let mut wait = StageWait {
            stage: name(state, id),
            phase: phase(run.phase),
            generation: run.generation,
            since: trail.asked_at(id),
            ..StageWait::default()
        };
        match (run.phase, &run.task) {
            (Phase::Tasks, Some(task)) => of_task(&mut wait, state.at(place), task, trail),
            (Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure | Phase::CleaningUp, _) => {
                let asked =
                    if run.phase == Phase::CleaningUp { StageWaitKind::CleanUp } else { StageWaitKind::Definition };
                wait.waits_for = asked;
                wait.task = run.undoing.as_ref().map(|task| task_name(state.at(place), task));
                if run.ask_again.is_some() {
                    wait.waits_for = StageWaitKind::BackOff;
                    wait.due = run.ask_again;
                    wait.failures = run.failures;
                    wait.error = trail.error(id);
                }
                if run.ask_again.is_some() && trail.waits_for_cluster(id) {
                    wait.waits_for = StageWaitKind::Cluster;
                    wait.failures = 0;
                }
            }
            _ => return None,
        }
        wait.times_out = state.deadline(place);
        let running = state.head().status == Status::Running;
        wait.overdue = running && driven && is_overdue(&wait, evidence.step_deadline, now);
        Some(wait)
    });
    waits.collect()
}

fn of_task(wait: &mut StageWait, state: &StageState, task: &TaskRun, trail: &Trail) {
    let id = state.stage.id.as_str();
    wait.task = Some(task_name(state, &task.task));
    wait.failures = task.failures;
    if task.failures > 0 {
        wait.error = trail.error(id);
    }
    let kind = state.stage.kind.as_str();
    match task.wake {
        Wake::Stepping => wait.waits_for = StageWaitKind::Step,
        Wake::TimingOut => wait.waits_for = StageWaitKind::TimeOut,
        Wake::At(due) => {
            wait.due = Some(due);
            wait.waits_for = match kind {
                _ if task.failures > 0 => StageWaitKind::BackOff,
                EXECUTION_WINDOW => StageWaitKind::Window,
                _ if trail.named_its_time(id) => StageWaitKind::Time,
                _ => StageWaitKind::Look,
            };
        }
        Wake::OnChange => {
            wait.waits_for = match kind {
                JUDGMENT => StageWaitKind::Judgment,
                EXECUTION_WINDOW => StageWaitKind::Window,
                _ => StageWaitKind::Change,
            };
        }
    }
    if !matches!(wait.waits_for, StageWaitKind::Step | StageWaitKind::TimeOut) {
        wait.since = Some(task.started);
    }
}

/// Whether it should have gone on some time ago: its due time is past, or what was asked has taken longer than it may.
fn is_overdue(wait: &StageWait, step_deadline: Duration, now: Timestamp) -> bool {
    let latest = match (wait.due, wait.waits_for) {
        (Some(due), _) => Some(due),
        (None, StageWaitKind::Step | StageWaitKind::TimeOut | StageWaitKind::Definition | StageWaitKind::CleanUp) => {
            wait.since.map(|since| since.after(step_deadline))
        }
        (None, _) => None,
    };
    let latest = [latest, wait.times_out].into_iter().flatten().min();
    latest.is_some_and(|latest| latest.after(GRACE) < now)
}

fn task_name(state: &StageState, id: &str) -> TaskName {
    let task = state.stage.tasks.iter().find(|task| task.id == id);
    TaskName { id: id.to_owned(), name: task.map(|task| task.name.clone()).unwrap_or_default() }
}

/// The phase as it is stored.
fn phase(phase: Phase) -> String {
    let name = serde_json::to_value(phase).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}
