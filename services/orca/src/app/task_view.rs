//! An orchestration as `GET /tasks/{id}` shows it: upstream's `OrchestrationViewModel`.

use gennaker_wire::{Execution, Object};
use serde_json::{Value, json};

/// The task of an orchestration. Its variables are the fields of all its stages' contexts: a later one replaces an earlier one of its
/// name, unless it is empty and that one is not.
pub(crate) fn of(execution: &Execution) -> Value {
    let mut variables = Object::new();
    for (key, value) in execution.stages.iter().flat_map(|stage| &stage.context) {
        if !is_empty(value) || variables.get(key).is_none_or(is_empty) {
            variables.insert(key.clone(), value.clone());
        }
    }
    let variables: Vec<Value> =
        variables.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let steps: Vec<_> = execution.stages.iter().flat_map(|stage| &stage.tasks).collect();
    json!({
        "id": execution.id,
        "name": execution.description,
        "application": execution.application,
        "status": execution.status,
        "buildTime": execution.build_time,
        "startTime": execution.start_time,
        "endTime": execution.end_time,
        "variables": variables,
        "steps": steps,
        "execution": execution,
    })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_does_not_hide_an_earlier_one() {
        let stages = json!([
            {"id": "1", "context": {"a": "x", "b": [], "c": 1}},
            {"id": "2", "context": {"a": "", "b": [2], "c": 0}},
        ]);
        let execution: Execution =
            serde_json::from_value(json!({ "id": "e", "stages": stages })).expect("an execution");
        let variables = json!([{"key": "a", "value": "x"}, {"key": "b", "value": [2]}, {"key": "c", "value": 0}]);
        assert_eq!(of(&execution)["variables"], variables);
    }
}
