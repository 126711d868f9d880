//! An answer that shows an execution while it runs may show it a moment later than the recorded one did.
//!
//! What stood there in the end is accepted too, place by place, and so is that something which changed until then has only
//! begun. An execution that only waits looks the same at any moment, so that nothing is lost by that.

use serde_json::{Map, Value};

use super::agree::Agreement;

/// The recorded execution, with what stood there in the end wherever ours has that already.
pub(super) fn caught_up(expected: &Value, end: &Value, got: &Value, agreement: &mut Agreement) -> Value {
    if agreement.settle(end, got.clone()) == *end {
        return end.clone();
    }
    match (expected, end, got) {
        (Value::Object(expected), Value::Object(end), Value::Object(got)) => {
            Value::Object(fields_caught_up(expected, end, got, agreement))
        }
        (Value::Array(expected), Value::Array(end), Value::Array(got)) if got.len() >= expected.len() => {
            let items = got.iter().enumerate().filter_map(|(index, got)| {
                let end = end.get(index);
                let expected = expected.get(index).or(end)?;
                Some(caught_up(expected, end.unwrap_or(expected), got, agreement))
            });
            items.collect()
        }
        _ if expected != end && has_begun(got) => got.clone(),
        _ => expected.clone(),
    }
}

fn fields_caught_up(
    expected: &Map<String, Value>,
    end: &Map<String, Value>,
    got: &Map<String, Value>,
    agreement: &mut Agreement,
) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, recorded) in expected {
        match (end.get(name), got.get(name)) {
            (None, None) => {}
            (end, Some(got)) => {
                fields.insert(name.clone(), caught_up(recorded, end.unwrap_or(recorded), got, agreement));
            }
            (Some(_), None) => {
                fields.insert(name.clone(), recorded.clone());
            }
        }
    }
    for (name, got) in got.iter().filter(|(name, _)| !expected.contains_key(*name)) {
        // A thing that was not there yet: what there is of it must be what it became.
        if let Some(end) = end.get(name) {
            let begun = match (end, got) {
                (Value::Object(end), Value::Object(got)) => {
                    Value::Object(fields_caught_up(&Map::new(), end, got, agreement))
                }
                _ => caught_up(end, end, got, agreement),
            };
            fields.insert(name.clone(), begun);
        }
    }
    fields
}

/// Whether it is the status of something that is under way.
fn has_begun(got: &Value) -> bool {
    got == "RUNNING"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accepted(got: Value) -> bool {
        let task = |status: &str| json!({"id": "1", "status": status, "startTime": "<time>"});
        let expected = json!({"status": "RUNNING", "kind": "a", "tasks": [task("RUNNING")], "later": "NOT_STARTED"});
        let mut ended = task("SUCCEEDED");
        ended["endTime"] = "<time>".into();
        let end = json!({"status": "SUCCEEDED", "kind": "a", "tasks": [ended], "later": "SUCCEEDED", "more": {"a": 1, "b": 2}});
        let mut agreement = Agreement::default();
        let expected = caught_up(&expected, &end, &got, &mut agreement);
        agreement.settle(&expected, got) == expected
    }

    #[test]
    fn the_end_is_accepted_and_everything_on_the_way_there() {
        let now = 1_787_000_000_000_i64;
        let running = json!({"id": "1", "status": "RUNNING", "startTime": now});
        let done = json!({"id": "1", "status": "SUCCEEDED", "startTime": now, "endTime": now});
        for (tasks, later, more) in [
            (json!([running]), "NOT_STARTED", None),
            (json!([done]), "NOT_STARTED", None),
            (json!([done]), "RUNNING", None),
            (json!([done]), "SUCCEEDED", Some(json!({"a": 1}))),
            (json!([done]), "SUCCEEDED", Some(json!({"a": 1, "b": 2}))),
        ] {
            let mut got = json!({"status": "RUNNING", "kind": "a", "tasks": tasks, "later": later});
            if let Some(more) = more {
                got["more"] = more;
            }
            assert!(accepted(got.clone()), "{got}");
        }
    }

    #[test]
    fn what_never_was_is_not() {
        let now = 1_787_000_000_000_i64;
        let task = json!({"id": "1", "status": "SUCCEEDED", "startTime": now, "endTime": now});
        let good = json!({"status": "RUNNING", "kind": "a", "tasks": [task], "later": "NOT_STARTED"});
        assert!(accepted(good.clone()));
        for (pointer, wrong) in [
            ("/status", json!("TERMINAL")),
            ("/kind", json!("b")),
            ("/tasks", json!([])),
            ("/tasks/0/status", json!("STOPPED")),
        ] {
            let mut got = good.clone();
            *got.pointer_mut(pointer).unwrap() = wrong;
            assert!(!accepted(got.clone()), "{got}");
        }
        let mut got = good;
        got["more"] = json!({"a": 2});
        assert!(!accepted(got));
    }
}
