//! Settings, key by key and string by string: upstream's `ExpressionTransform`.

use serde_json::{Map as JsonMap, Value as Json};

use super::{
    Evaluated, Outcome, functions, has_expression,
    summary::{Failure, Level, Summary},
    template,
};
use crate::{Error, Limits, Value, evaluate::Evaluation, value::display};

/// How deep settings are looked into; what is deeper stays as it is (JSON itself is read 128 deep).
const DEEPEST: usize = 256;

/// The map, evaluated.
pub(super) fn map(
    source: &JsonMap<String, Json>,
    evaluation: &mut Evaluation<'_>,
    limits: &Limits,
    summary: &mut Summary,
) -> JsonMap<String, Json> {
    Transform { evaluation, limits, summary }.map(source, 0)
}

struct Transform<'t, 'a> {
    evaluation: &'t mut Evaluation<'a>,
    limits: &'t Limits,
    summary: &'t mut Summary,
}

impl Transform<'_, '_> {
    fn map(&mut self, source: &JsonMap<String, Json>, depth: usize) -> JsonMap<String, Json> {
        let mut result = JsonMap::with_capacity(source.len());
        for (key, value) in source {
            let key = if has_expression(key) { self.key(key, source) } else { key.clone() };
            let value = self.value(value, source, depth);
            result.insert(key, value);
        }
        result
    }

    fn value(&mut self, value: &Json, holder: &JsonMap<String, Json>, depth: usize) -> Json {
        match value {
            _ if depth == DEEPEST => value.clone(),
            Json::Object(map) => Json::Object(self.map(map, depth + 1)),
            Json::Array(items) => items.iter().map(|item| self.value(item, holder, depth + 1)).collect(),
            Json::String(text) if has_expression(text) => match self.text(text, holder) {
                Some(value) => value.to_json(),
                None => value.clone(),
            },
            other => other.clone(),
        }
    }

    fn key(&mut self, key: &str, holder: &JsonMap<String, Json>) -> String {
        self.text(key, holder).map_or_else(|| key.to_owned(), |value| display(&value))
    }

    /// The value of a text with expressions; `None` if it stays as it is.
    fn text(&mut self, text: &str, holder: &JsonMap<String, Json>) -> Option<Value<'_>> {
        let prepared = functions::prepare(text);
        let Evaluated { name, outcome } = template(&prepared, self.evaluation, self.limits);
        self.summary.count();
        let name = name.unwrap_or_else(|| bare(text));
        let now = self.evaluation.host.now().as_millisecond();
        match outcome {
            Ok(Outcome { value, complete: true }) => value,
            Ok(Outcome { value, complete: false }) => {
                let description = described(&prepared, text, holder, &format!(": {name} not found"));
                self.summary.add(name, Failure { level: Level::Info, description, exception: None, timestamp: now });
                value
            }
            Err(error) => {
                let exception = Some(error.kind.exception());
                let error: Error = prepared.locate(error);
                let description = described(&prepared, text, holder, &error.to_string());
                self.summary.add(name, Failure { level: Level::Error, description, exception, timestamp: now });
                None
            }
        }
    }
}

/// What a text is called that could not be taken apart: what is between its first `${` and last `}`, or all without `$`
/// (`ExpressionTransform.escapeSimpleExpression`).
fn bare(text: &str) -> String {
    let inner =
        text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).filter(|inner| !inner.contains(['\n', '\r']));
    inner.map_or_else(|| text.replace('$', ""), |inner| inner.trim_matches(|c: char| c <= ' ').to_owned())
}

/// How many keys a description names.
const MOST_NAMED: usize = 10;

/// The failure in words: under which keys the text stands, and what is wrong. Nothing in it reads as an expression.
fn described(prepared: &str, text: &str, holder: &JsonMap<String, Json>, what: &str) -> String {
    let keys: Vec<&str> =
        holder.iter().filter(|(_, value)| holds(value, text)).map(|(key, _)| key.as_str()).take(MOST_NAMED).collect();
    let place = if keys.is_empty() { prepared.to_owned() } else { format!("[{}]", keys.join(", ")) };
    format!("Failed to evaluate {place} {what}").replace('$', "")
}

/// Whether a value is that text, or a map somewhere in it has it as a key or value.
fn holds(value: &Json, text: &str) -> bool {
    match value {
        Json::String(own) => own == text,
        Json::Object(map) => map.iter().any(|(key, value)| key == text || holds(value, text)),
        _ => false,
    }
}
