//! Comparing JSON: the first place where an answer is not what was recorded.
//!
//! ```
//! use conformance::compare::first_difference;
//! use serde_json::json;
//!
//! let first = first_difference(&json!({"a": [1, 2]}), &json!({"a": [1, 3]})).unwrap();
//! assert_eq!(first.to_string(), "at /a/1 expected 2, got 3");
//! ```
//!
//! The order of fields does not matter, that of list elements does; an absent field is not `null`, and `1` is not `1.0`.
//! A set whose numbers are approximate compares them itself.

use std::fmt;

use serde_json::Value;

/// Where two values differ, and what stands there.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// A JSON pointer (RFC 6901); empty for the whole value.
    pub pointer: String,
    /// What was recorded there; `None` if nothing was.
    pub expected: Option<Value>,
    /// What is there; `None` if nothing is.
    pub got: Option<Value>,
}

/// The first difference: in the recorded order of fields, then fields that were not recorded.
pub fn first_difference(expected: &Value, got: &Value) -> Option<Difference> {
    walk(&mut Vec::new(), Some(expected), Some(got))
}

/// Writes a value, or that there is none.
pub(crate) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the whole" } else { &self.pointer };
        write!(formatter, "at {place} expected {}, got {}", shown(self.expected.as_ref()), shown(self.got.as_ref()))
    }
}

fn walk(path: &mut Vec<String>, expected: Option<&Value>, got: Option<&Value>) -> Option<Difference> {
    let children: Vec<(String, Option<&Value>, Option<&Value>)> = match (expected, got) {
        (Some(Value::Object(expected)), Some(Value::Object(got))) => {
            let recorded = expected.iter().map(|(key, value)| (key.clone(), Some(value), got.get(key)));
            let unrecorded = got.iter().filter(|(key, _)| !expected.contains_key(*key));
            recorded.chain(unrecorded.map(|(key, value)| (key.clone(), None, Some(value)))).collect()
        }
        (Some(Value::Array(expected)), Some(Value::Array(got))) => {
            let indexes = 0..expected.len().max(got.len());
            indexes.map(|index| (index.to_string(), expected.get(index), got.get(index))).collect()
        }
        _ if expected == got => return None,
        _ => {
            let pointer = path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
            return Some(Difference { pointer, expected: expected.cloned(), got: got.cloned() });
        }
    };
    children.into_iter().find_map(|(key, expected, got)| {
        path.push(key);
        let difference = walk(path, expected, got);
        path.pop();
        difference
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn first(expected: Value, got: Value) -> String {
        first_difference(&expected, &got).unwrap().to_string()
    }

    #[test]
    fn equal_values_do_not_differ_whatever_the_order_of_their_fields() {
        let expected = json!({"a": [1, {"b": null}], "c": 2.5});
        assert_eq!(first_difference(&expected, &json!({"c": 2.5, "a": [1, {"b": null}]})), None);
    }

    #[test]
    fn the_first_place_is_named() {
        assert_eq!(first(json!(1), json!(2)), "at the whole expected 1, got 2");
        assert_eq!(first(json!({"a": 1, "b": 1}), json!({"b": 2, "a": 2})), "at /a expected 1, got 2");
        assert_eq!(first(json!({"a/b": {"~": 1}}), json!({"a/b": {"~": 2}})), "at /a~1b/~0 expected 1, got 2");
        assert_eq!(first(json!([[1], [2]]), json!([[1], [3]])), "at /1/0 expected 2, got 3");
    }

    #[test]
    fn what_is_missing_or_too_much_differs() {
        assert_eq!(first(json!({"a": null}), json!({})), "at /a expected null, got nothing");
        assert_eq!(first(json!({}), json!({"a": null})), "at /a expected nothing, got null");
        assert_eq!(first(json!([1]), json!([1, 2])), "at /1 expected nothing, got 2");
        assert_eq!(first(json!([1, 2]), json!([1])), "at /1 expected 2, got nothing");
    }

    #[test]
    fn types_matter() {
        assert_eq!(first(json!(1), json!(1.0)), "at the whole expected 1, got 1.0");
        assert_eq!(first(json!({"a": {}}), json!({"a": []})), "at /a expected {}, got []");
        assert_eq!(first(json!("1"), json!(1)), "at the whole expected \"1\", got 1");
    }
}
