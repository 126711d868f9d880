//! `deletePipeline`: deletes a pipeline, which is named by its application and name.
//!
//! `{"pipeline": {"application": ..., "name": ...}}`, also in base 64. One that is gone already is deleted:
//! perhaps by this task, before it was interrupted. Upstream: `DeletePipelineStage`, `DeletePipelineTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use http::Method;

use super::{illegal, pipeline};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.front50.tasks.DeletePipelineTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DeletePipelineStage);
    catalogue.add_task(DeletePipelineTask);
}

struct DeletePipelineStage;

#[async_trait]
impl StageDefinition for DeletePipelineStage {
    fn kind(&self) -> &'static str {
        "deletePipeline"
    }

    fn schema(&self) -> Schema {
        let fields = "The pipeline, with its application and name: an object, or base 64 of its JSON.";
        Schema::of("Deletes a pipeline.").with(Field::any("pipeline", fields).required())
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("deletePipeline", TASK)], ..Composition::default() })
    }
}

struct DeletePipelineTask;

#[async_trait]
impl Task for DeletePipelineTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(30))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let pipeline = pipeline(context)?;
        let named = |field: &str| {
            let missing = || illegal(format!("the pipeline to delete has no {field}: name it"));
            pipeline.text(field).filter(|text| !text.is_empty()).ok_or_else(missing)
        };
        let (application, name) = (named("application")?, named("name")?);
        let front50 = &context.clients.front50;
        match front50.delete_pipeline(&context.caller, &application, &name).await {
            Err(error) if error.kind() != Kind::NotFound => return Err(TaskError::of_call(&Method::DELETE, &error)),
            _ => {}
        }
        let result = TaskResult::succeeded()
            .with_context("notification.type", "deletepipeline")
            .with_context("application", application)
            .with_context("pipeline.name", name);
        Ok(match pipeline.text("id") {
            Some(id) => result.with_context("pipeline.id", id),
            None => result,
        })
    }
}
