//! The order of starts and ends, as far as one follows from another.
//!
//! Recorded is one line for each start and end, `stage <stage:1> start` or `task <stage:1>/2:wait end:SUCCEEDED`, in the
//! order in which they were observed. It binds only what belongs together: a stage and its tasks, a stage and those it
//! requires, a stage and its parent. What runs beside each other may come in any order.

use serde_json::{Value, json};

use crate::compare::Difference;

/// A start or an end.
struct Event<'a> {
    line: &'a str,
    /// The symbol of the stage that it is of.
    stage: &'a str,
    /// The task's id, if it is of a task.
    task: Option<&'a str>,
    /// `startTime` or `endTime`.
    field: &'static str,
}

impl<'a> Event<'a> {
    fn parse(line: &'a str) -> Option<Event<'a>> {
        let (thing, what) = line.rsplit_once(' ')?;
        let field = if what == "start" { "startTime" } else { "endTime" };
        if let Some(stage) = thing.strip_prefix("stage ") {
            return Some(Event { line, stage, task: None, field });
        }
        let thing = thing.strip_prefix("task ")?;
        let end = thing.rfind(">/")?;
        let (task, _) = thing[end + 2..].split_once(':')?;
        Some(Event { line, stage: &thing[..=end], task: Some(task), field })
    }

    /// When it was, in an execution of ours.
    fn time(&self, execution: &Value) -> Option<i64> {
        let stage = stage(execution, self.stage)?;
        let thing = match self.task {
            None => stage,
            Some(id) => stage["tasks"].as_array()?.iter().find(|task| task["id"] == id)?,
        };
        thing[self.field].as_i64()
    }
}

/// The first pair of an execution of ours that is not in the recorded order.
pub(super) fn first_difference(order: &[String], expected: &Value, got: &Value) -> Option<Difference> {
    let events: Vec<Event<'_>> = order.iter().filter_map(|line| Event::parse(line)).collect();
    events.iter().enumerate().find_map(|(index, first)| {
        let then = first.time(got)?;
        events[index + 1..].iter().find_map(|second| {
            let late = second.time(got)?;
            if late >= then || !belong_together(expected, first.stage, second.stage) {
                return None;
            }
            Some(Difference {
                pointer: "/order".to_owned(),
                expected: Some(json!(format!("{} before {}", first.line, second.line))),
                got: Some(json!(format!("{} ms after it", then - late))),
            })
        })
    })
}

fn belong_together(execution: &Value, one: &str, other: &str) -> bool {
    let bound = |one: &str, other: &str| {
        let (Some(first), Some(second)) = (stage(execution, one), stage(execution, other)) else { return false };
        let required = second["requisiteStageRefIds"].as_array().into_iter().flatten();
        second["parentStageId"] == one || required.into_iter().any(|reference| *reference == first["refId"])
    };
    one == other || bound(one, other) || bound(other, one)
}

fn stage<'a>(execution: &'a Value, id: &str) -> Option<&'a Value> {
    execution["stages"].as_array()?.iter().find(|stage| stage["id"] == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn execution(times: [(i64, i64); 3]) -> Value {
        let stage = |id: &str, requires: &[&str], (start, end): (i64, i64)| {
            json!({
                "id": format!("<stage:{id}>"), "refId": id, "requisiteStageRefIds": requires,
                "startTime": start, "endTime": end,
                "tasks": [{"id": "1", "startTime": start, "endTime": end}],
            })
        };
        json!({"stages": [stage("1", &[], times[0]), stage("2", &["1"], times[1]), stage("3", &[], times[2])]})
    }

    fn order() -> Vec<String> {
        let lines = [
            "stage <stage:1> start",
            "task <stage:1>/1:wait start",
            "stage <stage:1> end:SUCCEEDED",
            "stage <stage:2> start",
            "stage <stage:2> end:SUCCEEDED",
            "stage <stage:3> start",
        ];
        lines.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn only_what_belongs_together_is_bound() {
        let expected = execution([(1, 2), (3, 4), (5, 6)]);
        let beside = execution([(10, 20), (20, 30), (1, 40)]);
        assert_eq!(first_difference(&order(), &expected, &beside), None);
        let early = execution([(10, 20), (19, 30), (20, 40)]);
        let difference = first_difference(&order(), &expected, &early).unwrap();
        assert_eq!(
            difference.to_string(),
            "at /order expected \"stage <stage:1> end:SUCCEEDED before stage <stage:2> start\", got \"1 ms after it\""
        );
    }

    #[test]
    fn a_task_is_found_by_its_id() {
        let event = Event::parse("task <stage:2/1<1>/3:monitor/it end:TERMINAL").unwrap();
        assert_eq!((event.stage, event.task, event.field), ("<stage:2/1<1>", Some("3"), "endTime"));
    }
}
