//! `checkPreconditions`: goes on only if all of its conditions hold.
//!
//! `{"preconditions": [{"type": "expression", "failPipeline": true, "context": {"expression": "..."}}]}`: each is a stage of its own
//! before it. Types: `expression`, which has to be true, `stageStatus` (`stageName` has `stageStatus`), and `noop`, which always
//! holds. Upstream's `clusterSize` is not supported yet. Upstream: `CheckPreconditionsStage`, `ExpressionPreconditionTask`,
//! `StageStatusPreconditionTask`, `NoopPreconditionTask`.
//!
//! In a deployment strategy (`"strategy": true` among the trigger's parameters) the conditions are about the cluster that is deployed:
//! `StageExecutionImpl.resolveStrategyParams`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt, Status};
use serde_json::{Value, json};

use crate::{
    Catalogue, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const KIND: &str = "checkPreconditions";
const EXPRESSION: &str = "com.netflix.spinnaker.orca.pipeline.tasks.ExpressionPreconditionTask";
const STAGE_STATUS: &str = "com.netflix.spinnaker.orca.pipeline.tasks.StageStatusPreconditionTask";
const NOOP: &str = "com.netflix.spinnaker.orca.pipeline.tasks.NoopPreconditionTask";
const SUMMARY: &str = "expressionEvaluationSummary";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(CheckPreconditionsStage);
    catalogue.add_task(ExpressionPreconditionTask);
    catalogue.add_task(StageStatusPreconditionTask);
    catalogue.add_task(NoopPreconditionTask);
}

struct CheckPreconditionsStage;

#[async_trait]
impl StageDefinition for CheckPreconditionsStage {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> Schema {
        let settings = [
            Field::text("expression", "For the type expression: what has to be true, with or without ${}."),
            Field::text("stageName", "For the type stageStatus: the stage that is looked at."),
            Field::text("stageStatus", "For the type stageStatus: what its status has to be, for example SUCCEEDED."),
        ];
        let condition = [
            Field::text("type", "What is looked at.").one_of(&["expression", "stageStatus", "noop"]).required(),
            Field::flag("failPipeline", "Whether the pipeline fails if it does not hold.").default(true),
            Field::object("context", "The settings of the condition.", settings),
        ];
        let description = "The conditions; all of them are checked at the same time.";
        Schema::of("Goes on only if all of its conditions hold.")
            .with(Field::list("preconditions", description, condition).required())
    }

    /// It says what is missing when it starts, as upstream's does.
    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = context.view.context();
        if context.view.stage.parent_stage_id.is_none() {
            let of_strategy = strategy_settings(settings, &context.view.execution);
            let before = checks(of_strategy.as_ref().unwrap_or(settings))?;
            return Ok(Composition { context: of_strategy, before, ..Composition::default() });
        }
        let kind = settings.text("preconditionType").unwrap_or_default();
        let class = match kind.as_str() {
            "expression" => EXPRESSION,
            "stageStatus" => STAGE_STATUS,
            "noop" => NOOP,
            "clusterSize" => {
                let problem = "preconditions of the type clusterSize are not supported yet: remove it";
                return Err(TaskError::new(Kind::Unsupported, "UserException", problem));
            }
            _ => {
                let problem = format!("there is no precondition of the type {kind:?}: write expression or stageStatus");
                return Err(TaskError::new(Kind::Invalid, "IllegalStateException", problem));
            }
        };
        Ok(Composition { tasks: vec![TaskTemplate::new("checkPrecondition", class)], ..Composition::default() })
    }
}

/// The settings of a stage of a deployment strategy, with what is deployed; `None` for any other.
fn strategy_settings(settings: &Object, execution: &Execution) -> Option<Object> {
    let parameters = execution.trigger.object("parameters")?;
    if execution.kind != ExecutionKind::Pipeline || parameters.boolean("strategy") != Some(true) {
        return None;
    }
    let given = |name: &str| parameters.get(name).filter(|value| !value.is_null());
    let mut settings = settings.clone();
    for name in ["cloudProvider", "cluster", "credentials"] {
        match given(name) {
            Some(value) => settings.insert(name.to_owned(), value.clone()),
            None => settings.shift_remove(name),
        };
    }
    let place = given("region").map(|region| ("regions", region)).or_else(|| Some(("zones", given("zone")?)));
    settings.extend(place.map(|(name, value)| (name.to_owned(), json!([value]))));
    Some(settings)
}

/// A stage a condition: the settings of the whole, with the condition's own over them.
fn checks(settings: &Object) -> Result<Vec<NewStage>, TaskError> {
    let Some(Value::Array(conditions)) = settings.get("preconditions") else {
        let problem = r#"preconditions is missing: write a list of {"type": ..., "context": {...}}"#;
        return Err(TaskError::new(Kind::Invalid, "NullPointerException", problem));
    };
    Ok(conditions.iter().filter_map(Value::as_object).map(|condition| check(settings, condition)).collect())
}

