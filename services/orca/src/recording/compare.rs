//! The first place at which two executions differ: first as clients see them, then in how far the planner is with each stage.

use gennaker_wire::{Difference, Execution};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::planner::State;

/// A value longer than this, in characters of its JSON, is shown by its beginning.
const LONGEST_SHOWN: usize = 500;

/// Where the replayed state is not the stored one.
pub(super) fn states(stored: &State, replayed: &State) -> Option<Difference> {
    executions(&stored.to_execution(), &replayed.to_execution()).or_else(|| {
        let pairs = stored.stages().iter().zip(replayed.stages()).enumerate();
        let mut found = pairs.filter_map(|(place, (stored, replayed))| {
            let path = format!("stages/{place}/run");
            let difference = values(&path, &json(&stored.run), &json(&replayed.run))?;
            Some(Difference { stage: stored.stage.name.clone(), ..difference })
        });
        found.next()
    })
}

/// Where the replayed execution is not the stored one.
pub(super) fn executions(stored: &Execution, replayed: &Execution) -> Option<Difference> {
    let difference = values("", &json(stored), &json(replayed))?;
    let place = difference.path.strip_prefix("stages/").and_then(|rest| rest.split('/').next()?.parse::<usize>().ok());
    let stage = place.and_then(|place| stored.stages.get(place).or_else(|| replayed.stages.get(place)));
    Some(Difference { stage: stage.and_then(|stage| stage.name.clone()), ..difference })
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn values(path: &str, stored: &Value, replayed: &Value) -> Option<Difference> {
    if stored == replayed {
        return None;
    }
    match (stored, replayed) {
        (Value::Object(stored), Value::Object(replayed)) => fields(path, stored, replayed),
        (Value::Array(stored), Value::Array(replayed)) => {
            let longest = stored.len().max(replayed.len());
            let of = |list: &[Value], place: usize| list.get(place).cloned().unwrap_or_default();
            let mut places = (0..longest).map(|place| (place, of(stored, place), of(replayed, place)));
            places.find_map(|(place, stored, replayed)| values(&joined(path, &place.to_string()), &stored, &replayed))
        }
        _ => Some(Difference {
            path: path.to_owned(),
            stage: None,
            stored: shortened(stored),
            replayed: shortened(replayed),
        }),
    }
}

fn fields(path: &str, stored: &Map<String, Value>, replayed: &Map<String, Value>) -> Option<Difference> {
    let of = |fields: &Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
    let extra = replayed.keys().filter(|name| !stored.contains_key(*name));
    let mut names = stored.keys().chain(extra);
    names.find_map(|name| values(&joined(path, name), &of(stored, name), &of(replayed, name)))
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

fn shortened(value: &Value) -> Value {
    let text = value.to_string();
    if text.chars().count() <= LONGEST_SHOWN {
        return value.clone();
    }
    let beginning: String = text.chars().take(LONGEST_SHOWN).collect();
    Value::String(format!("{beginning}..."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_difference_has_its_place() {
        let stored = json!({"a": 1, "stages": [{"name": "x", "status": "RUNNING"}, {"name": "y"}]});
        let mut replayed = stored.clone();
        assert_eq!(values("", &stored, &replayed), None);
        replayed["stages"][0]["status"] = "SUCCEEDED".into();
        replayed["stages"][0]["more"] = true.into();
        let found = values("", &stored, &replayed).expect("a difference");
        assert_eq!(
            (found.path.as_str(), found.stored, found.replayed),
            ("stages/0/status", json!("RUNNING"), json!("SUCCEEDED"))
        );
        let shorter = json!({"a": 1, "stages": [{"name": "x", "status": "RUNNING"}]});
        let found = values("", &stored, &shorter).expect("a difference");
        assert_eq!((found.path.as_str(), found.replayed), ("stages/1", json!(null)));
    }

    #[test]
    fn a_long_value_is_shown_by_its_beginning() {
        let long = json!("a".repeat(1000));
        let found = values("x", &long, &json!(1)).expect("a difference");
        assert_eq!(found.stored.as_str().map(str::len), Some(LONGEST_SHOWN + 3));
    }
}
