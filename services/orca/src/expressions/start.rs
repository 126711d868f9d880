//! A pipeline as it is started: evaluated in its trigger before it becomes an execution.
//!
//! Upstream: `OperationsController.orchestratePipeline`, `ContextParameterProcessor.processPipeline`. With `"spelEvaluator": "v4"` all
//! but its stages; otherwise the whole, so that `${trigger.…}` has its value before the first stage starts. What cannot be evaluated
//! yet stays as it is, without a word: it is tried again when its stage starts, and then it counts.

use gennaker_clients::Caller;
use gennaker_spel::{
    Host,
    pipeline::{self, Context, Options},
};
use gennaker_wire::Object;
use serde_json::{Value, json};

use super::{Expressions, contains_expression};

impl Expressions {
    /// The pipeline after its evaluation. Its `trigger` has its defaults already.
    pub(crate) async fn in_pipeline(&self, caller: &Caller, pipeline: Object) -> Object {
        if !contains_expression(&pipeline) {
            return pipeline;
        }
        let mut names = Object::new();
        names.insert("trigger".to_owned(), pipeline.get("trigger").cloned().unwrap_or_else(|| json!({})));
        let variables = pipeline.get("templateVariables").filter(|variables| !variables.is_null());
        names.insert("templateVariables".to_owned(), variables.cloned().unwrap_or_else(|| json!({})));
        let evaluation = |host: &dyn Host, options: &Options| {
            let options = Options { allow_unknown_keys: false, ..options.clone() };
            pipeline::process_pipeline(&pipeline, &Context::of_map(&names), host, &options).value
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
