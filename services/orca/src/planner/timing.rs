//! When a task is looked at next, when its time is over, and how long is waited after a failure.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_orca_stages::EXECUTION_WINDOW;
use gennaker_wire::ObjectExt;

use super::State;

/// The soonest next look at a running task.
const SOONEST: Duration = Duration::from_millis(50);
/// The longest wait after a failure that may pass.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// When the time of the task at `place` is over; `None` if it has no limit. `stageTimeoutMs` of the stage, or of the nearest stage
/// above it that has one, counts from that stage's start, the last pause and the wait for the stage's execution window left out,
/// and goes before the task's own limit. So what follows on a stage that ran out of time can have a time of its own. A wait for an
/// execution window has no limit. Upstream: `RunTaskHandler.checkForTimeout`, `StageExecutionImpl.getParentWithTimeout`.
pub(super) fn deadline(state: &State, place: usize) -> Option<Timestamp> {
    let run = state.at(place).run.task.as_ref()?;
    if state.at(place).stage.kind == EXECUTION_WINDOW {
        return None;
    }
    let in_window = window_wait(state, place);
    let mut own_or_above = Some(place);
    while let Some(place) = own_or_above {
        let stage = &state.at(place).stage;
        let limit = stage.context.integer("stageTimeoutMs").and_then(|millis| u64::try_from(millis).ok());
        if let (Some(limit), Some(start)) = (limit, stage.start_time) {
            return Some(start.after(Duration::from_millis(limit)).after(paused_since(state, start)).after(in_window));
        }
        own_or_above = state.parent(place);
    }
    Some(run.started.after(Duration::from_millis(run.limits.timeout?)))
}

/// Whether the time of the task at `place` is over.
pub(super) fn is_overdue(state: &State, place: usize, now: Timestamp) -> bool {
    deadline(state, place).is_some_and(|deadline| deadline <= now)
}

/// How long the stage at `place` waited for its execution window.
fn window_wait(state: &State, place: usize) -> Duration {
    let before = state.children(place, gennaker_wire::SyntheticOwner::StageBefore);
    let window = before.into_iter().map(|child| &state.at(child).stage).find(|stage| stage.kind == EXECUTION_WINDOW);
    let times = window.and_then(|stage| stage.start_time.zip(stage.end_time));
    times.map(|(start, end)| end.since(start)).unwrap_or_default()
}

/// How long the last pause was, if it began after `start`.
fn paused_since(state: &State, start: Timestamp) -> Duration {
    let paused = state.head().paused.as_ref().and_then(|paused| paused.pause_time.zip(paused.resume_time));
    paused.filter(|(from, _)| *from > start).map(|(from, until)| until.since(from)).unwrap_or_default()
}

/// The wait after so many failures in a row that may pass.
pub(super) fn retry_wait(failures: u32) -> Duration {
    SOONEST.saturating_mul(2u32.saturating_pow(failures)).min(LONGEST_RETRY)
}

/// When the running task at `place` is looked at again: after a tenth of the time that it has taken so far, within limits, and
/// not before the stage's `backoffPeriodMs`.
pub(super) fn next_look(state: &State, place: usize, now: Timestamp) -> Timestamp {
    let super::StageState { stage, run, .. } = state.at(place);
    let Some(run) = &run.task else { return now };
    let longest = Duration::from_millis(run.limits.longest_wait).max(SOONEST);
    let wait = (now.since(run.started) / 10).clamp(SOONEST, longest);
    let asked = stage.context.integer("backoffPeriodMs").and_then(|millis| u64::try_from(millis).ok());
    now.after(wait.max(asked.map(Duration::from_millis).unwrap_or_default()))
}
