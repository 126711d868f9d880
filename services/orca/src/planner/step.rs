//! What comes back from actions: compositions, steps of tasks, due times.

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{Composition, NewStage, Next, TaskError, TaskResult};
use gennaker_wire::{Object, ObjectExt, Status, SyntheticOwner};

use super::{
    Action, Phase, StageState, State, Wake, cleanup, flow,
    outcome::{exception, failure_status, failure_status_or},
    synthetic,
    timing::{is_overdue, next_look, retry_wait},
};

/// How upstream names the failure of a stage whose type is not there.
pub(crate) const NO_SUCH_STAGE: &str = "NoSuchStageDefinitionBuilderException";
/// What is said of a stage whose cluster another execution is changing: it is asked again until that is over.
pub(crate) const CLUSTER_HELD: &str = "ClusterHeldException";
/// So often in a row a definition may fail transiently: upstream's number of attempts to plan a stage.
const MOST_QUESTIONS: u32 = 40;

/// A stage's definition said what it consists of.
pub(super) fn composed(
    state: &mut State,
    stage: &str,
    generation: u32,
    evaluated: Option<Object>,
    result: Result<Composition, TaskError>,
    now: Timestamp,
    actions: &mut Vec<Action>,
) {
    let Some(place) = expected(state, stage, generation, Phase::Composing) else { return };
    if let Some(context) = evaluated {
        state.stage_mut(place).context = context;
    }
    match result {
        Ok(composition) => {
            let stage = state.stage_mut(place);
            if let Some(context) = composition.context {
                stage.context = context;
            }
            stage.tasks = synthetic::tasks(&composition.tasks);
            let run = state.run_mut(place);
            run.limits = composition.tasks.iter().map(|task| task.limits).collect();
            run.cleans_up = composition.cleans_up;
            synthetic::add(state, place, SyntheticOwner::StageBefore, composition.before, now);
            turn_to(state, place, Phase::Before);
        }
        Err(error) => not_composed(state, place, &error, now, actions),
    }
}

/// A stage is left out; it never started.
pub(super) fn skipped(state: &mut State, stage: &str, generation: u32, now: Timestamp) {
    let Some(place) = expected(state, stage, generation, Phase::Composing) else { return };
    state.stage_mut(place).start_time = None;
    flow::finish(state, place, Status::Skipped, now);
}

/// A stage's definition said what comes after its tasks, or after its failure.
pub(super) fn composed_around(
    state: &mut State,
    stage: &str,
    generation: u32,
    phase: Phase,
    result: Result<Vec<NewStage>, TaskError>,
    now: Timestamp,
    actions: &mut Vec<Action>,
) {
    let Some(place) = expected(state, stage, generation, phase) else { return };
    match result {
        Ok(stages) => {
            if phase == Phase::ComposingOnFailure && !stages.is_empty() {
                // What has not started when the stage failed never will.
                let id = state.at(place).stage.id.clone();
                state.remove_children(&id, |child| child.status == Status::NotStarted);
            }
            let Some(place) = state.place(stage) else { return };
            synthetic::add(state, place, SyntheticOwner::StageAfter, stages, now);
            let next = if phase == Phase::ComposingOnFailure { Phase::OnFailure } else { Phase::After };
            turn_to(state, place, next);
        }
        Err(error) => not_composed(state, place, &error, now, actions),
    }
}

fn turn_to(state: &mut State, place: usize, phase: Phase) {
    state.enter(place, phase);
    state.run_mut(place).failures = 0;
}

