//! What comes back from actions: compositions, steps of tasks, due times.

use std::time::Duration;

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{Composition, NewStage, Next, TaskError, TaskResult};
use gennaker_wire::{Object, ObjectExt, Status, SyntheticOwner};

use super::{
    Action, Phase, State, Wake, flow,
    outcome::{exception, failure_status},
    synthetic,
};

/// The soonest next look at a running task.
const SOONEST: Duration = Duration::from_millis(50);
/// The longest wait after a step that failed transiently.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// A stage's definition said what it consists of.
pub(super) fn composed(
    state: &mut State,
    stage: &str,
    generation: u32,
    result: Result<Composition, TaskError>,
    now: Timestamp,
) {
    let Some(place) = expected(state, stage, generation, Phase::Composing) else { return };
    match result {
        Ok(composition) => {
            let stage = state.stage_mut(place);
            if let Some(context) = composition.context {
                stage.context = context;
            }
            stage.tasks = synthetic::tasks(&composition.tasks);
            state.run_mut(place).limits = composition.tasks.iter().map(|task| task.limits).collect();
            synthetic::add(state, place, SyntheticOwner::StageBefore, composition.before, now);
            state.run_mut(place).phase = Phase::Before;
        }
        Err(error) => end_in_failure(state, place, &error, now),
    }
}

/// A stage's definition said what comes after its tasks, or after its failure.
pub(super) fn composed_around(
    state: &mut State,
    stage: &str,
    generation: u32,
    phase: Phase,
    result: Result<Vec<NewStage>, TaskError>,
    now: Timestamp,
) {
    let Some(place) = expected(state, stage, generation, phase) else { return };
    match (result, phase) {
        (Ok(stages), Phase::ComposingOnFailure) => {
            synthetic::add(state, place, SyntheticOwner::StageAfter, stages, now);
            state.run_mut(place).phase = Phase::OnFailure;
        }
        (Ok(stages), _) => {
            synthetic::add(state, place, SyntheticOwner::StageAfter, stages, now);
            state.run_mut(place).phase = Phase::After;
        }
        (Err(error), _) => end_in_failure(state, place, &error, now),
    }
}

/// The stage's definition itself failed: nothing can clean up after it.
fn end_in_failure(state: &mut State, place: usize, error: &TaskError, now: Timestamp) {
    let stage = state.stage_mut(place);
    let name = stage.name.clone().unwrap_or_else(|| stage.kind.clone());
    stage.context.insert("exception".to_owned(), exception(error, &name, now).into());
    let status = failure_status(&state.at(place).stage);
    flow::complete(state, place, status, now);
}

/// A task made a step.
pub(super) fn stepped(
    state: &mut State,
    stage: &str,
    generation: u32,
    task: &str,
    result: Result<TaskResult, TaskError>,
    now: Timestamp,
) {
    let Some(place) = expected(state, stage, generation, Phase::Tasks) else { return };
    let Some(run) = state.at(place).run.task.clone().filter(|run| run.task == task && run.wake == Wake::Stepping)
    else {
        return;
    };
    match result {
        Ok(result) if result.status == Status::Running => {
            merge(state, place, result.context, result.outputs);
            let wake = match result.next {
                // The step may not have seen the change: look again.
                _ if run.changed => Wake::At(now),
                Next::Soon => Wake::At(now.after(next_look(now.since(run.started), run.limits.longest_wait))),
                Next::At(due) => Wake::At(due),
                Next::OnChange => Wake::OnChange,
            };
            set_wake(state, place, wake, 0);
        }
        Ok(result) => {
            merge(state, place, result.context, result.outputs);
            if let Some(error) = &result.error {
                note_failure(state, place, task, error, now);
            }
            let status = match result.status {
                Status::Terminal => failure_status(&state.at(place).stage),
                status => status,
            };
            end_task(state, place, task, status, now);
        }
        Err(error) if error.kind.is_transient() && !is_overdue(state, place, now) => {
            let failures = run.failures.saturating_add(1);
            let wait = SOONEST.saturating_mul(2u32.saturating_pow(failures)).min(LONGEST_RETRY);
            set_wake(state, place, Wake::At(now.after(wait)), failures);
        }
        Err(error) => fail_task(state, place, task, &error, now),
    }
}

/// Due steps are made, and tasks whose time is over fail.
pub(super) fn woken(state: &mut State, now: Timestamp, actions: &mut Vec<Action>) {
    if state.head().status != Status::Running {
        return;
    }
    for place in 0..state.stages().len() {
        let Some(run) = state.at(place).run.task.clone() else { continue };
        if is_overdue(state, place, now) && run.wake != Wake::Stepping {
            let error = TaskError::new(
                Kind::Timeout,
                "com.netflix.spinnaker.orca.exceptions.TimeoutException",
                format!(
                    "the task did not end within {} s; set the stage's stageTimeoutMs if it needs longer",
                    now.since(run.started).as_secs()
                ),
            );
            fail_task(state, place, &run.task, &error, now);
        } else if matches!(run.wake, Wake::At(due) if due <= now) {
            step_again(state, place, actions);
        }
    }
}

