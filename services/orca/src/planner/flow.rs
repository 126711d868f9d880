//! Whatever can go on, goes on: stages start, turn from phase to phase, and end, until nothing moves.

use gennaker_base::Timestamp;
use gennaker_wire::{ObjectExt, Stage, Status, SyntheticOwner};

use super::{
    Action, Phase, State, TaskRun, Wake, cleanup,
    outcome::{execution_status, failures, note_failed_expressions, stage_status},
};

/// The execution begins, or goes on after a restart. One that has no stage to begin with has failed already and never started:
/// upstream's `StartExecutionHandler`.
pub(super) fn begin(state: &mut State, now: Timestamp) {
    if state.head().status != Status::NotStarted {
        return;
    }
    let mut top_level = state.stages().iter().filter(|state| state.stage.parent_stage_id.is_none());
    if !top_level.any(|state| state.stage.requisite_stage_ref_ids.is_empty()) {
        state.head_mut().status = Status::Terminal;
        return;
    }
    let too_late = state.head().other.integer("startTimeExpiry").is_some_and(|expiry| expiry < now.millis());
    let head = state.head_mut();
    if too_late {
        head.canceled = true;
        head.canceled_by = Some("spinnaker".to_owned());
        head.cancellation_reason = Some("Could not begin execution before start time expiry".to_owned());
        head.status = Status::Canceled;
        return;
    }
    head.status = Status::Running;
    head.canceled = false;
    head.start_time = Some(now);
    state.touch_all();
}

/// Moves every stage as far as it goes, and ends the execution when it is over.
pub(super) fn advance(state: &mut State, now: Timestamp, actions: &mut Vec<Action>) {
    while state.head().status == Status::Running {
        if let Some(status) = ending(state) {
            return end(state, status, now, actions);
        }
        let mut moved = false;
        for place in state.take_touched() {
            while advance_stage(state, place, now, actions) {
                moved = true;
            }
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

/// How the execution is going to end, if that was decided and only its clean-up is awaited.
fn ending(state: &State) -> Option<Status> {
    state.head().canceled.then_some(Status::Canceled)
}

/// Ends the execution: what is still under way is cancelled, and once that has undone what it began, it is over.
pub(super) fn end(state: &mut State, status: Status, now: Timestamp, actions: &mut Vec<Action>) {
    let mut cleaning_up = false;
    for place in 0..state.stages().len() {
        cleaning_up |= cleanup::cancel_stage(state, place, now, actions);
    }
    if !cleaning_up {
        finish_execution(state, status, now);
    }
}

/// The execution is over.
pub(super) fn finish_execution(state: &mut State, status: Status, now: Timestamp) {
    let head = state.head_mut();
    head.status = status;
    // One that never began has no end either: upstream's `PipelineExecutionImpl.updateStatus`.
    if head.start_time.is_some() {
        head.end_time = Some(now);
    }
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
        Phase::Waiting => start(state, place, now, actions),
        Phase::Before => match group_status(state, place, SyntheticOwner::StageBefore) {
            None => false,
            Some(true) if is_given_up(state, place, SyntheticOwner::StageBefore) => {
                compose_after(state, place, actions);
                true
            }
            Some(true) => {
                state.enter(place, Phase::Tasks);
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
                complete(state, place, stage_status(state, place), now, actions);
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
                complete(state, place, status, now, actions);
                true
            }
        },
        Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure | Phase::CleaningUp | Phase::Done => false,
    }
}

/// Starts the stage at `place` if nothing stands before it. One whose start has an expiry that is over is left out.
fn start(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) -> bool {
    if !requisites_met(state, place) {
        return false;
    }
    if state.at(place).stage.start_time_expiry.is_some_and(|expiry| expiry < now) {
        finish(state, place, Status::Skipped, now);
        return true;
    }
    let stage = state.stage_mut(place);
    stage.status = Status::Running;
    stage.start_time = Some(now);
    let stage = stage.id.clone();
    state.enter(place, Phase::Composing);
    actions.push(Action::Compose { stage });
    true
}

/// Starts the next task, or turns to what comes after the tasks.
///
/// A task that failed in a way that the pipeline goes on after does not keep the stage's other tasks from running: upstream's
/// `CompleteTaskHandler`.
fn advance_tasks(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) -> bool {
    if state.at(place).run.task.is_some() {
        return false;
    }
    let stage = &state.at(place).stage;
    match next_task(stage) {
        Some(number) => start_task(state, place, number, now, actions),
        None => settle(state, place, now, actions),
    }
    true
}

/// The stage at `place` has no more tasks to run: it turns to what comes after them, or to its failure.
pub(super) fn settle(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) {
    let status = stage_status(state, place);
    if status.is_halt() {
        fail(state, place, status, now, actions);
    } else {
        compose_after(state, place, actions);
    }
}

/// The number, from 0, of the task that comes next.
fn next_task(stage: &Stage) -> Option<usize> {
    if stage.tasks.iter().any(|task| task.status.is_halt()) {
        return None;
    }
    stage.tasks.iter().position(|task| task.status == Status::NotStarted)
}

fn start_task(state: &mut State, place: usize, number: usize, now: Timestamp, actions: &mut Vec<Action>) {
    let stage = state.stage_mut(place);
    let id = stage.id.clone();
    let task = &mut stage.tasks[number];
    task.status = Status::Running;
    task.start_time = Some(now);
    let task = task.id.clone();
    let run = state.run_mut(place);
    let limits = run.limits.get(number).copied().unwrap_or_default();
    let wake = Wake::Stepping;
    run.task = Some(TaskRun { task: task.clone(), started: now, wake, changed: false, limits, failures: 0 });
    actions.push(Action::Step { stage: id, task });
}

/// The stage's definition is asked what comes after its tasks.
fn compose_after(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    state.enter(place, Phase::ComposingAfter);
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
        complete(state, place, status, now, actions);
        return;
    }
    let run = state.run_mut(place);
    run.failing = Some(status);
    run.task = None;
    state.enter(place, Phase::ComposingOnFailure);
    actions.push(Action::ComposeOnFailure { stage: state.at(place).stage.id.clone() });
}

/// The stage is over, and says which of its expressions failed. If it halted it undoes first what it began.
pub(super) fn complete(state: &mut State, place: usize, status: Status, now: Timestamp, actions: &mut Vec<Action>) {
    if failures(&state.at(place).stage.context).is_some() {
        note_failed_expressions(&mut state.stage_mut(place).context);
    }
    if status.is_halt() && state.at(place).run.cleans_up {
        return cleanup::begin(state, place, None, status, actions);
    }
    finish(state, place, status, now);
}

/// The stage is over.
pub(super) fn finish(state: &mut State, place: usize, status: Status, now: Timestamp) {
    state.enter(place, Phase::Done);
    let run = state.run_mut(place);
    run.task = None;
    run.ask_again = None;
    let stage = state.stage_mut(place);
    stage.status = status;
    stage.end_time = Some(now);
}
