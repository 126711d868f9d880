//! Executions as the rules of artifacts look at them.

use gennaker_artifacts::execution;
use gennaker_wire::{Execution, Object, Stage, SyntheticOwner};
use serde_json::Value;

/// The view of an execution with these stages, which may stand in it or beside it. It borrows: no context is copied.
///
/// A list of the trigger's that is none counts as empty.
pub fn artifact_view<'a>(
    execution: &'a Execution,
    stages: impl IntoIterator<Item = &'a Stage>,
) -> execution::Execution<'a> {
    execution::Execution {
        id: &execution.id,
        start_time: execution.start_time.map(gennaker_base::Timestamp::millis),
        trigger_artifacts: list(&execution.trigger, super::ARTIFACTS),
        trigger_resolved_expected_artifacts: list(&execution.trigger, super::RESOLVED),
        stages: stages.into_iter().map(stage).collect(),
    }
}

fn stage(stage: &Stage) -> execution::Stage<'_> {
    execution::Stage {
        id: &stage.id,
        ref_id: stage.ref_id.as_deref(),
        requisite_stage_ref_ids: stage.requisite_stage_ref_ids.iter().map(String::as_str).collect(),
        parent_stage_id: stage.parent_stage_id.as_deref(),
        synthetic_stage_owner: stage.synthetic_stage_owner.map(|owner| match owner {
            SyntheticOwner::StageBefore => execution::SyntheticStageOwner::StageBefore,
            SyntheticOwner::StageAfter => execution::SyntheticStageOwner::StageAfter,
        }),
        context: &stage.context,
        outputs: &stage.outputs,
    }
}

fn list<'a>(trigger: &'a Object, name: &str) -> &'a [Value] {
    trigger.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
