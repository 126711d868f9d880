//! Commands: cancel, pause, resume, restart, skip, patch.

use gennaker_base::Timestamp;
use gennaker_wire::{ObjectExt, Paused, Status, SyntheticOwner};
use serde_json::json;

use super::{
    Action, Phase, Signal, State, Wake, flow,
    restart::{self, Restart},
    step,
};

/// Takes a command into the state. One that does not apply any more changes nothing; but who cancelled what is over already
/// is noted all the same, as upstream does.
pub(super) fn take(state: &mut State, signal: Signal, now: Timestamp, actions: &mut Vec<Action>) {
    match signal {
        Signal::Cancel { user, reason, force } => {
            let head = state.head_mut();
            head.canceled = true;
            head.canceled_by = Some(user);
            head.cancellation_reason = reason;
            if state.is_over() {
                return;
            }
            if state.head().status == Status::Paused {
                // So that what is under way can undo what it began.
                state.head_mut().status = Status::Running;
            }
            if force {
                give_up(state, now, actions);
            } else {
                flow::end(state, Status::Canceled, now, actions);
            }
        }
        Signal::Restart { user, stage, context, prepared } => {
            restart::take(state, Restart { user, stage, context, prepared }, now, actions);
        }
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
            if stage.context.boolean("manualSkip") == Some(true) {
                return skip(state, place, now, actions);
            }
            wake_for_change(state, place, actions);
        }
    }
}

/// The execution ends as cancelled without undoing anything.
fn give_up(state: &mut State, now: Timestamp, actions: &mut Vec<Action>) {
    for place in 0..state.stages().len() {
        if !matches!(state.at(place).run.phase, Phase::Waiting | Phase::Done) {
            let run = state.run_mut(place);
            run.cleans_up = false;
            run.generation += 1;
            run.undoing = None;
            run.task.iter_mut().for_each(|task| task.limits.cleans_up = false);
            if run.phase == Phase::CleaningUp {
                actions.push(Action::Abandon { stage: state.at(place).stage.id.clone() });
                flow::finish(state, place, Status::Canceled, now);
            }
        }
    }
    flow::end(state, Status::Canceled, now, actions);
}

/// The stage of the pipeline that `place` belongs to is left out, as somebody said while it ran: it and what of its synthetic
/// stages is not over. Upstream's `SkipStageHandler`.
fn skip(state: &mut State, place: usize, now: Timestamp, actions: &mut Vec<Action>) {
    let mut top = place;
    while let Some(parent) = state.parent(top) {
        top = parent;
    }
    let mut below = vec![top];
    while let Some(place) = below.pop() {
        for owner in [SyntheticOwner::StageBefore, SyntheticOwner::StageAfter] {
            below.extend(state.children(place, owner));
        }
        if state.at(place).run.phase == Phase::Done {
            continue;
        }
        state.run_mut(place).generation += 1;
        let stage = state.stage_mut(place);
        for task in stage.tasks.iter_mut().filter(|task| task.status == Status::Running) {
            task.status = Status::Skipped;
            task.end_time = Some(now);
        }
        actions.push(Action::Abandon { stage: stage.id.clone() });
        flow::finish(state, place, Status::Skipped, now);
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
    } else if run.wake == Wake::TimingOut {
        // Its time is over.
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
    state.touch_all();
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
