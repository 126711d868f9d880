//! Upstream's filters (`json`, `base64`, `frigga`, `max`, `min`), and those of Jinjava's that the engine does not have.

use std::collections::BTreeMap;

use base64::Engine as _;
use gennaker_naming::frigga::Names;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::{convert, is_template, source, value};
use crate::java;

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("json", |value: Value| value::within(java::pretty(&value::json(&value)?)));
    environment.add_filter("base64", base64);
    environment.add_filter("frigga", frigga);
    environment.add_filter("max", |value: Value| extreme("max", &value, f64::max));
    environment.add_filter("min", |value: Value| extreme("min", &value, f64::min));
    environment.add_filter("add", |a: f64, b: f64| number(a + b));
    environment.add_filter("multiply", |a: f64, b: f64| number(a * b));
    environment.add_filter("divide", |a: f64, b: f64| number(a / b));
    environment.add_filter("cut", |text: String, part: String| text.replace(&part, ""));
    environment.add_filter("string", |value: Value| value::text(&value));
}

/// What is known within a text that is being encoded, so that it is not encoded without end.
const ENCODING: &str = "__encoding";

fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// The contents, rendered and read like any other text, in base 64.
fn base64(state: &State<'_, '_>, contents: Value) -> Result<Value, Error> {
    if contents.is_undefined() || contents.is_none() {
        return Ok(contents);
    }
    let encoded = |text: &str| Value::from(base64::engine::general_purpose::STANDARD.encode(text));
    let Some(text) = contents.as_str() else { return Ok(encoded(&value::text(&contents)?)) };
    let rendered = if is_template(text) {
        if state.lookup(ENCODING).is_some() {
            return Err(failed("base64 is given a text that uses base64 itself: encode once"));
        }
        let names = state.known_variables();
        let known = names.iter().filter_map(|name| Some((name.to_string(), state.lookup(name)?)));
        let mut known: BTreeMap<String, Value> = known.collect();
        known.insert(ENCODING.to_owned(), true.into());
        state.env().render_str(&source::rewritten(text), known)?
    } else {
        text.to_owned()
    };
    let converted = convert::convert(java::trim(&rendered));
    let converted = converted.map_err(|_| failed("base64 is given what is no YAML: put noexpand: before it"))?;
    Ok(encoded(&java::text(&converted)))
}

/// A part of a name, as in `"shop-test-v001" | frigga("stack")`.
fn frigga(name: String, part: String) -> Result<Value, Error> {
    let names = serde_json::to_value(Names::parse(&name)).unwrap_or_default();
    match names.get(&part) {
        Some(found) => Ok(value::engine(found)),
        None => Err(failed(format!("frigga filter knows no part of a name that is called {part}"))),
    }
}

fn extreme(name: &str, values: &Value, better: fn(f64, f64) -> f64) -> Result<Value, Error> {
    let needs_list = || failed(format!("{name} filter can only be used with a list type object"));
    if values.as_str().is_some() || values.len().is_none() {
        return Err(needs_list());
    }
    let mut best = None;
    for item in values.try_iter().map_err(|_| needs_list())? {
        let given = value::text(&item)?;
        let wrong = |_| failed(format!("{name} filter requires list of numeric values, {given} given"));
        let item: f64 = given.trim().parse().map_err(wrong)?;
        best = Some(best.map_or(item, |best| better(best, item)));
    }
    let none = || failed(format!("{name} filter must be provided a list of numeric values with at least one value"));
    best.map(number).ok_or_else(none)
}

/// A whole number where it is one.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { Value::from(value as i64) } else { Value::from(value) }
}
