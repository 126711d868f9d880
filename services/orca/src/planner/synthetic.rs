//! How a stage's tasks and synthetic stages are written into the execution.

use gennaker_base::{Timestamp, id};
use gennaker_orca_stages::{EXECUTION_WINDOW, NewStage, TaskTemplate, without_window};
use gennaker_wire::{Stage, Status, SyntheticOwner, Task};

use super::State;

/// The tasks of a stage, numbered from 1.
pub(super) fn tasks(templates: &[TaskTemplate]) -> Vec<Task> {
    let last = templates.len();
    let numbered = templates.iter().enumerate();
    numbered
        .map(|(place, template)| Task {
            id: (place + 1).to_string(),
            implementing_class: template.class.clone(),
            name: template.name.clone(),
            status: Status::NotStarted,
            stage_start: place == 0,
            stage_end: place + 1 == last,
            loop_start: template.loop_start,
            loop_end: template.loop_end,
            ..Task::default()
        })
        .collect()
}

/// Adds synthetic stages around the stage at `place`. Of those before it the one that waits for an execution window is the first,
/// and all others wait for it. Their ref ids are upstream's: `1<2` is the second stage before `1`,
/// `1>1` the first after it. Their ids are derived, so that a replay makes the same ones.
pub(super) fn add(state: &mut State, place: usize, owner: SyntheticOwner, stages: Vec<NewStage>, now: Timestamp) {
    let parent = state.at(place).stage.clone();
    let generation = state.at(place).run.generation;
    let parent_ref = parent.ref_id.clone().unwrap_or_default();
    let sign = match owner {
        SyntheticOwner::StageBefore => '<',
        SyntheticOwner::StageAfter => '>',
    };
    let mut number = state.children(place, owner).len();
    let mut previous: Option<String> = None;
    let mut window: Option<String> = None;
    for mut new in stages {
        number += 1;
        let ref_id = format!("{parent_ref}{sign}{number}");
        let requisite = previous.as_ref().filter(|_| new.after_previous).or(window.as_ref());
        let requisites = requisite.cloned().into_iter().collect();
        if new.kind == EXECUTION_WINDOW {
            window.get_or_insert_with(|| ref_id.clone());
        } else {
            without_window(&mut new);
        }
        state.push(Stage {
            id: id::derive(now, &[&parent.id, &ref_id, &generation.to_string()]),
            ref_id: Some(ref_id.clone()),
            kind: new.kind,
            name: Some(new.name),
            context: new.context,
            requisite_stage_ref_ids: requisites,
            synthetic_stage_owner: Some(owner),
            parent_stage_id: Some(parent.id.clone()),
            ..Stage::default()
        });
        previous = Some(ref_id);
    }
}
