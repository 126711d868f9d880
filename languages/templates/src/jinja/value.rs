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

/// How many levels a value may have, and how many bytes, roughly: a few statements that double a value make one that fills memory.
const DEEPEST: usize = 100;
const LARGEST: usize = 1 << 20;

/// A value of the engine's as JSON; what is none is a text.
///
/// # Errors
/// If it is too deep or too large.
pub(super) fn json(value: &Engine) -> Result<Value, Error> {
    if value.is_undefined() {
        return Ok(Value::Null);
    }
    measure(value, DEEPEST, &mut LARGEST.clone())?;
    Ok(serde_json::to_value(value).unwrap_or_else(|_| value.to_string().into()))
}

/// A value as a text.
///
/// # Errors
/// If it is too deep or too large.
pub(super) fn text(value: &Engine) -> Result<String, Error> {
    match value.kind() {
        ValueKind::String => within(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        ValueKind::Undefined | ValueKind::None => Ok(String::new()),
        _ => within(java::text(&json(value)?)),
    }
}

/// The text, unless it is too large.
pub(super) fn within(text: String) -> Result<String, Error> {
    if text.len() > LARGEST { Err(too_large()) } else { Ok(text) }
}

fn measure(value: &Engine, levels: usize, left: &mut usize) -> Result<(), Error> {
    let bytes = 1 + value.as_str().map_or(0, str::len);
    *left = left.checked_sub(bytes).ok_or_else(too_large)?;
    let is_map = value.kind() == ValueKind::Map;
    if !is_map && !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return Ok(());
    }
    let levels = levels.checked_sub(1).ok_or_else(too_large)?;
    for item in value.try_iter()? {
        if is_map {
            measure(&value.get_item(&item)?, levels, left)?;
        }
        measure(&item, levels, left)?;
    }
    Ok(())
}

fn too_large() -> Error {
    let message = format!("a value is larger than {} KiB or has more than {DEEPEST} levels", LARGEST >> 10);
    Error::new(ErrorKind::InvalidOperation, message)
}

/// Writes what `{{ }}` gives. Nothing is an error, where unknown variables are.
pub(super) fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Engine) -> Result<(), Error> {
    let is_strict = state.undefined_behavior() == UndefinedBehavior::Strict;
    if is_strict && (value.is_undefined() || value.is_none()) {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    out.write_str(&text(value)?).map_err(Error::from)
}
