//! Replays a recorded case and compares each answer, as the recording's `meta` says.
//!
//! A recorded error's `exception` names upstream's class and is not compared. An error of ours may have more fields than
//! the recorded one (`requestId`, a `message` where upstream has none); an answer that is no error may not.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Map, Value};

use super::{Answer, Node};

/// What a case's steps have saved: names in braces stand for values.
#[derive(Default)]
struct Symbols {
    saved: BTreeMap<String, Value>,
    ids: BTreeMap<String, String>,
}

/// The differences of a case, each with its step's number from 0.
pub(super) async fn replay(node: &Node, case: &Value) -> Vec<(usize, String)> {
    let mut symbols = Symbols::default();
    let mut differences = Vec::new();
    for (number, step) in case["steps"].as_array().expect("steps").iter().enumerate() {
        // Upstream's cache needed the sleeps; ours is written through.
        if step.get("sleep").is_some() {
            continue;
        }
        let answer = ask(node, step, &symbols).await;
        for (name, field) in step["save"].as_object().into_iter().flatten() {
            symbols.saved.insert(name.clone(), answer.body[field.as_str().expect("a field")].clone());
        }
        let expected = &step["answer"];
        let status = expected["status"].as_u64().expect("a status");
        if u64::from(answer.status.as_u16()) != status {
            differences.push((number, format!("status {status}, got {}: {}", answer.status, answer.body)));
            continue;
        }
        let mut found = Vec::new();
        symbols.compare(&expected["body"], &answer.body, answer.status.as_u16() >= 400, "", &mut found);
        differences.extend(found.into_iter().map(|difference| (number, difference)));
    }
    differences
}

async fn ask(node: &Node, step: &Value, symbols: &Symbols) -> Answer {
    let text = |name: &str| step[name].as_str();
    let method: Method = text("method").expect("a method").parse().expect("a method");
    let path = symbols.fill(&step["path"]);
    let body = match (text("rawBody"), step.get("body")) {
        (Some(raw), _) => Some(raw.to_owned()),
        (None, body) => body.map(|body| symbols.fill(body).to_string()),
    };
    let kind = body.as_ref().map(|_| text("contentType").unwrap_or("application/json"));
    let send = || node.send(method.clone(), path.as_str().expect("a path"), kind, body.clone().unwrap_or_default());
    let mut answer = send().await;
    if let Some(until) = step["until"]["status"].as_u64() {
        for _ in 0..100 {
            if u64::from(answer.status.as_u16()) == until {
                break;
            }
            answer = send().await;
        }
    }
    answer
}

impl Symbols {
    /// The value with the saved ones in the place of their names.
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => {
                let filled = self.saved.iter().fold(text.clone(), |text, (name, value)| {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    text.replace(&format!("{{{name}}}"), &value)
                });
                Value::String(filled)
            }
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.fill(value))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    fn compare(&mut self, expected: &Value, got: &Value, is_error: bool, at: &str, found: &mut Vec<String>) {
        match (expected, got) {
            (Value::Object(expected), Value::Object(got)) => {
                for (name, expected) in expected {
                    let at = format!("{at}/{name}");
                    match got.get(name) {
                        _ if is_error && name == "exception" => {}
                        Some(got) => self.compare(expected, got, is_error, &at, found),
                        None => found.push(format!("{at}: {expected}, got nothing")),
                    }
                }
                for (name, got) in got.iter().filter(|(name, _)| !is_error && !expected.contains_key(*name)) {
                    found.push(format!("{at}/{name}: nothing, got {got}"));
                }
            }
            (Value::Array(expected), Value::Array(got)) if expected.len() == got.len() => {
                for (index, (expected, got)) in expected.iter().zip(got).enumerate() {
                    self.compare(expected, got, is_error, &format!("{at}/{index}"), found);
                }
            }
            (Value::String(symbol), got) if self.stands_for(symbol, got) => {}
            (expected, got) if self.fill(expected) == *got => {}
            (expected, got) => found.push(format!("{at}: {expected}, got {got}")),
        }
    }

    /// Whether `symbol` is `<time>` or `<id:N>` and the value such a thing; an id's number always means the same id.
    fn stands_for(&mut self, symbol: &str, got: &Value) -> bool {
        if symbol == "<time>" {
            let millis = got.as_i64().or_else(|| got.as_str().and_then(|text| text.parse().ok()));
            return millis.is_some_and(|millis| millis > 1_600_000_000_000);
        }
        let is_id = |text: &str| text.len() >= 26 && text.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        match got.as_str().filter(|text| symbol.starts_with("<id:") && is_id(text)) {
            Some(id) => self.ids.entry(symbol.to_owned()).or_insert_with(|| id.to_owned()) == id,
            None => false,
        }
    }
}
