//! `createPipelineTemplate`, `createV2PipelineTemplate`, `updateV2PipelineTemplate`: save a template.
//!
//! `{"pipelineTemplate": BASE64, "tag": ..., "id": ...}`; v1 has no tags. Upstream: `CreatePipelineTemplateTask`,
//! `CreateV2PipelineTemplateTask`, `UpdateV2PipelineTemplateTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_templates::saving;
use gennaker_wire::{Object, ObjectExt};
use http::Method;
use serde_json::Value;

use super::{TEMPLATE, checked, tagged};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
    front50::{illegal, refused},
};

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    for what in [What::Create, What::CreateV2, What::UpdateV2] {
        catalogue.add_stage(SaveTemplateStage { what });
        catalogue.add_task(SaveTemplateTask { what });
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Create,
    CreateV2,
    UpdateV2,
}

impl What {
    /// The stage's type, the task's name and its class.
    fn names(self) -> [&'static str; 3] {
        match self {
            What::Create => [
                "createPipelineTemplate",
                "createPipelineTemplate",
                "com.netflix.spinnaker.orca.pipelinetemplate.tasks.CreatePipelineTemplateTask",
            ],
            What::CreateV2 => [
                "createV2PipelineTemplate",
                "createPipelineTemplate",
                "com.netflix.spinnaker.orca.pipelinetemplate.tasks.v2.CreateV2PipelineTemplateTask",
            ],
            What::UpdateV2 => [
                "updateV2PipelineTemplate",
                "updatePipelineTemplate",
                "com.netflix.spinnaker.orca.pipelinetemplate.tasks.v2.UpdateV2PipelineTemplateTask",
            ],
        }
    }
}

struct SaveTemplateStage {
    what: What,
}

#[async_trait]
impl StageDefinition for SaveTemplateStage {
    fn kind(&self) -> &'static str {
        self.what.names()[0]
    }

    fn schema(&self) -> Schema {
        let template = Field::text(TEMPLATE, "The template: base 64 of its JSON.").required();
        let tag = Field::text("tag", "The tag that it is saved under.");
        match self.what {
            What::Create => Schema::of("Saves a new pipeline template of schema 1.").with(template),
            What::CreateV2 => Schema::of("Saves a new pipeline template of schema v2.").with(template).with(tag),
            What::UpdateV2 => Schema::of("Replaces a pipeline template of schema v2.")
                .with(template)
                .with(Field::text("id", "The id of the template.").required())
                .with(tag),
        }
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let [_, task, class] = self.what.names();
        Ok(Composition { tasks: vec![TaskTemplate::new(task, class)], ..Composition::default() })
    }
}

struct SaveTemplateTask {
    what: What,
}

#[async_trait]
impl Task for SaveTemplateTask {
    fn class(&self) -> &'static str {
        self.what.names()[2]
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(60))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let check = if self.what == What::Create { saving::check_v1 } else { saving::check_v2 };
        let (template, own_id) = checked(context, check)?;
        let settings = context.view.context();
        let tag = settings.text("tag").filter(|_| self.what != What::Create);
        let (front50, caller) = (&context.clients.front50, &context.caller);
        let template = Value::Object(template);
        let (kind, saved) = match self.what {
            What::Create => {
                let saved = front50.create_pipeline_template(caller, &template).await;
                ("createpipelinetemplate", saved.map_err(refused(&Method::POST)))
            }
            What::CreateV2 => {
                let saved = front50.create_v2_pipeline_template(caller, tag.as_deref(), &template).await;
                ("createpipelinetemplate", saved.map_err(refused(&Method::POST)))
            }
            What::UpdateV2 => {
                let id = settings.text("id").ok_or_else(|| illegal("Missing required task parameter (id)"))?;
                let saved = front50.update_v2_pipeline_template(caller, &id, tag.as_deref(), &template).await;
                ("updatepipelinetemplate", saved.map_err(refused(&Method::PUT)))
            }
        };
        saved?;
        Ok(TaskResult::succeeded()
            .with_context("notification.type", kind)
            .with_context("pipelineTemplate.id", tagged(&own_id, tag.as_deref())))
    }
}
