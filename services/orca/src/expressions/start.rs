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
        let variables = pipeline.get(VARIABLES).filter(|variables| !variables.is_null()).cloned();
        let names = [(TRIGGER, trigger_of(&pipeline)), (VARIABLES, variables.unwrap_or_else(|| json!({})))];
        self.in_names(caller, pipeline, &names).await
    }

    /// The pipeline of a child after its evaluation: its trigger first, and then all else in that.
    pub(crate) async fn in_child(&self, caller: &Caller, mut pipeline: Object) -> Object {
        let names = [(TRIGGER, trigger_of(&pipeline))];
        let trigger = pipeline.shift_remove(TRIGGER).unwrap_or_else(|| json!({}));
        let evaluated = Object::from_iter([(TRIGGER.to_owned(), trigger)]);
        let mut evaluated = self.in_names(caller, evaluated, &names).await;
        let names = [(TRIGGER, trigger_of(&evaluated))];
        let mut pipeline = self.in_names(caller, pipeline, &names).await;
        pipeline.extend(evaluated.shift_remove(TRIGGER).map(|trigger| (TRIGGER.to_owned(), trigger)));
        pipeline
    }

    async fn in_names(&self, caller: &Caller, mut pipeline: Object, names: &[(&str, Value)]) -> Object {
        let parent = match pipeline.get_mut(TRIGGER) {
            Some(Value::Object(trigger)) => trigger.shift_remove(PARENT),
            _ => None,
        };
        let mut evaluated = if contains_expression(&pipeline) {
            let names: Object = names.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            self.evaluated_pipeline(caller, &pipeline, &names).await
        } else {
            pipeline
        };
        if let (Some(parent), Some(Value::Object(trigger))) = (parent, evaluated.get_mut(TRIGGER)) {
            trigger.insert(PARENT.to_owned(), parent);
        }
        evaluated
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

fn trigger_of(pipeline: &Object) -> Value {
    pipeline.get(TRIGGER).cloned().unwrap_or_else(|| json!({}))
}
