//! A stage's context, evaluated in its execution.
//!
//! Upstream: `ExpressionAware.withMergedContext`, `EvaluateVariablesStage.processExpressions`, `OptionalStageSupport`.

use async_trait::async_trait;
use gennaker_clients::Caller;
use gennaker_orca_stages::{Evaluate, StageView};
use gennaker_spel::{
    Host,
    pipeline::{self, Context, Options, Processed, SUMMARY},
};
use gennaker_wire::{ExecutionKind, Object, ObjectExt};
use serde_json::{Value, json};

use super::{Expressions, Failures, cache::Executions, contains_expression, is_v4, value_contains_expression};

/// The field of variables whose entries are contents of artifacts, of the stage `evaluateArtifacts`.
const CONTENTS: &str = "artifactContents";

impl Expressions {
    /// The stage's context after its evaluation, with a summary if anything failed; `None` where there is nothing to evaluate.
    ///
    /// `variables` is the field whose variables each see the ones before, if the stage type has one.
    pub(crate) async fn stage_context(
        &self,
        caller: &Caller,
        view: &StageView,
        variables: Option<&str>,
    ) -> Option<Object> {
        let context = view.context();
        let variables = variables.filter(|_| is_v4(&view.execution));
        if variables.is_none() && !contains_expression(context) {
            return None;
        }
        let scope = Scope { executions: &self.executions, view };
        let evaluation = |host: &dyn Host, options: &Options| match variables {
            Some(field) => scope.in_order(field, host, options),
            None => scope.whole(host, options),
        };
        Some(self.answered(caller, evaluation).await)
    }

    /// Whether a stage is to run at all: by the expression of its `stageEnabled`, or of the nearest stage above it that has one. One
    /// that is neither true nor false says no.
    pub(crate) async fn is_enabled(&self, caller: &Caller, view: &StageView) -> bool {
        if view.execution.kind != ExecutionKind::Pipeline {
            return true;
        }
        let mut view = view.clone();
        loop {
            if let Some(condition) = condition(view.context()) {
                let expression = json!({ "expression": condition });
                let Value::Object(mut settings) = expression else { return true };
                if contains_expression(&settings) {
                    settings = self.evaluate(&view, caller, &settings).await;
                }
                let Some(expression) = settings.text("expression").filter(|text| !text.trim().is_empty()) else {
                    return true;
                };
                settings.insert("expression".to_owned(), format!("${{{expression}}}").into());
                let value = self.evaluate(&view, caller, &settings).await;
                return value.boolean("expression") == Some(true);
            }
            match view.parent().cloned() {
                Some(parent) => view = view.of(&parent),
                None => return true,
            }
        }
    }
}

#[async_trait]
impl Evaluate for Expressions {
    async fn evaluate(&self, view: &StageView, caller: &Caller, settings: &Object) -> Object {
        let scope = Scope { executions: &self.executions, view };
        let evaluation =
            |host: &dyn Host, options: &Options| scope.process(settings, view.context(), host, options).value;
        self.answered(caller, evaluation).await
    }
}

/// The expression under `stageEnabled`, if that has one.
fn condition(context: &Object) -> Option<&Value> {
    let enabled = context.object("stageEnabled")?;
    let is_expression = enabled.text("type").is_some_and(|kind| kind.eq_ignore_ascii_case("expression"));
    is_expression.then(|| enabled.get("expression").unwrap_or(&Value::Null))
}

/// What a stage's expressions are evaluated in.
struct Scope<'v> {
    executions: &'v Executions,
    view: &'v StageView,
}

