//! JSON objects whose fields are read by name, leniently as upstream reads them.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A JSON object in the order in which it was sent.
pub type Object = Map<String, Value>;

/// Reads fields of an [`Object`]: a number may stand as text and the other way round, as pipelines written by hand do.
pub trait ObjectExt {
    /// A text, or a number or boolean as text.
    fn text(&self, name: &str) -> Option<String>;
    /// A number, or a text that is one.
    fn number(&self, name: &str) -> Option<f64>;
    /// An integer, or a text that is one.
    fn integer(&self, name: &str) -> Option<i64>;
    /// A boolean, or the text `true` or `false`.
    fn boolean(&self, name: &str) -> Option<bool>;
    /// A list of texts, or one text.
    fn texts(&self, name: &str) -> Vec<String>;
    /// An object.
    fn object(&self, name: &str) -> Option<&Object>;
    /// The field as a type; `None` if it is absent, null or of another shape.
    fn typed<T: DeserializeOwned>(&self, name: &str) -> Option<T>;
}

impl ObjectExt for Object {
    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    fn number(&self, name: &str) -> Option<f64> {
        match self.get(name)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn boolean(&self, name: &str) -> Option<bool> {
        match self.get(name)? {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }

    fn texts(&self, name: &str) -> Vec<String> {
        match self.get(name) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => vec![text.clone()],
            _ => Vec::new(),
        }
    }

    fn object(&self, name: &str) -> Option<&Object> {
        self.get(name)?.as_object()
    }

    fn typed<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.get(name)?.clone()).ok()
    }
}
