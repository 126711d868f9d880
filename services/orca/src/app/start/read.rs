//! Reading what was sent, as leniently as upstream does. A `null` is a field that is not there.

use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use super::Refusal;

/// The longest name, application or ref id that is accepted, in bytes.
pub(super) const LONGEST_NAME: usize = 1024;

/// What Groovy takes for false: absent, `null`, false, 0, and what is empty.
pub(super) fn is_false(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::Bool(flag)) => !flag,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Number(number)) => number.as_f64() == Some(0.0),
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(fields)) => fields.is_empty(),
    }
}

/// Takes an object out; an empty one if it is not there.
pub(super) fn take_object(config: &mut Object, field: &str) -> Result<Object, Refusal> {
    match config.shift_remove(field) {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(Refusal::invalid(format!("{field} is an object, not {other}"))),
    }
}

/// Takes a list out; an empty one if it is not there.
pub(super) fn take_list(config: &mut Object, field: &str) -> Result<Vec<Value>, Refusal> {
    match config.shift_remove(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(Refusal::invalid(format!("{field} is a list, not {other}"))),
    }
}

/// A text that is not empty and not too long.
pub(super) fn name(config: &Object, field: &str) -> Result<Option<String>, Refusal> {
    match config.text(field).filter(|name| !name.trim().is_empty()) {
        Some(name) if name.len() > LONGEST_NAME => {
            Err(Refusal::invalid(format!("{field} is longer than {LONGEST_NAME} bytes")))
        }
        name => Ok(name),
    }
}

/// A whole number that may stand as text.
pub(super) fn whole_number(config: &Object, field: &str) -> Result<Option<i64>, Refusal> {
    match config.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match config.integer(field) {
            Some(number) => Ok(Some(number)),
            None => Err(Refusal::invalid(format!("{field} is a whole number, not {value}"))),
        },
    }
}

/// Leaves out every field that is `null`, at any depth: upstream's answers have none.
pub(crate) fn drop_nulls(fields: &mut Object) {
    fields.retain(|_, value| !value.is_null());
    fields.values_mut().for_each(drop_nulls_in);
}

/// The same in a value; the elements of a list stay.
pub(super) fn drop_nulls_in(value: &mut Value) {
    match value {
        Value::Object(fields) => drop_nulls(fields),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls_in),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_are_left_out_of_objects_only() {
        let mut value = json!({"a": null, "b": [null, {"c": null, "d": 1}], "e": {"f": null}});
        drop_nulls_in(&mut value);
        assert_eq!(value, json!({"b": [null, {"d": 1}], "e": {}}));
    }

    #[test]
    fn false_is_what_groovy_takes_for_it() {
        for value in [json!(null), json!(false), json!(0), json!(""), json!([]), json!({})] {
            assert!(is_false(Some(&value)), "{value}");
        }
        for value in [json!(true), json!("false"), json!(1), json!([0]), json!({"a": null})] {
            assert!(!is_false(Some(&value)), "{value}");
        }
    }
}
