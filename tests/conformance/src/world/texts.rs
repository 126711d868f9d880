//! Texts within JSON.

use serde_json::{Map, Value};

/// The JSON with each text, names of fields included, replaced.
pub(crate) fn in_texts(json: Value, replaced: &impl Fn(&str) -> String) -> Value {
    match json {
        Value::String(text) => Value::String(replaced(&text)),
        Value::Array(items) => items.into_iter().map(|item| in_texts(item, replaced)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, field)| (replaced(&name), in_texts(field, replaced)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other,
    }
}
