//! Expressions in an execution: what is evaluated, in what, and with which answers of other services.
//!
//! The language is `gennaker-spel`; when it is evaluated decide the engine (a stage starts, a task makes a step) and the routes
//! (a pipeline is started, a person tries an expression). A context without `${` costs a look at its strings and nothing else.
//!
//! An evaluation has one point of time, however long other services take: it is repeated with the answers so far, until none is
//! missing. It changes nothing outside, so a node that dies meanwhile leaves nothing behind.
//!
//! Upstream: `ExpressionAware`, `ContextParameterProcessor`, `ExpressionAwareStageDefinitionBuilder`.

mod answers;
mod cache;
mod capabilities;
mod stage;
mod start;

use std::time::Duration;

use gennaker_base::SharedClock;
use gennaker_clients::{Caller, Clients};
use gennaker_http::outbound::Outbound;
use gennaker_spel::{
    Host,
    pipeline::{self, Context, Options, Processed},
};
use gennaker_wire::{Execution, Object, Stage};
use serde_json::Value;

use self::answers::{Answers, Peers, answer};
pub(crate) use self::{capabilities::capabilities, stage::changed};

/// So many questions to other services may one evaluation ask.
const MOST_QUESTIONS: usize = 20;
/// How long one of them may take.
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);

/// Evaluates expressions: cheap to clone.
#[derive(Clone)]
pub(crate) struct Expressions {
    peers: Peers,
    clock: SharedClock,
    executions: cache::Executions,
}

impl Expressions {
    /// With these services and addresses to ask, at the time of this clock.
    pub(crate) fn new(clients: Clients, outbound: Outbound, clock: SharedClock) -> Self {
        Expressions { peers: Peers { clients, outbound }, clock, executions: cache::Executions::default() }
    }

    /// An expression in a whole execution, as `GET /pipelines/{id}/evaluateExpression` tries it.
    pub(crate) async fn in_execution(&self, caller: &Caller, execution: &Execution, settings: &Object) -> Object {
        let json = execution_json(execution, execution.stages.iter());
        let scope = |host: &dyn Host, options: &Options| {
            pipeline::process(settings, &Context::of_execution(&json), host, options).value
        };
        self.answered(caller, scope).await
    }

    /// What `evaluation` makes of it, once every question that it asks has an answer or is one too many.
    async fn answered<T>(&self, caller: &Caller, evaluation: impl Fn(&dyn Host, &Options) -> T) -> T {
        let options = Options::default();
        let mut answers = Answers::new(self.clock.now());
        loop {
            let result = evaluation(&answers, &options);
            let Some(question) = answers.take_open() else { return result };
            let full = answers.len() >= MOST_QUESTIONS;
            let given = if full {
                Err(format!("these settings ask other services more than {MOST_QUESTIONS} questions"))
            } else {
                answer(&self.peers, caller, &question, ANSWER_DEADLINE).await
            };
            answers.add(question, given);
            if full {
                answers.close();
            }
        }
    }
}

/// Whether a key or string somewhere in the settings has an expression.
pub(crate) fn contains_expression(settings: &Object) -> bool {
    settings.iter().any(|(key, value)| pipeline::has_expression(key) || value_contains_expression(value))
}

fn value_contains_expression(value: &Value) -> bool {
    match value {
        Value::String(text) => pipeline::has_expression(text),
        Value::Array(items) => items.iter().any(value_contains_expression),
        Value::Object(fields) => contains_expression(fields),
        _ => false,
    }
}

/// Whether the pipeline's stages are evaluated only when they start.
fn is_v4(execution: &Execution) -> bool {
    pipeline::is_v4(execution.other.get("spelEvaluator"))
}

/// The execution as clients see it, with these stages.
fn execution_json<'s>(execution: &Execution, stages: impl Iterator<Item = &'s Stage>) -> Object {
    let mut json = as_object(serde_json::to_value(execution));
    let stages = stages.map(|stage| Value::Object(as_object(serde_json::to_value(stage))));
    json.insert("stages".to_owned(), stages.collect());
    json
}

/// These types are maps of strings and numbers: they always have a JSON.
fn as_object(json: serde_json::Result<Value>) -> Object {
    match json {
        Ok(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

/// The failures of several evaluations, by expression.
#[derive(Default)]
struct Failures(Object);

impl Failures {
    fn add(&mut self, processed: &Processed) {
        let Value::Object(failures) = processed.summary.to_json() else { return };
        for (expression, found) in failures {
            let known = self.0.entry(expression).or_insert_with(|| Value::Array(Vec::new()));
            let (Value::Array(known), Value::Array(found)) = (known, found) else { continue };
            let says = |failure: &Value| failure["description"].clone();
            let new: Vec<Value> =
                found.into_iter().filter(|failure| !known.iter().any(|other| says(other) == says(failure))).collect();
            known.extend(new);
        }
    }
}
