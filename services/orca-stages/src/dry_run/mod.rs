//! Dry runs: an execution whose trigger says `"dryRun": true` shows its stages without doing their work.
//!
//! Only with `dryrun.enabled: true` in `orca.yml`, as in upstream; otherwise such an execution runs like any other. A stage keeps its
//! synthetic stages, which are dry too, and has one task, `dry run`, that succeeds; what would stand in its outputs is made up
//! for some types ([`outputs`]). A few types that change nothing outside run as always ([`replaces`]).
//!
//! It is not a check of the settings: they may name what earlier stages of a dry run did not find out, so nobody validates them.
//!
//! Upstream: `DryRunStageDefinitionBuilderFactory`, `DryRunStage`, `DryRunTask`.

mod outputs;

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_wire::{Execution, Object, ObjectExt, Stage};
use serde_json::Value;

use crate::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.dryrun.DryRunTask";
const PRECONDITIONS: &str = "checkPreconditions";
/// The types that run as always, besides preconditions that are expressions.
const AS_ALWAYS: [&str; 7] = [
    "manualJudgment",
    "pipeline",
    "findImage",
    "findImageFromTags",
    "determineTargetServerGroup",
    "rollbackCluster",
    "evaluateVariables",
];

/// Adds the task.
pub(crate) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(DryRunTask);
}

/// Whether a stage of that execution is not to do its work.
pub(crate) fn replaces(execution: &Execution, stage: &Stage) -> bool {
    execution.trigger.boolean("dryRun") == Some(true)
        && !AS_ALWAYS.contains(&stage.kind.as_str())
        && !(stage.kind == PRECONDITIONS && checks_expressions(&stage.context))
}

/// Whether it is one condition that is an expression, or all of its conditions are.
fn checks_expressions(context: &Object) -> bool {
    let is_expression = |kind: Option<&Value>| kind.and_then(Value::as_str) == Some("expression");
    let all = |list: &Vec<Value>| list.iter().all(|condition| is_expression(condition.get("type")));
    is_expression(context.get("preconditionType"))
        || context.get("preconditions").and_then(Value::as_array).is_some_and(all)
}

/// That definition without its work.
pub(crate) fn of(definition: Arc<dyn StageDefinition>) -> Arc<dyn StageDefinition> {
    Arc::new(DryRunStage { definition })
}

struct DryRunStage {
    definition: Arc<dyn StageDefinition>,
}

#[async_trait]
impl StageDefinition for DryRunStage {
    fn kind(&self) -> &'static str {
        self.definition.kind()
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let composition = self.definition.compose(context).await?;
        Ok(Composition { tasks: vec![TaskTemplate::new("dry run", TASK)], ..composition })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        self.definition.after(context).await
    }

    async fn on_failure(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        self.definition.on_failure(context).await
    }
}

struct DryRunTask;

#[async_trait]
impl Task for DryRunTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let outputs = outputs::of(&context.view, context.now);
        Ok(TaskResult { outputs, ..TaskResult::succeeded() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DryRunOptions, Options};
    use serde_json::json;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn what_changes_something_is_replaced() {
        let replaced = |kind: &str, context: Value, trigger: Value| {
            let execution = Execution { trigger: object(trigger), ..Execution::default() };
            replaces(&execution, &Stage { kind: kind.to_owned(), context: object(context), ..Stage::default() })
        };
        let dry = || json!({"dryRun": true});
        assert!(replaced("wait", json!({}), dry()));
        assert!(!replaced("wait", json!({}), json!({"dryRun": false})));
        assert!(!replaced("wait", json!({}), json!({})));
        assert!(!replaced("manualJudgment", json!({}), dry()));
        assert!(!replaced("evaluateVariables", json!({}), dry()));
        let conditions = |kinds: &[&str]| {
            let conditions: Vec<_> = kinds.iter().map(|kind| json!({ "type": kind })).collect();
            json!({ "preconditions": conditions })
        };
        assert!(!replaced(PRECONDITIONS, conditions(&["expression", "expression"]), dry()));
        assert!(replaced(PRECONDITIONS, conditions(&["expression", "stageStatus"]), dry()));
        assert!(!replaced(PRECONDITIONS, json!({"preconditionType": "expression"}), dry()));
        assert!(replaced(PRECONDITIONS, json!({"preconditionType": "clusterSize"}), dry()));
        assert!(replaced(PRECONDITIONS, json!({}), dry()));
        assert!(!replaced("pipeline", conditions(&["clusterSize"]), dry()));
    }

    #[test]
    fn it_has_to_be_switched_on() {
        let execution = Execution { trigger: object(json!({"dryRun": true})), ..Execution::default() };
        let wait = Stage { kind: "wait".to_owned(), context: object(json!({"waitTime": "soon"})), ..Stage::default() };
        let problems = |options: &Options| {
            let definition = Catalogue::new(options)
                .expect("sound settings")
                .definition_for(&execution, &wait)
                .expect("a definition");
            definition.validate(&wait.context).len()
        };
        assert_eq!(problems(&Options::default()), 1);
        assert_eq!(problems(&Options { dryrun: DryRunOptions { enabled: true }, ..Options::default() }), 0);
    }
}
