//! An answer that shows an execution while it runs may show it at another moment than the recorded one did.
//!
//! What stood there in the end is accepted too, place by place, and so is that something which changed until then has only
//! begun, and that a stage's task has not written yet what it writes. What comes out in the end is compared all the same.

use serde_json::{Map, Value};

use crate::world::Agreement;

/// What tasks write into.
const WRITTEN: [&str; 2] = ["context", "outputs"];

/// Times that something has only once it has begun or ended.
const TIMES: [&str; 2] = ["startTime", "endTime"];

/// The moment of an answer.
pub(super) struct Moment<'a> {
    /// Which ids are which.
    pub(super) agreement: &'a mut Agreement,
    /// Whether the call restarts something: then what is recorded as over may be under way again, or not begun, although it
    /// was over in the end too.
    pub(super) restarted: bool,
}

impl Moment<'_> {
    /// The recorded execution, with what stood there in the end wherever ours has that already.
    pub(super) fn caught_up(&mut self, expected: &Value, end: &Value, got: &Value) -> Value {
        if self.is_at(end, got) {
            return end.clone();
        }
        match (expected, end, got) {
            (Value::Object(expected), Value::Object(end), Value::Object(got)) => {
                Value::Object(self.fields_caught_up(expected, end, got))
            }
            (Value::Array(expected), Value::Array(end), Value::Array(got))
                if self.restarted || got.len() >= expected.len() =>
            {
                let items =
                    got.iter().enumerate().filter_map(|(index, got)| match (expected.get(index), end.get(index)) {
                        (Some(expected), end) => Some(self.caught_up(expected, end.unwrap_or(expected), got)),
                        (None, end) => Some(self.begun(end?, got)),
                    });
                items.collect()
            }
            _ if (self.restarted || expected != end) && is_under_way(got) => got.clone(),
            _ => expected.clone(),
        }
    }

    /// Whether ours is what stood there in the end; only then it says which ids are which.
    fn is_at(&mut self, end: &Value, got: &Value) -> bool {
        let mut agreement = self.agreement.clone();
        let is_at = agreement.settle(end, got.clone()) == *end;
        if is_at {
            *self.agreement = agreement;
        }
        is_at
    }

    /// Something that was not there yet: what there is of it must be what it became.
    fn begun(&mut self, end: &Value, got: &Value) -> Value {
        match (end, got) {
            _ if self.is_at(end, got) => end.clone(),
            (Value::Object(end), Value::Object(got)) => {
                let there = got.iter().filter_map(|(name, got)| Some((name.clone(), self.begun(end.get(name)?, got))));
                Value::Object(there.collect())
            }
            (Value::Array(end), Value::Array(got)) => {
                end.iter().zip(got).map(|(end, got)| self.begun(end, got)).collect()
            }
            _ if is_under_way(got) => got.clone(),
            _ => end.clone(),
        }
    }

    fn fields_caught_up(
        &mut self,
        expected: &Map<String, Value>,
        end: &Map<String, Value>,
        got: &Map<String, Value>,
    ) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, recorded) in expected {
            match (end.get(name), got.get(name)) {
                (None, None) => {}
                (end, Some(got)) => {
                    let mut field = self.caught_up(recorded, end.unwrap_or(recorded), got);
                    if let (true, Value::Object(field)) = (WRITTEN.contains(&name.as_str()), &mut field) {
                        field.retain(|name, _| got.get(name).is_some());
                    }
                    fields.insert(name.clone(), field);
                }
                (Some(_), None) if TIMES.contains(&name.as_str()) && got.get("status").is_some_and(is_under_way) => {}
                (Some(_), None) => {
                    fields.insert(name.clone(), recorded.clone());
                }
            }
        }
        for (name, got) in got.iter().filter(|(name, _)| !expected.contains_key(*name)) {
            if let Some(end) = end.get(name) {
                fields.insert(name.clone(), self.begun(end, got));
            }
        }
        fields
    }
}

