//! A pipeline as it is started: evaluated in its trigger before it becomes an execution.
//!
//! Upstream: `OperationsController.orchestratePipeline`, `DependentPipelineStarter.trigger`, `ContextParameterProcessor.processPipeline`.
//! With `"spelEvaluator": "v4"` all but its stages; otherwise the whole, so that `${trigger.…}` has its value before the first stage
//! starts. What cannot be evaluated yet stays as it is, without a word: it is tried again when its stage starts, and then it counts.
//!
//! The execution that a trigger comes from, `parentExecution`, can be named and is not evaluated: it is over what it says.

use gennaker_clients::Caller;
use gennaker_spel::{
    Host,
    pipeline::{self, Context, Options},
};
use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{Expressions, contains_expression};

const TRIGGER: &str = "trigger";
const PARENT: &str = "parentExecution";
const VARIABLES: &str = "templateVariables";

impl Expressions {
    /// The pipeline after its evaluation. Its `trigger` has its defaults already.
    pub(crate) async fn in_pipeline(&self, caller: &Caller, pipeline: Object) -> Object {
        self.with_parent_aside(pipeline, async |pipeline, parent| {
            let variables = pipeline.get(VARIABLES).filter(|variables| !variables.is_null()).cloned();
            let mut names = Object::from_iter([(VARIABLES.to_owned(), variables.unwrap_or_else(|| json!({})))]);
            names.insert(TRIGGER.to_owned(), trigger_with(&pipeline, parent));
            let evaluated = self.evaluated_pipeline(caller, &pipeline, &names).await;
            (evaluated, take_parent(&mut names))
        })
        .await
    }

    /// Settings after their evaluation in these names, without a word on what has no value.
    pub(crate) async fn in_names(&self, caller: &Caller, settings: &Object, names: &Object) -> Object {
        if !contains_expression(settings) {
            return settings.clone();
        }
        let evaluation = |host: &dyn Host, options: &Options| {
            pipeline::process(settings, &Context::of_map(names), host, options).value
        };
        let mut evaluated = self.answered(caller, evaluation).await;
        evaluated.shift_remove(pipeline::SUMMARY);
        evaluated
    }

    /// A pipeline from a template after its evaluation, with a summary of what has no value: upstream's `V2Util.planPipeline`.
    pub(crate) async fn planned(&self, caller: &Caller, pipeline: &Object) -> Object {
        let given = |name: &str| pipeline.get(name).cloned().unwrap_or_default();
        let variables = Some(given(VARIABLES)).filter(|variables| !variables.is_null());
        let names = Object::from_iter([
            (TRIGGER.to_owned(), given(TRIGGER)),
            (VARIABLES.to_owned(), variables.unwrap_or_else(|| json!({}))),
        ]);
        let evaluation = |host: &dyn Host, options: &Options| {
            pipeline::process_pipeline(pipeline, &Context::of_map(&names), host, options).value
        };
        self.answered(caller, evaluation).await
    }

    /// The pipeline of a child after its evaluation: its trigger first, and then all else in that.
    pub(crate) async fn in_child(&self, caller: &Caller, pipeline: Object) -> Object {
        self.with_parent_aside(pipeline, async |mut pipeline, parent| {
            let mut names = Object::from_iter([(TRIGGER.to_owned(), trigger_with(&pipeline, parent))]);
            let trigger = pipeline.shift_remove(TRIGGER).unwrap_or_else(|| json!({}));
            let trigger = Object::from_iter([(TRIGGER.to_owned(), trigger)]);
            let mut trigger = self.evaluated_pipeline(caller, &trigger, &names).await;
            let parent = take_parent(&mut names);
            let mut names = Object::from_iter([(TRIGGER.to_owned(), trigger_with(&trigger, parent))]);
            let mut evaluated = self.evaluated_pipeline(caller, &pipeline, &names).await;
            evaluated.extend(trigger.shift_remove(TRIGGER).map(|trigger| (TRIGGER.to_owned(), trigger)));
            (evaluated, take_parent(&mut names))
        })
        .await
    }

    /// Evaluates a pipeline, if it has expressions, without the execution that its trigger comes from, and puts that back. It can be
    /// large, so it is moved and never copied.
    async fn with_parent_aside(
        &self,
        mut pipeline: Object,
        evaluate: impl AsyncFnOnce(Object, Option<Value>) -> (Object, Option<Value>),
    ) -> Object {
        let mut parent = take_parent(&mut pipeline);
        if contains_expression(&pipeline) {
            (pipeline, parent) = evaluate(pipeline, parent).await;
        }
        if let (Some(parent), Some(Value::Object(trigger))) = (parent, pipeline.get_mut(TRIGGER)) {
            trigger.insert(PARENT.to_owned(), parent);
        }
        pipeline
    }

    async fn evaluated_pipeline(&self, caller: &Caller, pipeline: &Object, names: &Object) -> Object {
        let evaluation = |host: &dyn Host, options: &Options| {
            let options = Options { allow_unknown_keys: false, ..options.clone() };
            pipeline::process_pipeline(pipeline, &Context::of_map(names), host, &options).value
        };
        let mut evaluated = self.answered(caller, evaluation).await;
        evaluated.shift_remove(pipeline::SUMMARY);
        // A pipeline without stages has none, rather than `null`.
        if evaluated.get("stages").is_some_and(Value::is_null) && !pipeline.contains_key("stages") {
            evaluated.shift_remove("stages");
        }
        evaluated
    }
}

/// The trigger of a pipeline, or of names, without the execution that it comes from; that itself is returned.
fn take_parent(of: &mut Object) -> Option<Value> {
    match of.get_mut(TRIGGER) {
        Some(Value::Object(trigger)) => trigger.shift_remove(PARENT),
        _ => None,
    }
}

/// The trigger as expressions name it.
fn trigger_with(pipeline: &Object, parent: Option<Value>) -> Value {
    let mut trigger = pipeline.get(TRIGGER).cloned().unwrap_or_else(|| json!({}));
    if let (Some(parent), Value::Object(trigger)) = (parent, &mut trigger) {
        trigger.insert(PARENT.to_owned(), parent);
    }
    trigger
}
