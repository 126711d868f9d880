//! `deletePipelineTemplate` and `deleteV2PipelineTemplate`: delete a template.
//!
//! `{"pipelineTemplateId": ..., "tag": ..., "digest": ...}`; v1 has only the id. One that is gone already is deleted. Upstream:
//! `DeletePipelineTemplateTask`, `DeleteV2PipelineTemplateTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use http::Method;

use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate, front50::illegal,
};

const V1: &str = "com.netflix.spinnaker.orca.pipelinetemplate.tasks.DeletePipelineTemplateTask";
const V2: &str = "com.netflix.spinnaker.orca.pipelinetemplate.tasks.v2.DeleteV2PipelineTemplateTask";
const ID: &str = "pipelineTemplateId";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    for (kind, class) in [("deletePipelineTemplate", V1), ("deleteV2PipelineTemplate", V2)] {
        catalogue.add_stage(DeleteTemplateStage { kind, class });
        catalogue.add_task(DeleteTemplateTask { class });
    }
}

struct DeleteTemplateStage {
    kind: &'static str,
    class: &'static str,
}

#[async_trait]
impl StageDefinition for DeleteTemplateStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        let schema =
            Schema::of("Deletes a pipeline template.").with(Field::text(ID, "The id of the template.").required());
        match self.class {
            V1 => schema,
            _ => schema
                .with(Field::text("tag", "The tag of the template."))
                .with(Field::text("digest", "The digest of the template.")),
        }
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition {
            tasks: vec![TaskTemplate::new("deletePipelineTemplate", self.class)],
            ..Composition::default()
        })
    }
}

struct DeleteTemplateTask {
    class: &'static str,
}

#[async_trait]
impl Task for DeleteTemplateTask {
    fn class(&self) -> &'static str {
        self.class
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(60))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let id = settings.text(ID);
        let id = id.ok_or_else(|| illegal("Missing required task parameter (pipelineTemplateId)"))?;
        let (front50, caller) = (&context.clients.front50, &context.caller);
        let deleted = if self.class == V1 {
            front50.delete_pipeline_template(caller, &id).await
        } else {
            let (tag, digest) = (settings.text("tag"), settings.text("digest"));
            front50.delete_v2_pipeline_template(caller, &id, tag.as_deref(), digest.as_deref()).await
        };
        match deleted {
            Err(error) if error.kind() != Kind::NotFound => return Err(TaskError::of_call(&Method::DELETE, &error)),
            _ => {}
        }
        Ok(TaskResult::succeeded()
            .with_context("notification.type", "deletepipelinetemplate")
            .with_context("pipeline.id", id))
    }
}
