//! Executions without their bulk, for lists: `expand=false`.

use gennaker_wire::{Execution, Object};
use serde_json::Value;

/// Leaves out what upstream leaves out: the stages' contexts (but for `group`, which the web UI collapses stages by), outputs and tasks,
/// and the stages of the executions that triggered this one.
pub(crate) fn unexpand(execution: &mut Execution) {
    clear_parents(&mut execution.trigger);
    for stage in &mut execution.stages {
        stage.context.retain(|field, _| field == "group");
        stage.outputs = Object::new();
        stage.tasks.clear();
    }
}

/// The execution that a trigger of the type `pipeline` holds is whole, and may have such a trigger in turn.
fn clear_parents(trigger: &mut Object) {
    let is_pipeline = |trigger: &Object| {
        trigger.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("pipeline"))
    };
    let mut trigger = trigger;
    while is_pipeline(trigger) {
        let Some(Value::Object(parent)) = trigger.get_mut("parentExecution") else { return };
        if let Some(stages) = parent.get_mut("stages") {
            *stages = Value::Array(Vec::new());
        }
        let Some(Value::Object(next)) = parent.get_mut("trigger") else { return };
        trigger = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_bulk_of_stages_and_parents_is_left_out() {
        let parent =
            json!({"id": "p", "stages": [1], "trigger": {"type": "Pipeline", "parentExecution": {"stages": [2]}}});
        let mut execution: Execution = serde_json::from_value(json!({
            "id": "e",
            "trigger": {"type": "pipeline", "parentExecution": parent},
            "stages": [{"id": "s", "context": {"a": 1, "group": "g"}, "outputs": {"b": 2}, "tasks": [{"id": "1"}]}],
        }))
        .expect("an execution");
        unexpand(&mut execution);
        let stage = &execution.stages[0];
        assert_eq!(Value::Object(stage.context.clone()), json!({"group": "g"}));
        assert!(stage.outputs.is_empty() && stage.tasks.is_empty());
        let parent = &execution.trigger["parentExecution"];
        assert_eq!((&parent["id"], &parent["stages"]), (&json!("p"), &json!([])));
        assert_eq!(parent["trigger"]["parentExecution"]["stages"], json!([]));
    }
}
