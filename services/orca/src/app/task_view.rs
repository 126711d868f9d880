//! An orchestration as `GET /tasks/{id}` shows it: upstream's `OrchestrationViewModel`.

use gennaker_wire::{Execution, Object};
use serde_json::{Value, json};

/// The task of an orchestration. Its variables are the fields of all its stages' contexts.
pub(crate) fn of(execution: &Execution) -> Value {
    let mut variables = Object::new();
    for stage in &execution.stages {
        variables.extend(stage.context.clone());
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