/// The stage's definition itself failed: it is asked again if that may help. Otherwise the stage has failed, as if by a task; and
/// if it was asked what comes after its tasks or its failure, it is over.
fn not_composed(state: &mut State, place: usize, error: &TaskError, now: Timestamp, actions: &mut Vec<Action>) {
    let run = state.run_mut(place);
    let first = run.phase == Phase::Composing;
    let waits = error.exception_type == CLUSTER_HELD;
    if error.kind.is_transient() && (waits || run.failures < MOST_QUESTIONS) {
        run.failures = run.failures.saturating_add(1);
        run.ask_again = Some(now.after(retry_wait(run.failures)));
        return;
    }
    let stage = state.stage_mut(place);
    let mut name = stage.name.clone().unwrap_or_else(|| stage.kind.clone());
    if first {
        stage.context.insert("beforeStagePlanningFailed".to_owned(), true.into());
    } else {
        name.push_str(":ConstructAfterStages");
    }
    stage.context.insert("exception".to_owned(), exception(error, &name, now).into());
    if error.exception_type == NO_SUCH_STAGE {
        // Upstream looks for the definition before it notes the start.
        stage.start_time = None;
    }
    if first {
        flow::settle(state, place, now, actions);
    } else {
        flow::finish(state, place, Status::Terminal, now);
    }
}

/// A task made a step.
pub(super) fn stepped(
    state: &mut State,
    stage: &str,
    generation: u32,
    task: &str,
    evaluated: Object,
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
                Next::Soon => Wake::At(next_look(state, place, now)),
                Next::At(due) => Wake::At(due),
                Next::OnChange => Wake::OnChange,
            };
            set_wake(state, place, wake, 0);
        }
        Ok(result) => {
            merge(state, place, result.context, result.outputs);
            take_evaluated(state, place, run.changed, evaluated);
            if let Some(error) = &result.error {
                note_failure(state, place, task, error, now);
            }
            match result.status {
                Status::Redirect => redirect(state, place, task),
                halt @ (Status::Terminal | Status::Canceled) => {
                    let status = failure_status_or(&state.at(place).stage, halt);
                    end_task(state, place, task, status, now);
                }
                status => end_task(state, place, task, status, now),
            }
        }
        Err(error) if error.kind.is_transient() && !is_overdue(state, place, now) => {
            let failures = run.failures.saturating_add(1);
            set_wake(state, place, Wake::At(now.after(retry_wait(failures))), failures);
        }
        Err(error) => {
            take_evaluated(state, place, run.changed, evaluated);
            fail_task(state, place, task, &error, now);
        }
    }
}

/// The stage goes back to the first task of the loop that `task` is in: upstream's `CompleteTaskHandler.handleRedirect`. A task
/// that is in no loop is made again.
fn redirect(state: &mut State, place: usize, task: &str) {
    let run = state.run_mut(place);
    run.task = None;
    // Its tasks run anew, with side effects of their own.
    run.generation += 1;
    let tasks = &mut state.stage_mut(place).tasks;
    let Some(own) = tasks.iter().position(|other| other.id == task) else { return };
    let start = tasks[..=own].iter().rposition(|task| task.loop_start).unwrap_or(own);
    let end = tasks.iter().skip(own).position(|task| task.loop_end).map_or(own, |end| own + end);
    for task in &mut tasks[start..=end] {
        task.status = Status::NotStarted;
        task.end_time = None;
    }
}

/// What was evaluated after a task stays, unless the stage was changed from outside meanwhile: that goes before it.
fn take_evaluated(state: &mut State, place: usize, changed: bool, evaluated: Object) {
    if !changed {
        merge(state, place, evaluated, Object::new());
    }
}

/// Due questions and steps are made, and tasks whose time is over fail.
pub(super) fn woken(state: &mut State, now: Timestamp, actions: &mut Vec<Action>) {
    if state.head().status != Status::Running {
        return;
    }
    for place in 0..state.stages().len() {
        if state.at(place).run.ask_again.is_some_and(|due| due <= now) {
            state.run_mut(place).ask_again = None;
            actions.extend(question(state, place));
        }
        let Some(run) = &state.at(place).run.task else { continue };
        if matches!(run.wake, Wake::Stepping | Wake::TimingOut) {
            continue;
        }
        if is_overdue(state, place, now) {
            ask_of_time_out(state, place, actions);
        } else if matches!(run.wake, Wake::At(due) if due <= now) {
            step_again(state, place, actions);
        }
    }
}

