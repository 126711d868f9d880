//! `reorderPipelines`: puts the pipelines, or the custom strategies, of an application in another order.
//!
//! `{"idsToIndices": BASE64, "application": BASE64, "isStrategy": BASE64}`. Upstream: `ReorderPipelinesStage`, `ReorderPipelinesTask`.

use async_trait::async_trait;
use gennaker_wire::Object;
use http::Method;
use serde_json::{Value, json};

use super::{decoded, illegal, refused};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.front50.tasks.ReorderPipelinesTask";
const IDS: &str = "idsToIndices";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(ReorderPipelinesStage);
    catalogue.add_task(ReorderPipelinesTask);
}

struct ReorderPipelinesStage;

#[async_trait]
impl StageDefinition for ReorderPipelinesStage {
    fn kind(&self) -> &'static str {
        "reorderPipelines"
    }

    fn schema(&self) -> Schema {
        let ids = "The places of the pipelines by their ids, from 0: base 64 of a JSON object.";
        Schema::of("Puts the pipelines of an application in another order.")
            .with(Field::text(IDS, ids).required())
            .with(Field::text("application", "The application: base 64 of a JSON text.").required())
            .with(Field::text("isStrategy", "Whether they are custom strategies: base 64 of true or false.").required())
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("reorderPipelines", TASK)], ..Composition::default() })
    }
}

struct ReorderPipelinesTask;

#[async_trait]
impl Task for ReorderPipelinesTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (ids, application, is_strategy) =
            (given(settings, IDS)?, given(settings, "application")?, given(settings, "isStrategy")?);
        let command = json!({ IDS: ids, "application": application });
        let front50 = &context.clients.front50;
        let done = match is_strategy == Value::Bool(true) {
            true => front50.reorder_strategies(&context.caller, &command).await,
            false => front50.reorder_pipelines(&context.caller, &command).await,
        };
        done.map_err(refused(&Method::POST))?;
        Ok(TaskResult::succeeded()
            .with_context("notification.type", "reorderpipelines")
            .with_context("application", application))
    }
}

fn given(settings: &Object, name: &str) -> Result<Value, TaskError> {
    let encoded = || {
        format!(
            "`{name}` context key must be a base64-encoded string: Ensure you're on the most recent version of gate"
        )
    };
    match settings.get(name) {
        None => Err(illegal(format!("`{name}` context key must be provided"))),
        Some(Value::String(_)) => decoded(settings, name).map_err(|_| illegal(encoded())),
        Some(_) => Err(illegal(encoded())),
    }
}
