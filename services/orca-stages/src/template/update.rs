//! `updatePipelineTemplate`: replaces a template of schema 1, and saves the pipelines that are made from it again.
//!
//! `{"id": ..., "pipelineTemplate": BASE64, "skipPlanDependents": false}`. Unless it is told to skip that, it first plans every pipeline
//! that is made from the template with the new one, and changes nothing if one fails. Afterwards each of them is saved by an
//! `updatePipeline` stage, so that it has what it inherits now. Upstream: `UpdatePipelineTemplateStage`, `UpdatePipelineTemplateTask`.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use gennaker_templates::saving;
use gennaker_wire::{Object, ObjectExt};
use http::Method;
use serde_json::Value;

use super::{TEMPLATE, TemplateLookup, checked, plan_dependents, template};
use crate::{
    Catalogue, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
    front50::{illegal, refused},
};

const TASK: &str = "com.netflix.spinnaker.orca.pipelinetemplate.tasks.UpdatePipelineTemplateTask";
const SKIP: &str = "skipPlanDependents";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue, templates: &TemplateLookup) {
    catalogue.add_stage(UpdateTemplateStage);
    catalogue.add_task(UpdateTemplateTask);
    plan_dependents::register(catalogue, templates);
}

struct UpdateTemplateStage;

#[async_trait]
impl StageDefinition for UpdateTemplateStage {
    fn kind(&self) -> &'static str {
        "updatePipelineTemplate"
    }

    fn schema(&self) -> Schema {
        let skips = "Whether the pipelines that are made from it are not planned before.";
        Schema::of("Replaces a pipeline template of schema 1.")
            .with(Field::text("id", "The id of the template.").required())
            .with(Field::text(TEMPLATE, "The template: base 64 of its JSON.").required())
            .with(Field::flag(SKIP, skips).default(false))
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let skips = context.view.context().boolean(SKIP) == Some(true);
        let plan = (!skips).then(plan_dependents::task);
        let tasks = plan.into_iter().chain([TaskTemplate::new("updatePipelineTemplate", TASK)]).collect();
        Ok(Composition { tasks, ..Composition::default() })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let template = template(context.view.context())?;
        let id = template.text("id").unwrap_or_default();
        let dependents = context.clients.front50.template_dependents(&context.caller, &id, true).await;
        let save = |pipeline: Object| {
            let json = Value::Object(pipeline).to_string();
            let encoded = base64::engine::general_purpose::STANDARD.encode(json);
            let settings = Object::from_iter([("pipeline".to_owned(), encoded.into())]);
            NewStage::then("updatePipeline", "updateDependentPipeline", settings)
        };
        Ok(dependents.map_err(refused(&Method::GET))?.into_iter().map(save).collect())
    }
}

struct UpdateTemplateTask;

#[async_trait]
impl Task for UpdateTemplateTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(60))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (template, own_id) = checked(context, saving::check_v1)?;
        let id = context.view.context().text("id");
        let id = id.ok_or_else(|| illegal("Missing required task parameter (id)"))?;
        let front50 = &context.clients.front50;
        let saved = front50.update_pipeline_template(&context.caller, &id, &Value::Object(template)).await;
        saved.map_err(refused(&Method::PUT))?;
        Ok(TaskResult::succeeded()
            .with_context("notification.type", "updatepipelinetemplate")
            .with_context("pipelineTemplate.id", own_id))
    }
}