fn check(settings: &Object, condition: &Object) -> NewStage {
    let mut context = settings.clone();
    context.shift_remove("preconditions");
    context.extend(condition.clone());
    let kind = condition.get("type").cloned().unwrap_or_default();
    let name = format!("Check precondition ({})", condition.text("type").as_deref().unwrap_or("null"));
    context.insert("type".to_owned(), KIND.into());
    context.insert("preconditionType".to_owned(), kind);
    if !context.get("context").is_some_and(Value::is_object) {
        context.insert("context".to_owned(), json!({}));
    }
    if let Some(Value::Object(own)) = context.get_mut("context") {
        for (field, from) in
            [("cluster", "cluster"), ("regions", "regions"), ("credentials", "credentials"), ("zones", "zoned")]
        {
            if let Some(value) = settings.get(from).filter(|_| own.get(field).is_none_or(Value::is_null)) {
                own.insert(field.to_owned(), value.clone());
            }
        }
    }
    NewStage::beside(KIND, &name, context)
}

struct ExpressionPreconditionTask;

#[async_trait]
impl Task for ExpressionPreconditionTask {
    fn class(&self) -> &'static str {
        EXPRESSION
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let mut own = settings.object("context").cloned().unwrap_or_default();
        let expression = own.text("expression").unwrap_or_else(|| "false".to_owned());
        let asked = Object::from_iter([("expression".to_owned(), format!("${{{expression}}}").into())]);
        let evaluated = context.expressions.evaluate(&context.view, &context.caller, &asked).await;
        let value = match evaluated.get("expression") {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        };
        let value = unwrapped(&value).to_owned();
        let holds = value.eq_ignore_ascii_case("true");
        let mut result = TaskResult::ended(if holds { Status::Succeeded } else { Status::Terminal });
        if let Some(failures) = evaluated.object(SUMMARY).filter(|_| !value.trim().starts_with('$')) {
            let mut all = settings.object(SUMMARY).cloned().unwrap_or_default();
            all.extend(failures.clone());
            result = result.with_context(SUMMARY, all);
        }
        own.insert("expressionResult".to_owned(), value.into());
        Ok(result.with_context("context", own))
    }
}

/// What is between `${` and `}`, if that is all.
fn unwrapped(text: &str) -> &str {
    text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text)
}

struct StageStatusPreconditionTask;

#[async_trait]
impl Task for StageStatusPreconditionTask {
    fn class(&self) -> &'static str {
        STAGE_STATUS
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let own = context.view.context().object("context").cloned().unwrap_or_default();
        let configured = |field: &str| {
            own.text(field).ok_or_else(|| {
                let problem = format!("{field} is missing in the context of a precondition of the type stageStatus");
                TaskError::new(Kind::Invalid, "ConfigurationException", problem)
            })
        };
        let (name, wanted) = (configured("stageName")?, configured("stageStatus")?);
        let Some(stage) = context.view.stages.iter().find(|stage| stage.name.as_ref() == Some(&name)) else {
            let problem = format!("there is no stage {name} in the execution: name one of its stages");
            return Err(TaskError::new(Kind::Invalid, "ConfigurationException", problem));
        };
        if stage.status.name() == wanted {
            return Ok(TaskResult::succeeded());
        }
        let problem = format!("stage {name} is to be {wanted}, but is {}", stage.status);
        Err(TaskError::new(Kind::Invalid, "PreconditionFailureException", problem))
    }
}

struct NoopPreconditionTask;

#[async_trait]
impl Task for NoopPreconditionTask {
    fn class(&self) -> &'static str {
        NOOP
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        Ok(TaskResult::succeeded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conditions_of_a_strategy_are_about_what_it_deploys() {
        let settings = |parameters: Value| {
            let trigger = json!({ "parameters": parameters }).as_object().cloned().expect("an object");
            let execution = Execution { trigger, ..Execution::default() };
            let settings = json!({"cluster": "old", "credentials": "old", "regions": ["old"], "n": 1});
            strategy_settings(settings.as_object().expect("an object"), &execution).map(Value::Object)
        };
        let parameters = json!({"strategy": true, "cluster": "shop", "cloudProvider": "local", "region": "here"});
        let expected = json!({"cluster": "shop", "cloudProvider": "local", "regions": ["here"], "n": 1});
        assert_eq!(settings(parameters), Some(expected));
        let zoned = settings(json!({"strategy": true, "cluster": "shop", "zone": "a"})).expect("settings");
        assert_eq!((&zoned["regions"], &zoned["zones"]), (&json!(["old"]), &json!(["a"])));
        assert_eq!(settings(json!({"cluster": "shop"})), None);
    }

    #[test]
    fn a_condition_has_the_settings_of_the_whole_and_its_own() {
        let settings = json!({"cluster": "shop-test", "note": "n", "preconditions": []});
        let condition = json!({"type": "expression", "failPipeline": true, "context": {"expression": "true"}});
        let new = check(settings.as_object().expect("an object"), condition.as_object().expect("an object"));
        assert_eq!(new.name, "Check precondition (expression)");
        assert_eq!(
            Value::Object(new.context),
            json!({
                "cluster": "shop-test", "note": "n", "type": "checkPreconditions", "failPipeline": true,
                "preconditionType": "expression", "context": {"expression": "true", "cluster": "shop-test"},
            })
        );
    }

    #[test]
    fn what_stays_an_expression_is_shown_without_its_braces() {
        assert_eq!(unwrapped("${hello}"), "hello");
        assert_eq!(unwrapped("${${a}}"), "${a}");
        assert_eq!(unwrapped("true"), "true");
    }
}
