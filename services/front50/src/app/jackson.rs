//! Known fields read as upstream's JSON library reads them: a number where a text belongs becomes a text, and so on; what
//! cannot be read refuses the whole body.

use gennaker_wire::Object;
use serde_json::Value;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Integer,
    Long,
    Boolean,
    Object,
    Objects,
    Texts,
    Any,
}

/// Brings the known `fields` of a body into their shape. A known field that is null is taken out.
///
/// # Errors
/// A sentence that names the field.
pub(crate) fn coerce(body: &mut Object, fields: &[(&str, Shape)]) -> Result<(), String> {
    for (name, shape) in fields {
        let Some(value) = body.get_mut(*name) else { continue };
        match read(value.take(), *shape) {
            Ok(Value::Null) => {
                body.shift_remove(*name);
            }
            Ok(read) => *value = read,
            Err(expected) => return Err(format!("the body is wrong at {name}: expected {expected}")),
        }
    }
    Ok(())
}

/// Gives those of the `fields` that are not there their value.
pub(crate) fn fill(body: &mut Object, fields: &[(&str, Value)]) {
    for (name, value) in fields {
        body.entry(*name).or_insert_with(|| value.clone());
    }
}

/// Brings the objects of the list `name` into their shape; what a known field has not is null.
///
/// # Errors
/// A sentence that names the list and the field.
pub(crate) fn coerce_each(body: &mut Object, name: &str, fields: &[(&str, Shape)]) -> Result<(), String> {
    let items = body.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten();
    for item in items.filter_map(Value::as_object_mut) {
        coerce(item, fields).map_err(|why| format!("{why}, in an item of {name}"))?;
        for (field, _) in fields {
            item.entry(*field).or_insert(Value::Null);
        }
    }
    Ok(())
}

fn read(value: Value, shape: Shape) -> Result<Value, &'static str> {
    if value.is_null() {
        return Ok(value);
    }
    match shape {
        Shape::Any => Ok(value),
        Shape::Text => text(value),
        Shape::Integer => whole(&value).and_then(|whole| small(&whole)),
        Shape::Long => whole(&value),
        Shape::Boolean => boolean(&value),
        Shape::Object if value.is_object() => Ok(value),
        Shape::Object => Err("an object"),
        Shape::Objects => list(value, "a list of objects", |item| {
            if item.is_object() || item.is_null() { Ok(item) } else { Err("a list of objects") }
        }),
        Shape::Texts => list(value, "a list of texts", |item| if item.is_null() { Ok(item) } else { text(item) }),
    }
}

fn list(
    value: Value,
    expected: &'static str,
    item: impl Fn(Value) -> Result<Value, &'static str>,
) -> Result<Value, &'static str> {
    match value {
        Value::Array(items) => items.into_iter().map(item).collect::<Result<_, _>>().map(Value::Array),
        _ => Err(expected),
    }
}

fn text(value: Value) -> Result<Value, &'static str> {
    match value {
        Value::String(_) => Ok(value),
        Value::Number(number) => Ok(number.to_string().into()),
        Value::Bool(flag) => Ok(flag.to_string().into()),
        _ => Err("a text"),
    }
}

/// Java's 64-bit integer; a fraction is cut off.
fn whole(value: &Value) -> Result<Value, &'static str> {
    let expected = "an integer";
    let whole = match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole,
            #[expect(clippy::cast_possible_truncation, reason = "the fraction is cut off, and the range checked")]
            None => number.as_f64().filter(|fraction| fraction.abs() < 9e18).ok_or(expected)? as i64,
        },
        Value::String(text) if text.trim().is_empty() => return Ok(Value::Null),
        Value::String(text) => text.trim().parse().map_err(|_| expected)?,
        _ => return Err(expected),
    };
    Ok(whole.into())
}

/// Java's 32-bit integer.
fn small(whole: &Value) -> Result<Value, &'static str> {
    match whole.as_i64() {
        Some(whole) => i32::try_from(whole).map(Value::from).map_err(|_| "an integer"),
        None => Ok(Value::Null),
    }
}

fn boolean(value: &Value) -> Result<Value, &'static str> {
    match value {
        Value::Bool(flag) => Ok((*flag).into()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Ok((number.as_i64() != Some(0)).into()),
        Value::String(text) => match text.trim() {
            "" => Ok(Value::Null),
            "true" | "True" | "TRUE" => Ok(true.into()),
            "false" | "False" | "FALSE" => Ok(false.into()),
            _ => Err("true or false"),
        },
        _ => Err("true or false"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_are_converted_and_the_rest_refused() {
        for (shape, value, expected) in [
            (Shape::Text, json!(7), Some(json!("7"))),
            (Shape::Text, json!(true), Some(json!("true"))),
            (Shape::Text, json!({}), None),
            (Shape::Integer, json!("5"), Some(json!(5))),
            (Shape::Integer, json!(5.9), Some(json!(5))),
            (Shape::Integer, json!(""), Some(Value::Null)),
            (Shape::Integer, json!("x"), None),
            (Shape::Integer, json!(3_000_000_000_i64), None),
            (Shape::Integer, json!(1e300), None),
            (Shape::Long, json!("3000000000"), Some(json!(3_000_000_000_i64))),
            (Shape::Long, json!(1e300), None),
            (Shape::Boolean, json!("true"), Some(json!(true))),
            (Shape::Boolean, json!(0), Some(json!(false))),
            (Shape::Boolean, json!("yes"), None),
            (Shape::Object, json!([]), None),
            (Shape::Objects, json!([{}, null]), Some(json!([{}, null]))),
            (Shape::Objects, json!([1]), None),
            (Shape::Objects, json!({}), None),
            (Shape::Texts, json!(["a", 1]), Some(json!(["a", "1"]))),
            (Shape::Any, json!([1]), Some(json!([1]))),
        ] {
            assert_eq!(read(value.clone(), shape).ok(), expected, "{value} as {shape:?}");
        }
    }

    #[test]
    fn a_known_null_goes_and_an_unknown_one_stays() {
        let mut body = json!({"name": null, "index": "1", "foo": null}).as_object().cloned().expect("an object");
        coerce(&mut body, &[("name", Shape::Text), ("index", Shape::Integer)]).expect("readable");
        assert_eq!(Value::Object(body), json!({"index": 1, "foo": null}));
    }
}
