//! What it costs to go through a whole value: charged before it is done.
//!
//! A value can be larger than the memory that it takes, since lists and maps may hold the same list many times over:
//! assigning `x` the list `{x, x}` doubles what a walk goes through each time.

use serde_json::Value as Json;

use crate::{
    Error, Value,
    evaluate::Evaluation,
    value::{List, Map, Object},
};

/// How deep lists and maps may stand in each other: JSON that is deeper than 128 levels could not be read again.
const DEEPEST: usize = 120;

/// Charges for comparing or hashing a value: 16 bytes for each of its parts.
pub(crate) fn reading(evaluation: &mut Evaluation<'_>, value: &Value<'_>) -> Result<(), Error> {
    match value {
        Value::List(_)
        | Value::Set(_)
        | Value::Map(_)
        | Value::Array(_)
        | Value::Object(Object::Entry(_) | Object::NotEvaluable(_)) => parts(evaluation, value, 0, &|_| 16),
        _ => Ok(()),
    }
}

/// Charges for writing a value as text.
pub(crate) fn writing(evaluation: &mut Evaluation<'_>, value: &Value<'_>) -> Result<(), Error> {
    parts(evaluation, value, 0, &|part| match part {
        Value::String(text) => text.len() + 16,
        _ => 16,
    })
}

/// Charges for a look at each of so many elements, which is cheap: a byte for eight of them.
pub(crate) fn scanning(evaluation: &mut Evaluation<'_>, elements: usize) -> Result<(), Error> {
    evaluation.charge(elements / 8)
}

/// Charges for a list or array of so many elements.
pub(crate) fn elements(evaluation: &mut Evaluation<'_>, count: usize) -> Result<(), Error> {
    evaluation.charge(count.saturating_mul(size_of::<Value<'_>>()))
}

fn parts(
    evaluation: &mut Evaluation<'_>,
    value: &Value<'_>,
    depth: usize,
    cost: &dyn Fn(&Value<'_>) -> usize,
) -> Result<(), Error> {
    if depth > DEEPEST {
        return Err(Error::limit(format!("lists and maps stand in each other more than {DEEPEST} levels deep")));
    }
    evaluation.charge(cost(value))?;
    match value {
        Value::List(list) | Value::Set(list) => each(evaluation, list, depth, cost),
        Value::Map(map) => entries(evaluation, map, depth, cost),
        Value::Array(array) => array.items.iter().try_for_each(|item| parts(evaluation, item, depth + 1, cost)),
        Value::Object(Object::NotEvaluable(inner)) => parts(evaluation, inner, depth + 1, cost),
        Value::Object(Object::Bean(bean)) => bean.json.values().try_for_each(|json| written(evaluation, json)),
        Value::Object(Object::Entry(entry)) => {
            parts(evaluation, &entry.0, depth + 1, cost)?;
            parts(evaluation, &entry.1, depth + 1, cost)
        }
        _ => Ok(()),
    }
}

fn each(
    evaluation: &mut Evaluation<'_>,
    list: &List<'_>,
    depth: usize,
    cost: &dyn Fn(&Value<'_>) -> usize,
) -> Result<(), Error> {
    for item in list.iter() {
        parts(evaluation, &item, depth + 1, cost)?;
    }
    Ok(())
}

fn entries(
    evaluation: &mut Evaluation<'_>,
    map: &Map<'_>,
    depth: usize,
    cost: &dyn Fn(&Value<'_>) -> usize,
) -> Result<(), Error> {
    for (key, value) in map.entries() {
        parts(evaluation, &key, depth + 1, cost)?;
        parts(evaluation, &value, depth + 1, cost)?;
    }
    Ok(())
}

/// Charges for writing a piece of an execution.
fn written(evaluation: &mut Evaluation<'_>, json: &Json) -> Result<(), Error> {
    evaluation.charge(16 + json.as_str().map_or(0, str::len))?;
    match json {
        Json::Array(items) => items.iter().try_for_each(|item| written(evaluation, item)),
        Json::Object(map) => map.values().try_for_each(|value| written(evaluation, value)),
        _ => Ok(()),
    }
}