/// The task at `place` did not end in time: it is asked what it makes of that.
fn ask_of_time_out(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    let stage = state.at(place).stage.id.clone();
    if let Some(run) = &mut state.run_mut(place).task {
        run.wake = Wake::TimingOut;
        actions.push(Action::TimeOut { stage, task: run.task.clone() });
    }
}

/// A task said what it makes of the end of its time.
pub(super) fn timed_out(
    state: &mut State,
    stage: &str,
    generation: u32,
    task: &str,
    result: Option<TaskResult>,
    now: Timestamp,
) {
    let Some(place) = expected(state, stage, generation, Phase::Tasks) else { return };
    let Some(run) = state.at(place).run.task.clone() else { return };
    if run.task != task || run.wake != Wake::TimingOut {
        return;
    }
    if let Some(result) = result {
        merge(state, place, result.context, result.outputs);
        if let Some(error) = &result.error {
            note_failure(state, place, task, error, now);
        }
        let status = match result.status {
            Status::FailedContinue => Status::FailedContinue,
            _ => failure_status(&state.at(place).stage),
        };
        return end_task(state, place, task, status, now);
    }
    if state.at(place).stage.context.boolean("markSuccessfulOnTimeout") == Some(true) {
        end_task(state, place, &run.task, Status::Succeeded, now);
        return;
    }
    let seconds = now.since(run.started).as_secs();
    let message = format!("the task did not end within {seconds} s; set the stage's stageTimeoutMs if it needs longer");
    let error = TaskError::new(Kind::Timeout, "TimeoutException", message);
    fail_task(state, place, &run.task, &error, now);
}

/// What was under way when the last owner died is asked again.
pub(super) fn recovered(state: &State, actions: &mut Vec<Action>) {
    for place in 0..state.stages().len() {
        let StageState { stage, run, .. } = state.at(place);
        if run.ask_again.is_none() {
            actions.extend(question(state, place));
        }
        let Some(task) = &run.task else { continue };
        let (stage, name) = (stage.id.clone(), task.task.clone());
        match task.wake {
            Wake::Stepping => actions.push(Action::Step { stage, task: name }),
            Wake::TimingOut => actions.push(Action::TimeOut { stage, task: name }),
            Wake::At(_) | Wake::OnChange => {}
        }
    }
}

/// What the definition of the stage at `place` is to be asked in its phase.
fn question(state: &State, place: usize) -> Option<Action> {
    let stage = state.at(place).stage.id.clone();
    match state.at(place).run.phase {
        Phase::Composing => Some(Action::Compose { stage }),
        Phase::ComposingAfter => Some(Action::ComposeAfter { stage }),
        Phase::ComposingOnFailure => Some(Action::ComposeOnFailure { stage }),
        Phase::CleaningUp => cleanup::question(state, place),
        Phase::Waiting | Phase::Before | Phase::Tasks | Phase::After | Phase::OnFailure | Phase::Done => None,
    }
}

/// The stage at `place` was changed while its definition was asked what it consists of: whatever the answer will be, it does
/// not know of the change.
pub(super) fn compose_again(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    let run = state.run_mut(place);
    run.generation += 1;
    run.ask_again = None;
    actions.extend(question(state, place));
}

/// Something outside that the stage's task waits for may have changed: it looks again at once.
pub(super) fn nudged(state: &mut State, stage: &str, actions: &mut Vec<Action>) {
    let Some(place) = state.place(stage).filter(|_| state.head().status == Status::Running) else { return };
    let Some(run) = &state.at(place).run.task else { return };
    match run.wake {
        Wake::Stepping => state.run_mut(place).task.iter_mut().for_each(|run| run.changed = true),
        Wake::At(_) | Wake::OnChange => step_again(state, place, actions),
        Wake::TimingOut => {}
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

/// The place of the stage, if it is the one that the event is about and still in that phase.
pub(super) fn expected(state: &State, stage: &str, generation: u32, phase: Phase) -> Option<usize> {
    let place = state.place(stage)?;
    let run = &state.at(place).run;
    (run.generation == generation && run.phase == phase && !state.is_over()).then_some(place)
}

pub(super) fn merge(state: &mut State, place: usize, context: Object, outputs: Object) {
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
