//! Commands: cancel, pause, resume, patch.

use gennaker_base::Timestamp;
use gennaker_wire::{Paused, Status};
use serde_json::json;

use super::{Action, Phase, Run, Signal, State, Wake, flow, step};

/// Takes a command into the state. One that does not apply any more changes nothing; but who cancelled what is over already
/// is noted all the same, as upstream does.
pub(super) fn take(state: &mut State, signal: Signal, now: Timestamp, actions: &mut Vec<Action>) {
    match signal {
        Signal::Cancel { user, reason } => {
            let head = state.head_mut();
            head.canceled = true;
            head.canceled_by = Some(user);
            head.cancellation_reason = reason;
            if !state.is_over() {
                flow::end(state, Status::Canceled, now, actions);
            }
        }
        Signal::ForceCancel { user, reason } => force_cancel(state, user, reason, now, actions),
        _ if state.is_over() => {}
        Signal::Pause { user } => pause(state, user, now),
        Signal::Resume { user } => resume(state, user, now, actions),
        Signal::Patch { user, allowed_accounts, stage, context } => {
            let Some(place) = state.place(&stage) else { return };
            if state.at(place).run.phase == Phase::Done {
                return;
            }
            let stage = state.stage_mut(place);
            stage.context.extend(context);
            stage.context.insert("lastModifiedBy".to_owned(), user.clone().into());
            stage.last_modified = Some(json!({
                "user": user, "allowedAccounts": allowed_accounts, "lastModifiedTime": now.millis(),
            }));
            wake_for_change(state, place, actions);
        }
    }
}

/// Ends whatever is under way, in an execution that is over too: upstream's `ForceExecutionCancellationCommand`.
fn force_cancel(state: &mut State, user: String, reason: String, now: Timestamp, actions: &mut Vec<Action>) {
    for place in 0..state.stages().len() {
        let status = state.at(place).stage.status;
        if status.is_complete() || status == Status::NotStarted {
            continue;
        }
        let run = state.run_mut(place);
        *run = Run { phase: Phase::Done, generation: run.generation + 1, ..Run::default() };
        let stage = state.stage_mut(place);
        stage.status = Status::Canceled;
        stage.end_time = Some(now);
        for task in
            stage.tasks.iter_mut().filter(|task| !task.status.is_complete() && task.status != Status::NotStarted)
        {
            task.status = Status::Canceled;
            task.end_time = Some(now);
        }
        actions.push(Action::Abandon { stage: stage.id.clone() });
    }
    if !state.is_over() {
        let head = state.head_mut();
        head.canceled = true;
        head.canceled_by = Some(user);
        head.cancellation_reason = Some(reason);
        head.status = Status::Canceled;
        head.end_time = Some(now);
    }
}

/// The running task of a changed stage looks again at once; a definition that did not know of the change is asked again.
fn wake_for_change(state: &mut State, place: usize, actions: &mut Vec<Action>) {
    if state.at(place).run.phase == Phase::Composing {
        return step::compose_again(state, place, actions);
    }
    let running = state.head().status == Status::Running;
    let Some(run) = &mut state.run_mut(place).task else { return };
    if run.wake == Wake::Stepping {
        run.changed = true;
    } else if running {
        step::step_again(state, place, actions);
    } else {
        run.wake = Wake::At(Timestamp::ZERO);
    }
}

/// Nothing new starts; what is under way is recorded when it comes back.
fn pause(state: &mut State, user: String, now: Timestamp) {
    if state.head().status != Status::Running {
        return;
    }
    let head = state.head_mut();
    head.status = Status::Paused;
    head.paused = Some(Paused { paused: true, paused_by: Some(user), pause_time: Some(now), ..Paused::default() });
    relabel(state, Status::Running, Status::Paused);
}

/// Goes on; the time of the pause does not count against time-outs.
fn resume(state: &mut State, user: String, now: Timestamp, actions: &mut Vec<Action>) {
    if state.head().status != Status::Paused {
        return;
    }
    let head = state.head_mut();
    head.status = Status::Running;
    let mut paused_for = std::time::Duration::ZERO;
    if let Some(paused) = &mut head.paused {
        paused.resumed_by = Some(user);
        paused.resume_time = Some(now);
        paused_for = paused.pause_time.map(|since| now.since(since)).unwrap_or_default();
        paused.paused = false;
        paused.paused_ms = u64::try_from(paused_for.as_millis()).unwrap_or(u64::MAX);
    }
    relabel(state, Status::Paused, Status::Running);
    for place in 0..state.stages().len() {
        if state.at(place).run.task.is_some()
            && let Some(run) = &mut state.run_mut(place).task
        {
            run.started = run.started.after(paused_for);
        }
    }
    step::woken(state, now, actions);
}

/// Turns what runs into what is paused, or back, as clients see it.
fn relabel(state: &mut State, from: Status, to: Status) {
    for place in 0..state.stages().len() {
        if state.at(place).stage.status != from || state.at(place).run.phase == Phase::Done {
            continue;
        }
        let stage = state.stage_mut(place);
        stage.status = to;
        for task in stage.tasks.iter_mut().filter(|task| task.status == from) {
            task.status = to;
        }
    }
}
