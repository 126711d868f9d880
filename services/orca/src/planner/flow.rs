//! Whatever can go on, goes on: stages start, turn from phase to phase, and end, until nothing moves.

use gennaker_base::Timestamp;
use gennaker_wire::{ObjectExt, Status, SyntheticOwner};

use super::{
    Action, Phase, State, TaskRun, Wake,
    outcome::{execution_status, failures, note_failed_expressions, stage_status},
};

/// The execution begins. One that has no stage to begin with has failed already and never started: upstream's
/// `StartExecutionHandler`.
pub(super) fn begin(state: &mut State, now: Timestamp) {
    if state.head().status != Status::NotStarted {
        return;
    }
    let mut top_level = state.stages().iter().filter(|state| state.stage.parent_stage_id.is_none());
    if !top_level.any(|state| state.stage.requisite_stage_ref_ids.is_empty()) {
        state.head_mut().status = Status::Terminal;
        return;
    }
    let head = state.head_mut();
    head.status = Status::Running;
    head.start_time = Some(now);
}

/// Moves every stage as far as it goes, and ends the execution when it is over.
pub(super) fn advance(state: &mut State, now: Timestamp, actions: &mut Vec<Action>) {
    while state.head().status == Status::Running {
        let mut moved = false;
        for place in 0..state.stages().len() {
            moved |= advance_stage(state, place, now, actions);
        }
        if moved {
            continue;
        }
        if let Some(status) = execution_status(state) {
            end(state, status, now, actions);
        }
        return;
    }
}

/// Ends the execution; what is still under way is cancelled.
pub(super) fn end(state: &mut State, status: Status, now: Timestamp, actions: &mut Vec<Action>) {
    for place in 0..state.stages().len() {
        cancel_stage(state, place, now, actions);
    }
    let head = state.head_mut();
    head.status = status;
    head.end_time = Some(now);
}

/// Cancels the stage at `place` if it is under way.
fn cancel_stage(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) {
    if matches!(state.at(place).run.phase, Phase::Waiting | Phase::Done) {
        return;
    }
    let run = state.run_mut(place);
    run.phase = Phase::Done;
    run.task = None;
    run.ask_again = None;
    run.generation += 1;
    let stage = state.stage_mut(place);
    stage.status = Status::Canceled;
    stage.end_time = Some(now);
    for task in &mut stage.tasks {
        if matches!(task.status, Status::Running | Status::Paused | Status::Suspended) {
            task.status = Status::Canceled;
            task.end_time = Some(now);
        }
    }
    actions.push(Action::Abandon { stage: stage.id.clone() });
}

/// Whether everything that stands before the stage at `place` has ended so that it may start. A requisite that is not there
/// is not waited for, as upstream has it.
pub(super) fn requisites_met(state: &State, place: usize) -> bool {
    let stage = &state.at(place).stage;
    let open = match (state.parent(place), stage.synthetic_stage_owner) {
        (Some(parent), Some(owner)) => match (owner, state.at(parent).run.phase) {
            (SyntheticOwner::StageBefore, Phase::Before) | (SyntheticOwner::StageAfter, Phase::After) => {
                !is_given_up(state, parent, owner)
            }
            (owner, phase) => owner == SyntheticOwner::StageAfter && phase == Phase::OnFailure,
        },
        _ => true,
    };
    open && stage
        .requisite_stage_ref_ids
        .iter()
        .all(|requisite| state.siblings(place, requisite).all(|other| other.stage.status.is_successful()))
}

/// Whether one of a stage's synthetic stages failed so that no more of them start, although the pipeline goes on.
fn is_given_up(state: &State, parent: usize, owner: SyntheticOwner) -> bool {
    state.children(parent, owner).into_iter().any(|child| {
        let stage = &state.at(child).stage;
        stage.status == Status::FailedContinue
            && stage.context.boolean("allowSiblingStagesToContinueOnFailure") != Some(true)
    })
}

