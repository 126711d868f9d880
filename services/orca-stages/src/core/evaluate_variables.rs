//! `evaluateVariables`: names values for the stages after it.
//!
//! `{"variables": [{"key": "tag", "value": "${trigger.tag ?: 'latest'}"}]}`: each becomes an output of the stage. The values are
//! evaluated before its task sees them, with `"spelEvaluator": "v4"` one after the other, so that one may name those before it; else
//! like every other setting. Upstream: `EvaluateVariablesStage`, `EvaluateVariablesTask`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.EvaluateVariablesTask";
const VARIABLES: &str = "variables";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(EvaluateVariablesStage);
    catalogue.add_task(EvaluateVariablesTask);
}

struct EvaluateVariablesStage;

#[async_trait]
impl StageDefinition for EvaluateVariablesStage {
    fn kind(&self) -> &'static str {
        "evaluateVariables"
    }

    fn variables(&self) -> Option<&'static str> {
        Some(VARIABLES)
    }

    fn schema(&self) -> Schema {
        let variable = [
            Field::text("key", "The name by which later stages know it.").required(),
            Field::any("value", "Its value, mostly an expression."),
        ];
        let description = "The variables, in the order in which they are evaluated.";
        Schema::of("Names values for the stages after it.")
            .with(Field::list(VARIABLES, description, variable).required())
    }

    /// Its task says what is missing, as upstream's does.
    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("evaluateVariables", TASK)], ..Composition::default() })
    }

    /// Each variable is again what its author wrote, which stands in `sourceValue` without the `$`.
    fn prepare_restart(&self, context: &mut Object) {
        let variables = context.entry(VARIABLES).or_insert_with(|| Value::Array(Vec::new()));
        for variable in variables.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            if let Some(Value::String(source)) = variable.get("sourceValue") {
                let source = source.replace('{', "${");
                variable.insert("value".to_owned(), source.into());
                variable.shift_remove("sourceValue");
            }
        }
    }
}

struct EvaluateVariablesTask;

#[async_trait]
impl Task for EvaluateVariablesTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let outputs = outputs(context.view.context());
        let outputs = outputs.map_err(|problem| TaskError::new(Kind::Invalid, "NullPointerException", problem))?;
        Ok(TaskResult { outputs, ..TaskResult::succeeded() })
    }
}

/// The variables that have a name, by it.
fn outputs(settings: &Object) -> Result<Object, String> {
    let Some(Value::Array(variables)) = settings.get(VARIABLES) else {
        return Err(format!(r#"{VARIABLES} is missing: write a list of {{"key": ..., "value": ...}}"#));
    };
    let variables = variables.iter().filter_map(Value::as_object);
    let named = variables.filter_map(|variable| {
        let key = variable.text("key").filter(|key| !key.is_empty())?;
        Some((key, variable.get("value").cloned().unwrap_or_default()))
    });
    Ok(named.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn variables_with_a_name_are_outputs() {
        let outputs = |settings: Value| outputs(settings.as_object().expect("an object")).map(Value::Object);
        let variables = json!([{"key": "a", "value": [1]}, {"key": "", "value": 2}, {"value": 3}, {"key": "b"}]);
        assert_eq!(outputs(json!({ "variables": variables })), Ok(json!({"a": [1], "b": null})));
        assert_eq!(outputs(json!({ "variables": [] })), Ok(json!({})));
        assert!(outputs(json!({})).is_err_and(|problem| problem.starts_with("variables is missing")));
    }

    #[test]
    fn a_restart_evaluates_what_was_written() {
        let prepared = |settings: Value| {
            let mut context = settings.as_object().cloned().expect("an object");
            EvaluateVariablesStage.prepare_restart(&mut context);
            Value::Object(context)
        };
        let variables = json!([{"key": "a", "value": 2, "sourceValue": "{1 + 1}"}, {"key": "b", "value": 7}]);
        let expected = json!([{"key": "a", "value": "${1 + 1}"}, {"key": "b", "value": 7}]);
        assert_eq!(prepared(json!({"variables": variables, "n": 1})), json!({"variables": expected, "n": 1}));
        assert_eq!(prepared(json!({})), json!({"variables": []}));
    }
}
