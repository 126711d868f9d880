//! `bindProducedArtifacts`: binds what a stage expects to what it produced. The last task of every stage that can produce artifacts.
//!
//! It reads `expectedArtifacts` of the stage, and finds them among its own artifacts, those of the stages before it, and the
//! trigger's, the nearest first; of several the first is taken. What it finds goes into context and outputs. An expected artifact that
//! nothing matches and that has no default fails the stage. Upstream: `BindProducedArtifactsTask`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use gennaker_artifacts::{Artifact, Resolver};
use gennaker_wire::{Object, ObjectExt};

use super::{EXPECTED, artifact_view, expected_artifacts, fields};
use crate::{Catalogue, CoreTasksOptions, StageView, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.artifacts.BindProducedArtifactsTask";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue, options: &CoreTasksOptions) {
    let excluded = options.bind_produced_artifacts_task.exclude_keys_from_outputs.clone();
    catalogue.add_task(BindProducedArtifactsTask { excluded });
}

/// The task under its usual name; a stage that lists `expectedArtifacts` ends with it.
pub(crate) fn bind_produced_artifacts() -> TaskTemplate {
    bind_as("bindProducedArtifacts")
}

/// The task under another name.
pub(super) fn bind_as(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, TASK)
}

struct BindProducedArtifactsTask {
    /// What stays out of the outputs.
    excluded: BTreeSet<String>,
}

#[async_trait]
impl Task for BindProducedArtifactsTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let found = bound(&context.view)?;
        // A `pipeline` stage that keeps its child's outputs to itself has none at its end.
        let kept = context.view.stage.kind == "pipeline"
            && context.view.context().boolean("skipDownstreamOutput") == Some(true);
        let put_out = found.iter().filter(|(name, _)| !kept && !self.excluded.contains(*name));
        let outputs = put_out.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(TaskResult { context: found, outputs, ..TaskResult::succeeded() })
    }
}

/// The stage's expected artifacts with what they are bound to; nothing if it expects none.
fn bound(view: &StageView) -> Result<Object, TaskError> {
    let expected = expected_artifacts(view.context().get(EXPECTED))?;
    if expected.is_empty() {
        return Ok(Object::new());
    }
    let current = artifacts_of(view)?;
    let resolver = Resolver { current: &current, prior: &[], require_unique_matches: false };
    Ok(fields(&resolver.resolve(&expected)?))
}

/// The artifacts that the stage can use, the nearest first: upstream's `ArtifactUtils.getArtifacts`.
fn artifacts_of(view: &StageView) -> Result<Vec<Artifact>, TaskError> {
    let execution = artifact_view(&view.execution, view.stages.iter().map(AsRef::as_ref));
    match execution.stage_by_id(&view.stage.id) {
        Some(stage) => Ok(stage.artifacts()?),
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gennaker_wire::{Execution, Stage};
    use serde_json::{Value, json};

    use super::*;

    fn view(context: Value) -> StageView {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let before = Stage {
            id: "A".into(),
            ref_id: Some("1".into()),
            outputs: object(json!({"artifacts": [{"type": "docker/image", "name": "shop", "version": "before"}]})),
            ..Stage::default()
        };
        let stage = Stage {
            id: "B".into(),
            ref_id: Some("2".into()),
            requisite_stage_ref_ids: vec!["1".into()],
            context: object(context),
            ..Stage::default()
        };
        let trigger = object(json!({"artifacts": [{"type": "docker/image", "name": "other", "version": "trigger"}]}));
        let (before, stage) = (Arc::new(before), Arc::new(stage));
        let execution = Arc::new(Execution { trigger, ..Execution::default() });
        StageView { execution, stages: Arc::new([before, stage.clone()]), stage }
    }

    fn version(found: &Object) -> &Value {
        &found["artifacts"][0]["version"]
    }

    #[test]
    fn the_nearest_artifact_that_matches_is_bound() {
        let wants = |name: &str| json!([{"id": "e", "matchArtifact": {"type": "docker/image", "name": name}}]);
        let own = json!([{"type": "docker/image", "name": "shop", "version": "own"}]);
        let found = bound(&view(json!({"expectedArtifacts": wants("shop"), "artifacts": own}))).expect("bound");
        assert_eq!(version(&found), "own");
        assert_eq!(found["resolvedExpectedArtifacts"][0]["boundArtifact"]["version"], "own");
        let found = bound(&view(json!({"expectedArtifacts": wants("shop")}))).expect("bound");
        assert_eq!(version(&found), "before");
        let found = bound(&view(json!({"expectedArtifacts": wants("other")}))).expect("bound");
        assert_eq!(version(&found), "trigger");
    }

    #[test]
    fn what_nothing_matches_fails_under_upstreams_name_and_no_expectation_is_none() {
        let error = bound(&view(json!({"expectedArtifacts": [{"id": "e", "matchArtifact": {"name": "none"}}]})));
        assert_eq!(error.expect_err("unmatched").exception_type, "InvalidRequestException");
        let error = bound(&view(json!({"expectedArtifacts": 5}))).expect_err("no list");
        assert_eq!(error.exception_type, "IllegalArgumentException");
        assert_eq!(bound(&view(json!({"expectedArtifacts": []}))).expect("nothing"), Object::new());
        assert_eq!(bound(&view(json!({}))).expect("nothing"), Object::new());
    }
}
