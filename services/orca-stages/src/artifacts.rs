//! Executions as the rules of artifacts see them.

use gennaker_artifacts::{
    Artifact, Error,
    execution::{Execution, Stage, SyntheticStageOwner},
};
use gennaker_wire::{Object, SyntheticOwner};
use serde_json::Value;

use crate::StageView;

/// The artifacts that a stage can use, the nearest first: its own, those of the stages before it, the trigger's.
///
/// # Errors
/// For what cannot be read. Source: upstream's `ArtifactUtils.getArtifacts`.
pub(crate) fn of_stage(view: &StageView) -> Result<Vec<Artifact>, Error> {
    let trigger = &view.execution.trigger;
    let mut execution = Execution {
        id: &view.execution.id,
        start_time: view.execution.start_time.map(|time| time.millis()),
        trigger_artifacts: list(trigger, "artifacts"),
        trigger_resolved_expected_artifacts: list(trigger, "resolvedExpectedArtifacts"),
        stages: view.stages.iter().map(|stage| seen(stage)).collect(),
    };
    // The stage as the task sees it, its context evaluated.
    match execution.stages.iter_mut().find(|stage| stage.id == view.stage.id) {
        Some(stage) => *stage = seen(&view.stage),
        None => execution.stages.push(seen(&view.stage)),
    }
    match execution.stage_by_id(&view.stage.id) {
        Some(stage) => stage.artifacts(),
        None => Ok(Vec::new()),
    }
}

fn list<'a>(trigger: &'a Object, name: &str) -> &'a [Value] {
    trigger.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn seen(stage: &gennaker_wire::Stage) -> Stage<'_> {
    Stage {
        id: &stage.id,
        ref_id: stage.ref_id.as_deref(),
        requisite_stage_ref_ids: stage.requisite_stage_ref_ids.iter().map(String::as_str).collect(),
        parent_stage_id: stage.parent_stage_id.as_deref(),
        synthetic_stage_owner: stage.synthetic_stage_owner.map(|owner| match owner {
            SyntheticOwner::StageBefore => SyntheticStageOwner::StageBefore,
            SyntheticOwner::StageAfter => SyntheticStageOwner::StageAfter,
        }),
        context: &stage.context,
        outputs: &stage.outputs,
    }
}