/// What was under way when the last owner died is asked again.
pub(super) fn recovered(state: &mut State, actions: &mut Vec<Action>) {
    for place in 0..state.stages().len() {
        let stage = state.at(place).stage.id.clone();
        match state.at(place).run.phase {
            Phase::Composing => actions.push(Action::Compose { stage }),
            Phase::ComposingAfter => actions.push(Action::ComposeAfter { stage }),
            Phase::ComposingOnFailure => actions.push(Action::ComposeOnFailure { stage }),
            Phase::Tasks => {
                let stepping = state.at(place).run.task.as_ref().filter(|task| task.wake == Wake::Stepping);
                actions.extend(stepping.map(|task| Action::Step { stage, task: task.task.clone() }));
            }
            Phase::Waiting | Phase::Before | Phase::After | Phase::OnFailure | Phase::Done => {}
        }
    }
}

/// Makes the next step of the task that waits at `place`.
pub(super) fn step_again(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    let stage = state.at(place).stage.id.clone();
    if let Some(run) = &mut state.run_mut(place).task {
        run.wake = Wake::Stepping;
        run.changed = false;
        actions.push(Action::Step { stage, task: run.task.clone() });
    }
}

/// When the time of the task at `place` is over; `None` if it has no limit. `stageTimeoutMs` of the stage or of a stage above
/// it counts from that stage's start and goes before the task's own limit.
pub(super) fn deadline(state: &State, place: usize) -> Option<Timestamp> {
    let run = state.at(place).run.task.as_ref()?;
    let mut own_or_above = Some(place);
    let mut earliest: Option<Timestamp> = None;
    while let Some(place) = own_or_above {
        let stage = &state.at(place).stage;
        let limit = stage.context.integer("stageTimeoutMs").and_then(|millis| u64::try_from(millis).ok());
        if let (Some(limit), Some(start)) = (limit, stage.start_time) {
            let end = start.after(Duration::from_millis(limit));
            earliest = Some(earliest.map_or(end, |other| other.min(end)));
        }
        own_or_above = state.parent(place);
    }
    earliest.or_else(|| Some(run.started.after(Duration::from_millis(run.limits.timeout?))))
}

fn is_overdue(state: &State, place: usize, now: Timestamp) -> bool {
    deadline(state, place).is_some_and(|deadline| deadline <= now)
}

/// The place of the stage, if it is the one that the event is about and still in that phase.
fn expected(state: &State, stage: &str, generation: u32, phase: Phase) -> Option<usize> {
    let place = state.place(stage)?;
    let run = &state.at(place).run;
    (run.generation == generation && run.phase == phase && !state.is_over()).then_some(place)
}

fn merge(state: &mut State, place: usize, context: Object, outputs: Object) {
    if context.is_empty() && outputs.is_empty() {
        return;
    }
    let stage = state.stage_mut(place);
    stage.context.extend(context);
    stage.outputs.extend(outputs);
}

fn set_wake(state: &mut State, place: usize, wake: Wake, failures: u32) {
    if let Some(run) = &mut state.run_mut(place).task {
        run.wake = wake;
        run.failures = failures;
        run.changed = false;
    }
}

fn fail_task(state: &mut State, place: usize, task: &str, error: &TaskError, now: Timestamp) {
    note_failure(state, place, task, error, now);
    let status = failure_status(&state.at(place).stage);
    end_task(state, place, task, status, now);
}

/// Writes the reason where clients look for it: into the stage's context and the task's details.
fn note_failure(state: &mut State, place: usize, task: &str, error: &TaskError, now: Timestamp) {
    let stage = state.stage_mut(place);
    let name = stage.task_mut(task).map_or_else(|| format!("task {task}"), |task| task.name.clone());
    let exception = exception(error, &name, now);
    stage.context.insert("exception".to_owned(), exception.clone().into());
    if let Some(task) = stage.task_mut(task) {
        task.task_exception_details.insert("exception".to_owned(), exception.into());
    }
}

fn end_task(state: &mut State, place: usize, task: &str, status: Status, now: Timestamp) {
    state.run_mut(place).task = None;
    if let Some(task) = state.stage_mut(place).task_mut(task) {
        task.status = status;
        task.end_time = Some(now);
    }
}

/// A tenth of the time that it has taken so far, within limits.
fn next_look(elapsed: Duration, longest: u64) -> Duration {
    (elapsed / 10).clamp(SOONEST, Duration::from_millis(longest).max(SOONEST))
}