/// Whether it is the status of something that is not over.
fn is_under_way(got: &Value) -> bool {
    got == "RUNNING" || got == "NOT_STARTED"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn accepted(got: Value) -> bool {
        let task = |status: &str| json!({"id": "1", "status": status, "startTime": "<time>"});
        let expected =
            json!({"status": "RUNNING", "kind": "a", "tasks": [task("RUNNING")], "later": "NOT_STARTED", "others": []});
        let mut ended = task("SUCCEEDED");
        ended["endTime"] = "<time>".into();
        let end = json!({
            "status": "SUCCEEDED", "kind": "a", "tasks": [ended], "later": "SUCCEEDED", "others": [ended],
            "more": {"a": 1, "b": 2},
        });
        fits(&expected, &end, &got, false)
    }

    fn fits(expected: &Value, end: &Value, got: &Value, restarted: bool) -> bool {
        let mut agreement = Agreement::default();
        let expected = Moment { agreement: &mut agreement, restarted }.caught_up(expected, end, got);
        agreement.settle(&expected, got.clone()) == expected
    }

    #[test]
    fn what_is_restarted_may_be_under_way_again() {
        let now = 1_787_000_000_000_i64;
        let task = json!({"id": "1", "status": "SUCCEEDED", "startTime": "<time>", "endTime": "<time>"});
        let over = json!({"status": "SUCCEEDED", "startTime": "<time>", "endTime": "<time>", "tasks": [task]});
        let task = json!({"id": "1", "status": "RUNNING", "startTime": now});
        for got in [
            json!({"status": "RUNNING", "startTime": now, "tasks": [task]}),
            json!({"status": "NOT_STARTED", "tasks": []}),
        ] {
            assert!(fits(&over, &over, &got, true), "{got}");
            assert!(!fits(&over, &over, &got, false), "{got}");
        }
        let wrong = json!({"status": "TERMINAL", "startTime": now, "endTime": now, "tasks": []});
        assert!(!fits(&over, &over, &wrong, true));
    }

    #[test]
    fn the_end_is_accepted_and_everything_on_the_way_there() {
        let now = 1_787_000_000_000_i64;
        let running = json!({"id": "1", "status": "RUNNING", "startTime": now});
        let done = json!({"id": "1", "status": "SUCCEEDED", "startTime": now, "endTime": now});
        for (tasks, others, later, more) in [
            (json!([running]), json!([]), "NOT_STARTED", None),
            (json!([done]), json!([]), "NOT_STARTED", None),
            (json!([done]), json!([running]), "RUNNING", None),
            (json!([done]), json!([done]), "SUCCEEDED", Some(json!({"a": 1}))),
            (json!([done]), json!([done]), "SUCCEEDED", Some(json!({"a": 1, "b": 2}))),
        ] {
            let mut got = json!({"status": "RUNNING", "kind": "a", "tasks": tasks, "later": later, "others": others});
            if let Some(more) = more {
                got["more"] = more;
            }
            assert!(accepted(got.clone()), "{got}");
        }
    }

    #[test]
    fn what_a_task_writes_may_come_later() {
        let recorded = json!({"status": "RUNNING", "context": {"given": 1, "written": []}});
        for (got, good) in [
            (json!({"status": "RUNNING", "context": {"given": 1}}), true),
            (json!({"status": "RUNNING", "context": {"given": 2}}), false),
            (json!({"context": {"given": 1}}), false),
        ] {
            assert_eq!(fits(&recorded, &recorded, &got, false), good, "{got}");
        }
    }

    #[test]
    fn what_never_was_is_not() {
        let now = 1_787_000_000_000_i64;
        let task = json!({"id": "1", "status": "SUCCEEDED", "startTime": now, "endTime": now});
        let good = json!({"status": "RUNNING", "kind": "a", "tasks": [task], "later": "NOT_STARTED", "others": []});
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
