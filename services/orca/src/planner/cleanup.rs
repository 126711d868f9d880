//! What is cancelled, or failed, undoes what it began before it is over.
//!
//! A running task is asked first (upstream's `Task.onCancelWithResult`), then the stage (`CancellableStage.cancel`). Only a
//! stage that has something to undo is asked; every other one is over at once. A clean-up that fails transiently is tried again,
//! [`MOST_TRIES`] times; then, or if it cannot succeed, the reason stands in the stage's context under `cleanUpError`, and the
//! stage is over all the same: a cancellation always comes to an end.

use gennaker_base::Timestamp;
use gennaker_orca_stages::TaskError;
use gennaker_wire::Status;

use super::{Action, CleanUp, Phase, State, flow, step, timing};

/// So often is a clean-up tried that fails transiently.
const MOST_TRIES: u32 = 12;

/// Cancels the stage at `place` if it is under way; says whether it is still undoing something.
pub(super) fn cancel_stage(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) -> bool {
    match state.at(place).run.phase {
        Phase::Waiting | Phase::Done => return false,
        Phase::CleaningUp => return true,
        _ => {}
    }
    let run = state.run_mut(place);
    let task = run.task.take().filter(|task| task.limits.cleans_up).map(|run| run.task);
    run.ask_again = None;
    run.generation += 1;
    let cleans_up = run.cleans_up || task.is_some();
    let stage = state.stage_mut(place);
    for task in &mut stage.tasks {
        if matches!(task.status, Status::Running | Status::Paused | Status::Suspended) {
            task.status = Status::Canceled;
            task.end_time = Some(now);
        }
    }
    if cleans_up {
        begin(state, place, task, Status::Canceled, actions);
    } else {
        actions.push(Action::Abandon { stage: stage.id.clone() });
        flow::finish(state, place, Status::Canceled, now);
    }
    cleans_up
}

/// The stage at `place` undoes what it began, and ends with `status` after that.
pub(super) fn begin(state: &mut State, place: usize, task: Option<String>, status: Status, actions: &mut Vec<Action>) {
    state.enter(place, Phase::CleaningUp);
    let run = state.run_mut(place);
    run.failing = Some(status);
    run.failures = 0;
    run.task = None;
    run.undoing = task;
    actions.extend(question(state, place));
}

/// What is to be asked of the stage at `place`, which is undoing what it began.
pub(super) fn question(state: &State, place: usize) -> Option<Action> {
    let super::StageState { stage, run, .. } = state.at(place);
    (run.phase == Phase::CleaningUp).then(|| Action::CleanUp { stage: stage.id.clone(), task: run.undoing.clone() })
}

/// The clean-up is over, or is to be tried again.
pub(super) fn cleaned_up(
    state: &mut State,
    stage: &str,
    generation: u32,
    result: Result<CleanUp, TaskError>,
    now: Timestamp,
) {
    let Some(place) = step::expected(state, stage, generation, Phase::CleaningUp) else { return };
    match result {
        Ok(found) => step::merge(state, place, found.context, found.outputs),
        Err(error) if error.kind.is_transient() && state.at(place).run.failures < MOST_TRIES => {
            let run = state.run_mut(place);
            run.failures += 1;
            run.ask_again = Some(now.after(timing::retry_wait(run.failures)));
            return;
        }
        Err(error) => {
            let context = &mut state.stage_mut(place).context;
            context.insert("cleanUpError".to_owned(), error.message.into());
        }
    }
    let run = state.run_mut(place);
    run.undoing = None;
    let status = run.failing.unwrap_or(Status::Canceled);
    flow::finish(state, place, status, now);
}