impl Scope<'_> {
    fn process(&self, settings: &Object, context: &Object, host: &dyn Host, options: &Options) -> Processed {
        let user = self.view.execution.authentication.user.as_deref();
        self.executions.with(self.view, |execution| {
            let scope = Context::of_stage_context(execution, &self.view.stage.id, context);
            let scope = scope.unwrap_or_else(|| Context::of_execution(execution)).with_user(user);
            pipeline::process(settings, &scope, host, options)
        })
    }

    /// The context, all of it at once.
    fn whole(&self, host: &dyn Host, options: &Options) -> Object {
        let Processed { mut value, summary } = self.process(self.view.context(), self.view.context(), host, options);
        if summary.failures().is_empty() {
            forget_mended(&mut value, self.view.context());
        }
        value
    }

    /// The context, the variables in `field` one after the other: a name in a variable may be that of one before it.
    fn in_order(&self, field: &str, host: &dyn Host, options: &Options) -> Object {
        let mut failed = Failures::default();
        let context = self.view.context();
        let mut result = context.clone();
        for (key, value) in context {
            if key != field && (pipeline::has_expression(key) || value_contains_expression(value)) {
                let own = Object::from_iter([(key.clone(), value.clone())]);
                let processed = self.process(&own, context, host, options);
                failed.add(&processed);
                result.insert(key.clone(), processed.value.get(key).cloned().unwrap_or_default());
            }
        }
        let mut names = result.clone();
        if let Some(Value::Array(variables)) = result.get_mut(field) {
            for variable in variables.iter_mut().filter_map(Value::as_object_mut) {
                *variable = if field == CONTENTS {
                    self.content(variable, &mut names, &mut failed, host, options)
                } else {
                    self.variable(variable, &mut names, &mut failed, host, options)
                };
            }
        }
        if failed.0.is_empty() {
            forget_mended(&mut result, context);
        } else {
            result.insert(SUMMARY.to_owned(), Value::Object(failed.0));
        }
        result
    }

    /// One variable: `key`, `value`, `description`, and as `sourceValue` what its value was before, without the `$`.
    fn variable(
        &self,
        variable: &Object,
        names: &mut Object,
        failed: &mut Failures,
        host: &dyn Host,
        options: &Options,
    ) -> Object {
        let mut value = variable.get("value").cloned().unwrap_or_default();
        let mut source = variable.get("sourceValue").cloned().unwrap_or_default();
        let mut description = variable.text("description").map_or(Value::Null, Value::from);
        if let Value::String(text) = &value {
            if source.is_null() {
                source = text.replace("${", "{").into();
            }
            let own = [("var".to_owned(), value.clone()), ("description".to_owned(), description.clone())];
            let processed = self.process(&Object::from_iter(own), names, host, options);
            failed.add(&processed);
            if processed.summary.failures().is_empty() {
                let evaluated = |name: &str| processed.value.get(name).cloned().unwrap_or_default();
                value = evaluated("var");
                description = evaluated("description");
                names.extend(variable.text("key").map(|key| (key, value.clone())));
            }
        }
        let key = variable.text("key").map_or(Value::Null, Value::from);
        let fields = [("key", key), ("value", value), ("sourceValue", source), ("description", description)];
        fields.into_iter().filter(|(_, field)| !field.is_null()).map(|(name, field)| (name.to_owned(), field)).collect()
    }

    /// One content of an artifact: `name`, `contents`, `id`. Upstream: `EvaluateArtifactsStage.processExpressions`.
    fn content(
        &self,
        content: &Object,
        names: &mut Object,
        failed: &mut Failures,
        host: &dyn Host,
        options: &Options,
    ) -> Object {
        let mut contents = content.get("contents").cloned().unwrap_or_default();
        if contents.is_string() {
            let own = Object::from_iter([("contents".to_owned(), contents.clone())]);
            let processed = self.process(&own, names, host, options);
            failed.add(&processed);
            if processed.summary.failures().is_empty() {
                contents = processed.value.get("contents").cloned().unwrap_or_default();
                names.extend(content.text("name").map(|name| (name, contents.clone())));
            }
        }
        let text = |name: &str| content.text(name).map_or(Value::Null, Value::from);
        let fields = [("name", text("name")), ("contents", contents), ("id", text("id"))];
        fields.into_iter().filter(|(_, field)| !field.is_null()).map(|(name, field)| (name.to_owned(), field)).collect()
    }
}

/// Takes out of an older summary what was evaluated now without failing, so that nobody reads of a failure beside its value.
fn forget_mended(evaluated: &mut Object, source: &Object) {
    let Some(Value::Object(failures)) = evaluated.get_mut(SUMMARY) else { return };
    let mut tried = Vec::new();
    source.iter().filter(|(key, _)| *key != SUMMARY).for_each(|(_, value)| expressions(value, &mut tried));
    failures.retain(|expression, _| !tried.contains(&bare(expression)));
}

/// The strings with expressions in a value.
fn expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if pipeline::has_expression(text) => found.push(bare(text)),
        Value::Array(items) => items.iter().for_each(|item| expressions(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| expressions(field, found)),
        _ => {}
    }
}

/// A text as it reads without what tells an expression from its name in a summary.
fn bare(text: &str) -> String {
    let text = text.replace("( #root.execution, ", "(");
    text.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '$' | '{' | '}')).collect()
}

/// The fields of `after` that are not so in `before`.
pub(crate) fn changed(before: &Object, after: Object) -> Object {
    after.into_iter().filter(|(name, value)| before.get(name) != Some(value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_failure_is_forgotten_once_its_expression_has_a_value() {
        let source = object(json!({"a": "x ${b.c} y", "list": [{"d": "${#stage('s').e}"}], "plain": "gone.f"}));
        let failures = json!({"x b.c y": [], "#stage( #root.execution, 's').e": [], "gone.f": []});
        let mut evaluated = object(json!({"a": "x 1 y", "expressionEvaluationSummary": failures}));
        forget_mended(&mut evaluated, &source);
        assert_eq!(evaluated["expressionEvaluationSummary"], json!({"gone.f": []}), "nobody tried it");
        let mut none = object(json!({"a": 1}));
        forget_mended(&mut none, &source);
        assert_eq!(none, object(json!({"a": 1})));
    }

    #[test]
    fn a_condition_is_one_by_its_type() {
        let found = |context: Value| condition(&object(context)).cloned();
        assert_eq!(found(json!({"stageEnabled": {"type": "Expression", "expression": "a"}})), Some(json!("a")));
        assert_eq!(found(json!({"stageEnabled": {"type": "expression"}})), Some(Value::Null));
        assert_eq!(found(json!({"stageEnabled": {"type": "moon", "expression": "a"}})), None);
        assert_eq!(found(json!({"stageEnabled": null})), None);
    }

    #[test]
    fn only_what_changed_is_kept() {
        let (before, after) = (object(json!({"a": 1, "b": "${c}"})), object(json!({"a": 1, "b": 2, "c": 3})));
        assert_eq!(Value::Object(changed(&before, after)), json!({"b": 2, "c": 3}));
    }
}
