//! Values between JSON and the engine, and how they are written: as Java writes them.

use minijinja::{
    Error, ErrorKind, Output, State, UndefinedBehavior, Value as Engine,
    value::{Serde, ValueKind},
};
use serde_json::Value;

use crate::java;

/// JSON as a value of the engine's.
pub(super) fn engine(value: &Value) -> Engine {
    Engine::from(Serde(value))
}

/// A value of the engine's as JSON; what is none is a text.
pub(super) fn json(value: &Engine) -> Value {
    if value.is_undefined() {
        return Value::Null;
    }
    serde_json::to_value(value).unwrap_or_else(|_| value.to_string().into())
}

/// A value as a text.
pub(super) fn text(value: &Engine) -> String {
    match value.kind() {
        ValueKind::String => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        ValueKind::Undefined | ValueKind::None => String::new(),
        _ => java::text(&json(value)),
    }
}

/// Writes what `{{ }}` gives. Nothing is an error, where unknown variables are.
pub(super) fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Engine) -> Result<(), Error> {
    let is_strict = state.undefined_behavior() == UndefinedBehavior::Strict;
    if is_strict && (value.is_undefined() || value.is_none()) {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    out.write_str(&text(value)).map_err(Error::from)
}