/// Moves the stage at `place` by one step if it can move.
fn advance_stage(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) -> bool {
    match state.at(place).run.phase {
        Phase::Waiting => {
            if !requisites_met(state, place) {
                return false;
            }
            let stage = state.stage_mut(place);
            stage.status = Status::Running;
            stage.start_time = Some(now);
            let stage = stage.id.clone();
            state.run_mut(place).phase = Phase::Composing;
            actions.push(Action::Compose { stage });
            true
        }
        Phase::Before => match group_status(state, place, SyntheticOwner::StageBefore) {
            None => false,
            Some(true) if is_given_up(state, place, SyntheticOwner::StageBefore) => {
                compose_after(state, place, actions);
                true
            }
            Some(true) => {
                state.run_mut(place).phase = Phase::Tasks;
                true
            }
            Some(false) => {
                fail(state, place, stage_status(state, place), now, actions);
                true
            }
        },
        Phase::Tasks => advance_tasks(state, place, now, actions),
        Phase::After => match group_status(state, place, SyntheticOwner::StageAfter) {
            None => false,
            Some(true) => {
                complete(state, place, stage_status(state, place), now);
                true
            }
            Some(false) => {
                fail(state, place, stage_status(state, place), now, actions);
                true
            }
        },
        Phase::OnFailure => match group_status(state, place, SyntheticOwner::StageAfter) {
            None => false,
            Some(_) => {
                let status = state.at(place).run.failing.unwrap_or(Status::Terminal);
                complete(state, place, status, now);
                true
            }
        },
        Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure | Phase::Done => false,
    }
}

/// Starts the next task, or turns to what comes after the tasks.
fn advance_tasks(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) -> bool {
    if state.at(place).run.task.is_some() {
        return false;
    }
    let stage = &state.at(place).stage;
    let halted = stage.tasks.iter().any(|task| task.status.is_halt() || task.status == Status::FailedContinue);
    let next = stage.tasks.iter().find(|task| task.status == Status::NotStarted).map(|task| task.id.clone());
    match next {
        Some(task) if !halted => {
            let stage = state.stage_mut(place);
            let id = stage.id.clone();
            if let Some(task) = stage.task_mut(&task) {
                task.status = Status::Running;
                task.start_time = Some(now);
            }
            let number = task.parse::<usize>().unwrap_or(1);
            let run = state.run_mut(place);
            let limits = run.limits.get(number - 1).copied().unwrap_or_default();
            let wake = Wake::Stepping;
            run.task = Some(TaskRun { task: task.clone(), started: now, wake, changed: false, limits, failures: 0 });
            actions.push(Action::Step { stage: id, task });
        }
        _ => {
            let status = stage_status(state, place);
            if status.is_halt() {
                fail(state, place, status, now, actions);
            } else {
                compose_after(state, place, actions);
            }
        }
    }
    true
}

/// The stage's definition is asked what comes after its tasks.
fn compose_after(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    state.run_mut(place).phase = Phase::ComposingAfter;
    actions.push(Action::ComposeAfter { stage: state.at(place).stage.id.clone() });
}

/// Whether a stage's synthetic stages on one side are over: `None` while they run, `Some(false)` if one of them halted.
fn group_status(state: &State, place: usize, owner: SyntheticOwner) -> Option<bool> {
    let children = state.children(place, owner);
    // A stage that waits behind a halted one never starts, so it is not awaited.
    let mut open = false;
    let mut halted = false;
    for child in children {
        let child_state = state.at(child);
        let status = child_state.stage.status;
        halted |= status.is_halt();
        open |= match child_state.run.phase {
            Phase::Done => false,
            Phase::Waiting => requisites_met(state, child),
            _ => true,
        };
    }
    match (open, halted) {
        (true, _) => None,
        (false, halted) => Some(!halted),
    }
}

/// The stage failed in this way: its definition is asked what cleans up, once.
pub(super) fn fail(state: &mut State, place: usize, status: Status, now: Timestamp, actions: &mut Vec<Action>) {
    let run = &state.at(place).run;
    if status == Status::Canceled || run.failing.is_some() {
        complete(state, place, status, now);
        return;
    }
    let run = state.run_mut(place);
    run.failing = Some(status);
    run.phase = Phase::ComposingOnFailure;
    run.task = None;
    actions.push(Action::ComposeOnFailure { stage: state.at(place).stage.id.clone() });
}

/// The stage is over, and says which of its expressions failed.
pub(super) fn complete(state: &mut State, place: usize, status: Status, now: Timestamp) {
    if failures(&state.at(place).stage.context).is_some() {
        note_failed_expressions(&mut state.stage_mut(place).context);
    }
    finish(state, place, status, now);
}

/// The stage is over.
pub(super) fn finish(state: &mut State, place: usize, status: Status, now: Timestamp) {
    let run = state.run_mut(place);
    run.phase = Phase::Done;
    run.task = None;
    let stage = state.stage_mut(place);
    stage.status = status;
    stage.end_time = Some(now);
}
