//! Stages of the recordings that this build does not have, as far as the recordings use them: `evaluateVariables` keeps its
//! values, `checkPreconditions` fails in a stage of its own.

use async_trait::async_trait;
use gennaker_orca_stages::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};
use gennaker_wire::{Object, Status};
use serde_json::{Value, json};

const EVALUATE: &str = "com.netflix.spinnaker.orca.pipeline.tasks.EvaluateVariablesTask";
const CHECK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.ExpressionPreconditionTask";

pub(crate) fn add_to(catalogue: &mut Catalogue) {
    catalogue.add_stage(EvaluateVariables);
    catalogue.add_stage(CheckPreconditions);
    catalogue.add_task(EvaluateVariables);
    catalogue.add_task(CheckPreconditions);
}

struct EvaluateVariables;

#[async_trait]
impl StageDefinition for EvaluateVariables {
    fn kind(&self) -> &'static str {
        "evaluateVariables"
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("evaluateVariables", EVALUATE)], ..Composition::default() })
    }
}

#[async_trait]
impl Task for EvaluateVariables {
    fn class(&self) -> &'static str {
        EVALUATE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let variables = context.view.context()["variables"].as_array().cloned().unwrap_or_default();
        let result = TaskResult::succeeded();
        Ok(variables.iter().fold(result, |result, variable| {
            result.with_output(variable["key"].as_str().expect("a key"), variable["value"].clone())
        }))
    }
}

struct CheckPreconditions;

#[async_trait]
impl StageDefinition for CheckPreconditions {
    fn kind(&self) -> &'static str {
        "checkPreconditions"
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = context.view.context();
        if settings.contains_key("preconditionType") {
            return Ok(Composition {
                tasks: vec![TaskTemplate::new("checkPrecondition", CHECK)],
                ..Composition::default()
            });
        }
        let mut check = Object::new();
        for kept in ["continuePipeline", "completeOtherBranchesThenFail"] {
            check.extend(settings.get(kept).map(|flag| (kept.to_owned(), flag.clone())));
        }
        let condition = json!({"expression": "false", "expressionResult": "false"});
        for (name, value) in [
            ("preconditionType", json!("expression")),
            ("context", condition),
            ("failPipeline", Value::Bool(true)),
            ("type", json!("checkPreconditions")),
        ] {
            check.insert(name.to_owned(), value);
        }
        let check = NewStage::beside("checkPreconditions", "Check precondition (expression)", check);
        Ok(Composition { before: vec![check], ..Composition::default() })
    }
}

#[async_trait]
impl Task for CheckPreconditions {
    fn class(&self) -> &'static str {
        CHECK
    }

    async fn step(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        Ok(TaskResult::ended(Status::Terminal))
    }
}
