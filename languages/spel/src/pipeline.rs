//! Expressions in a pipeline: every string of a stage's settings is a template, evaluated in what the execution has so far.
//!
//! ```
//! use gennaker_spel::{Nothing, pipeline::{self, Context, Options}};
//! use serde_json::json;
//!
//! let context = json!({"app": "shop", "replicas": 3});
//! let settings = json!({"cluster": "${app}-test", "size": "${replicas * 2}", "tag": "${version}"});
//! let context = Context::of_map(context.as_object().unwrap());
//! let done = pipeline::process(settings.as_object().unwrap(), &context, &Nothing, &Options::default());
//!
//! assert_eq!(done.value["cluster"], "shop-test");
//! assert_eq!(done.value["size"], 6);
//! // What has no value stays as it was, and the summary says so.
//! assert_eq!(done.value["tag"], "${version}");
//! assert!(done.summary.failures().contains_key("version"));
//! ```
//!
//! It does not decide when to evaluate: the engine does, when a stage starts.

mod context;
mod functions;
mod summary;
mod transform;
mod trigger;

use serde_json::{Map as JsonMap, Value as Json};

pub use self::{
    context::Context,
    summary::{Failure, Level, Summary},
};
use crate::{
    Error, Host, Limits, Value,
    evaluate::Evaluation,
    template::{self, Piece},
};

/// How settings are evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Whether a key that a map has not is `null`, and what refers to it stays as it is; otherwise it is an error. `true`, as
    /// upstream does for stages.
    pub allow_unknown_keys: bool,
    /// What one expression may cost.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Options { allow_unknown_keys: true, limits: Limits::default() }
    }
}

/// Settings after their evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct Processed {
    /// They, with the summary under `expressionEvaluationSummary` if anything failed.
    pub value: JsonMap<String, Json>,
    /// What was evaluated and what failed.
    pub summary: Summary,
}

/// The key that a summary is put under.
pub const SUMMARY: &str = "expressionEvaluationSummary";

/// Evaluates every key and string of `source`, at any depth (upstream's `ContextParameterProcessor.process`).
///
/// It does not fail: what cannot be evaluated stays as it is, with an entry in the summary. An assignment in one expression is
/// seen by the ones after it.
pub fn process<'a>(
    source: &JsonMap<String, Json>,
    context: &Context<'a>,
    host: &'a dyn Host,
    options: &'a Options,
) -> Processed {
    let mut evaluation = context.evaluation(host, options);
    let mut summary = Summary::default();
    let mut value = transform::map(source, &mut evaluation, &options.limits, &mut summary);
    if !summary.failures().is_empty() {
        value.insert(SUMMARY.to_owned(), summary.to_json());
    }
    Processed { value, summary }
}

/// As [`process`] for a whole pipeline: with `"spelEvaluator": "v4"` its stages stay as they are, since each is evaluated when it
/// starts (`ContextParameterProcessor.processPipeline`).
pub fn process_pipeline<'a>(
    pipeline: &JsonMap<String, Json>,
    context: &Context<'a>,
    host: &'a dyn Host,
    options: &'a Options,
) -> Processed {
    if !is_v4(pipeline.get("spelEvaluator")) {
        return process(pipeline, context, host, options);
    }
    let mut rest = pipeline.clone();
    let stages = rest.shift_remove("stages");
    let mut processed = process(&rest, context, host, options);
    processed.value.insert("stages".to_owned(), stages.unwrap_or(Json::Null));
    processed
}

/// Whether a pipeline's `spelEvaluator` asks for evaluation when a stage starts (`SpelEvaluatorVersion.V4`).
pub fn is_v4(version: Option<&Json>) -> bool {
    version.and_then(Json::as_str).is_some_and(|version| version.eq_ignore_ascii_case("v4"))
}

/// Whether a text has an expression in it.
pub fn has_expression(text: &str) -> bool {
    text.contains("${")
}

/// The value of one template, such as `${1 + 1}` or `a-${b}`; `None` if it has none, because it is `null` or refers to what is not
/// there.
///
/// # Errors
/// It is no template, or its evaluation failed; the column counts in `text`.
pub fn evaluate<'a>(
    text: &str,
    context: &Context<'a>,
    host: &'a dyn Host,
    options: &'a Options,
) -> Result<Option<Json>, Error> {
    let mut evaluation = context.evaluation(host, options);
    let prepared = functions::prepare(text);
    let outcome = template(&prepared, &mut evaluation, &options.limits).outcome;
    let outcome = outcome.map_err(|error| prepared.locate(error))?;
    Ok(if outcome.complete { outcome.value.map(|value| value.to_json()) } else { None })
}

/// A trigger as a map: `trigger` in an expression.
pub(crate) fn trigger_map<'a>(trigger: &'a JsonMap<String, Json>) -> Value<'a> {
    trigger::as_map(trigger)
}

/// What came of a template.
struct Evaluated<'a> {
    /// What the summary calls it: its pieces without `${` and `}`; `None` if it could not be taken apart.
    name: Option<String>,
    outcome: Result<Outcome<'a>, Error>,
}

struct Outcome<'a> {
    /// `None` for `null`.
    value: Option<Value<'a>>,
    /// Whether every piece had a value.
    complete: bool,
}

/// A template's value: that of its only expression, or text of all pieces, in which a piece without a value stays as it is.
fn template<'a>(text: &str, evaluation: &mut Evaluation<'a>, limits: &Limits) -> Evaluated<'a> {
    let pieces = match template::pieces(text, limits) {
        Ok(pieces) => pieces,
        Err(error) => return Evaluated { name: None, outcome: Err(error) },
    };
    let source = |piece: &Piece<'_>| match piece {
        Piece::Text(text) | Piece::Expression { text, .. } => (*text).to_owned(),
    };
    let name = Some(pieces.iter().map(source).collect());
    let outcome = match &pieces[..] {
        [Piece::Expression { at, node, .. }] => evaluation.whole(node).map_err(|error| error.moved(*at)).map(|value| {
            let value = Some(value).filter(|value| !value.is_null());
            Outcome { complete: value.is_some(), value }
        }),
        [] => Ok(Outcome { value: Some(Value::from(String::new())), complete: true }),
        pieces => composite(pieces, evaluation),
    };
    Evaluated { name, outcome }
}

fn composite<'a>(pieces: &[Piece<'_>], evaluation: &mut Evaluation<'a>) -> Result<Outcome<'a>, Error> {
    let mut text = String::new();
    let mut complete = true;
    for piece in pieces {
        match piece {
            Piece::Text(piece) => text.push_str(piece),
            Piece::Expression { text: source, at, node } => {
                let value = evaluation.text(node).map_err(|error| error.moved(*at))?;
                match value {
                    Some(value) => text.push_str(&value),
                    None => {
                        complete = false;
                        text.push_str("${");
                        text.push_str(source);
                        text.push('}');
                    }
                }
            }
        }
    }
    Ok(Outcome { value: Some(Value::from(text)), complete })
}
