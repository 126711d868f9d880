//! `planDependentPipelines`: plans every pipeline that is made from a template, with the new one.
//!
//! The context gets `pipelineTemplate.allDependentPipelines`, their ids, and `pipelineTemplate.dependentErrors` by id if some fail: then
//! the task fails. Upstream: `PlanTemplateDependentsTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::id;
use gennaker_templates::{Problem, Style, v1};
use gennaker_wire::{Object, ObjectExt, Status};
use http::Method;
use serde_json::{Value, json};

use super::{TemplateLookup, template};
use crate::{Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate, front50::refused};

const TASK: &str = "com.netflix.spinnaker.orca.pipelinetemplate.tasks.PlanTemplateDependentsTask";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue, templates: &TemplateLookup) {
    catalogue.add_task(PlanDependentsTask { templates: templates.clone() });
}

/// The task under its name.
pub(super) fn task() -> TaskTemplate {
    TaskTemplate::new("planDependentPipelines", TASK)
}

struct PlanDependentsTask {
    templates: TemplateLookup,
}

#[async_trait]
impl Task for PlanDependentsTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(600))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let template = template(context.view.context())?;
        let template_id = template.text("id").unwrap_or_default();
        let front50 = &context.clients.front50;
        let dependents = front50.template_dependents(&context.caller, &template_id, false).await;
        let dependents = dependents.map_err(refused(&Method::GET))?;
        let mut failed = Object::new();
        for pipeline in &dependents {
            let errors = self.errors(context, &template, pipeline).await?;
            if !errors.is_empty() {
                let errors = errors.iter().map(Problem::to_json).collect();
                failed.insert(pipeline.text("id").unwrap_or_default(), errors);
            }
        }
        let ids: Vec<Value> =
            dependents.iter().map(|pipeline| pipeline.get("id").cloned().unwrap_or_default()).collect();
        let status = if failed.is_empty() { Status::Succeeded } else { Status::Terminal };
        let result = TaskResult::ended(status)
            .with_context("notification.type", "plantemplatedependents")
            .with_context("pipelineTemplate.id", template_id)
            .with_context("pipelineTemplate.allDependentPipelines", ids);
        Ok(match failed.is_empty() {
            true => result,
            false => result.with_context("pipelineTemplate.dependentErrors", failed),
        })
    }
}

impl PlanDependentsTask {
    /// What would be wrong with the pipeline if this were its template.
    async fn errors(
        &self,
        context: &TaskContext,
        template: &Object,
        pipeline: &Object,
    ) -> Result<Vec<Problem>, TaskError> {
        let request = json!({
            "type": "templatedPipeline", "trigger": {}, "config": pipeline.get("config"), "template": template, "plan": true,
        });
        let Value::Object(request) = request else { return Ok(Vec::new()) };
        if Style::of(&request) != Some(Style::V1) {
            return Ok(Vec::new());
        }
        let now = context.now;
        let planned = self
            .templates
            .answered(&context.clients, &context.caller, |answers| {
                v1::expand(&request, answers, &mut || id::generate(now)).map(drop)
            })
            .await?;
        Ok(planned.err().unwrap_or_default())
    }
}
