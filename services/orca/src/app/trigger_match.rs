//! Whether an execution's trigger has what is asked for: upstream's `TaskController.checkObjectMatchesSubset`.
//!
//! Texts are equal in either case, or match as a regular expression of Java's, whole. An object has all the fields that are asked for,
//! a list a different item for each one that is. Anything else is equal. `null` is also what is not there.

use gennaker_javaregex::{Options, Regex};
use serde_json::Value;

/// What one attempt to match a text may cost: a search looks at many executions.
const BACKTRACK_LIMIT: usize = 10_000;

/// What is asked for.
pub(crate) enum Wanted {
    Text { folded: String, pattern: Option<Regex> },
    Object(Vec<(String, Wanted)>),
    List(Vec<Wanted>),
    Equal(Value),
}

impl Wanted {
    /// Reads a subset. A text that is no regular expression is only compared.
    pub(crate) fn new(subset: Value) -> Self {
        match subset {
            Value::String(text) => {
                let options = Options { backtrack_limit: BACKTRACK_LIMIT, ..Options::default() };
                Wanted::Text { folded: text.to_lowercase(), pattern: Regex::with_options(&text, &options).ok() }
            }
            Value::Object(fields) => {
                Wanted::Object(fields.into_iter().map(|(name, field)| (name, Wanted::new(field))).collect())
            }
            Value::Array(items) => Wanted::List(items.into_iter().map(Wanted::new).collect()),
            other => Wanted::Equal(other),
        }
    }

    /// Whether `value` has it.
    pub(crate) fn is_in(&self, value: &Value) -> bool {
        match (self, value) {
            (Wanted::Text { folded, pattern }, Value::String(text)) => {
                let matches = |pattern: &Regex| pattern.matches(text).unwrap_or(false);
                text.to_lowercase() == *folded || pattern.as_ref().is_some_and(matches)
            }
            (Wanted::Object(fields), Value::Object(object)) => {
                fields.iter().all(|(name, field)| field.is_in(object.get(name).unwrap_or(&Value::Null)))
            }
            (Wanted::List(wanted), Value::Array(items)) => {
                wanted.len() <= items.len()
                    && each_has_its_own(&wanted.iter().map(|one| of(one, items)).collect::<Vec<_>>())
            }
            (Wanted::Equal(Value::Number(wanted)), Value::Number(number)) => {
                wanted == number || wanted.as_f64() == number.as_f64()
            }
            (Wanted::Equal(wanted), value) => wanted == value,
            _ => false,
        }
    }
}

/// The places of the items that are as wanted.
fn of(wanted: &Wanted, items: &[Value]) -> Vec<usize> {
    (0..items.len()).filter(|&place| wanted.is_in(&items[place])).collect()
}

/// Whether each one can have a place of its own, of those that it may have: a matching, found by augmenting paths.
fn each_has_its_own(places: &[Vec<usize>]) -> bool {
    let most = places.iter().flatten().max().map_or(0, |last| last + 1);
    let mut taken: Vec<Option<usize>> = vec![None; most];
    (0..places.len()).all(|one| find_place(one, places, &mut taken, &mut vec![false; most]))
}

fn find_place(one: usize, places: &[Vec<usize>], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &place in &places[one] {
        if std::mem::replace(&mut tried[place], true) {
            continue;
        }
        let free = match taken[place] {
            None => true,
            Some(other) => find_place(other, places, taken, tried),
        };
        if free {
            taken[place] = Some(one);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn has(trigger: Value, subset: Value) -> bool {
        Wanted::new(subset).is_in(&trigger)
    }

    #[test]
    fn texts_match_in_either_case_or_as_a_pattern() {
        assert!(has(json!({"tag": "V1.2", "more": 1}), json!({"tag": "v1.2"})));
        assert!(has(json!({"tag": "v12"}), json!({"tag": r"v\d+"})));
        assert!(!has(json!({"tag": "v12-rc"}), json!({"tag": r"v\d+"})), "the whole text matches");
        assert!(has(json!({"name": "C++("}), json!({"name": "c++("})), "no pattern, but equal");
        assert!(!has(json!({"name": 1}), json!({"name": "1"})));
    }

    #[test]
    fn other_values_are_equal_and_null_is_absent() {
        assert!(has(json!({"n": 1, "f": true}), json!({"n": 1.0, "f": true, "gone": null})));
        assert!(!has(json!({"n": 1}), json!({"n": 2})));
        assert!(!has(json!({}), json!({"gone": {}})));
    }

    #[test]
    fn each_item_of_a_list_has_an_item_of_its_own() {
        let items = json!([{"name": "a", "version": "1"}, {"name": "a"}]);
        assert!(has(items.clone(), json!([{"name": "a"}, {"name": "a", "version": "1"}])), "in any order");
        assert!(!has(items.clone(), json!([{"version": "1"}, {"version": "1"}])));
        assert!(!has(items.clone(), json!([{}, {}, {}])));
        assert!(has(items, json!([])));
    }
}
