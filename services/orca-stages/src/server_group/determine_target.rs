//! `determineTargetServerGroup`: finds the server group that a word stands for, in each region, and leaves them in
//! `targetReferences` for the stages that follow.
//!
//! Upstream: `DetermineTargetServerGroupStage`, `DetermineTargetServerGroupTask`.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::target::{DETERMINE, REFERENCES, locations, resolve, target_problems, target_schema};
use crate::{
    Catalogue, ComposeContext, Composition, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.support.DetermineTargetServerGroupTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DetermineTargetStage);
    catalogue.add_task(DetermineTargetTask);
}

struct DetermineTargetStage;

#[async_trait]
impl StageDefinition for DetermineTargetStage {
    fn kind(&self) -> &'static str {
        DETERMINE
    }

    fn schema(&self) -> Schema {
        target_schema("Finds the server groups that a word stands for.")
    }

    fn validate(&self, context: &gennaker_wire::Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        problems.extend(target_problems(context));
        problems
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(DETERMINE, TASK)], ..Composition::default() })
    }
}

struct DetermineTargetTask;

#[async_trait]
impl Task for DetermineTargetTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let mut found: Vec<Value> = Vec::new();
        for location in locations(settings) {
            found.push(json!(resolve(&context.clients, &context.caller, settings, &location).await?));
        }
        Ok(TaskResult::succeeded().with_context(REFERENCES, found))
    }
}
