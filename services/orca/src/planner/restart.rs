//! Running a stage again: it and all that comes after it are as if they had not run yet.
//!
//! Upstream's `RestartStageHandler`. Only a stage that is over, or was never reached, is run again; one that runs goes on. What
//! ended before and is not run again does not end the execution now, unless nothing else goes on.

use std::collections::{BTreeMap, BTreeSet};

use gennaker_base::Timestamp;
use gennaker_wire::{Object, Status};
use serde_json::json;

use super::{Action, Phase, Run, State, flow};

/// What the command says.
pub(super) struct Restart {
    pub(super) user: String,
    pub(super) stage: String,
    pub(super) context: Object,
    pub(super) prepared: BTreeMap<String, Object>,
}

/// The ids of the stages that run again if the stage of that id is restarted: none if it cannot be.
pub fn restarted(state: &State, stage: &str) -> Vec<String> {
    let Some(top) = top_level(state, stage) else { return Vec::new() };
    let places = affected(state, top).unwrap_or_default();
    places.into_iter().map(|place| state.at(place).stage.id.clone()).collect()
}

/// The place of the stage of the pipeline that `stage` is, or belongs to.
fn top_level(state: &State, stage: &str) -> Option<usize> {
    let mut top = state.place(stage)?;
    while let Some(parent) = state.parent(top) {
        top = parent;
    }
    Some(top)
}

/// The places of `top`, a stage that is over or was never reached, and of those after it that are over.
fn affected(state: &State, top: usize) -> Option<BTreeSet<usize>> {
    let status = state.at(top).stage.status;
    if !status.is_complete() && status != Status::NotStarted {
        return None;
    }
    let mut affected = BTreeSet::from([top]);
    let mut seen = BTreeSet::from([top]);
    let mut next = vec![top];
    while let Some(place) = next.pop() {
        for after in state.downstream(place).into_iter().filter(|after| seen.insert(*after)) {
            next.push(after);
            if state.at(after).stage.status.is_complete() {
                affected.insert(after);
            }
        }
    }
    Some(affected)
}

/// Takes the command into the state. An execution that was over may begin again: it has the status `NOT_STARTED`, and begins at
/// once unless it needs a place among the runs of its pipeline.
pub(super) fn take(state: &mut State, restart: Restart, now: Timestamp, actions: &mut Vec<Action>) {
    let was_over = state.is_over();
    let running = state.head().status == Status::Running && !state.head().canceled;
    if state.place(&restart.stage).is_none() {
        // Upstream takes an unknown stage for a broken execution, and says so: `ConfigurationErrorHandler`. One that goes on is left
        // alone here.
        if was_over {
            state.head_mut().status = Status::Terminal;
        }
        return;
    }
    let Some(top) = top_level(state, &restart.stage).filter(|_| was_over || running) else { return };
    let Some(affected) = affected(state, top) else { return };
    let top = state.at(top).stage.id.clone();
    let ids: Vec<String> = affected.iter().map(|&place| state.at(place).stage.id.clone()).collect();
    for id in &ids {
        state.remove_children(id, |_| true);
    }
    for id in &ids {
        let Some(place) = state.place(id) else { continue };
        reset(state, place, &restart.prepared, actions);
        if *id == top {
            note(state, place, &restart, now);
        }
    }
    for place in 0..state.stages().len() {
        if state.at(place).run.phase == Phase::Done {
            state.run_mut(place).before_restart = true;
        }
    }
    state.touch_all();
    if was_over {
        let head = state.head_mut();
        head.status = Status::NotStarted;
        head.end_time = None;
        if !state.needs_place() {
            flow::begin(state, now);
        }
    }
}

/// The stage at `place` has not run.
fn reset(state: &mut State, place: usize, prepared: &BTreeMap<String, Object>, actions: &mut Vec<Action>) {
    if state.at(place).run.phase == Phase::Done {
        state.enter(place, Phase::Waiting);
    }
    let run = state.run_mut(place);
    *run = Run { generation: run.generation + 1, ..Run::default() };
    let stage = state.stage_mut(place);
    stage.status = Status::NotStarted;
    stage.start_time = None;
    stage.end_time = None;
    stage.tasks.clear();
    if let Some(context) = prepared.get(&stage.id) {
        stage.context = context.clone();
    }
    actions.push(Action::Abandon { stage: stage.id.clone() });
}

/// Who restarted it, and why it had failed.
fn note(state: &mut State, place: usize, restart: &Restart, now: Timestamp) {
    let context = &mut state.stage_mut(place).context;
    let mut details = json!({"restartedBy": restart.user, "restartTime": now.millis()});
    if let Some(exception) = context.shift_remove("exception").filter(|exception| !exception.is_null()) {
        details["previousException"] = exception;
    }
    context.insert("restartDetails".to_owned(), details);
    context.extend(restart.context.clone());
}
