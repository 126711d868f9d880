//! `consumeArtifact`: takes the fields of a JSON artifact for outputs.
//!
//! Upstream: `ConsumeArtifactTask`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate, artifact_view};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.artifacts.ConsumeArtifactTask";

/// How many bytes an artifact may have whose fields are taken for outputs.
const LARGEST: usize = 1 << 20;

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(ConsumeTask);
}

/// The task.
pub(super) fn consume() -> TaskTemplate {
    TaskTemplate::new("consumeArtifact", TASK)
}

struct ConsumeTask;

#[async_trait]
impl Task for ConsumeTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let id = settings.text("consumeArtifactId").unwrap_or_default();
        let execution = artifact_view(&context.view.execution, context.view.stages.iter().map(AsRef::as_ref));
        let stage = execution.stage_by_id(&context.view.stage.id);
        let found = match stage {
            Some(stage) => stage.bound_artifact(Some(&id), None, |fields| fields)?,
            None => None,
        };
        let artifact = found.ok_or_else(|| {
            TaskError::invalid(format!("no artifact is bound to {id:?}: set consumeArtifactId to one that is expected"))
        })?;
        let artifact = artifact.with_account(settings.text("consumeArtifactAccount").as_deref());
        let content = context.clients.clouddriver.artifact(&context.caller, &artifact, LARGEST).await?;
        let fields: Result<Object, _> = serde_json::from_slice(&content);
        let fields = fields.map_err(|error| {
            let message = format!("the artifact is no JSON object, whose fields would be outputs: {error}");
            TaskError::new(Kind::Invalid, "IllegalStateException", message)
        })?;
        let outputs = fields.into_iter().filter(|(_, value)| *value != Value::Null).collect();
        Ok(TaskResult { outputs, ..TaskResult::succeeded() })
    }
}
