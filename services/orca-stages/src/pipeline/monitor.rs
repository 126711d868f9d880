//! `monitorPipeline`: waits for the child of a `pipeline` stage.
//!
//! The stage's context gets the child's `status`. Once the child is over, the outputs of its stages become outputs of the stage; where
//! several stages put out lists under one name they are joined, otherwise the later stage's value counts.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::{Execution, Object, ObjectExt, Status};
use serde_json::Value;

use super::{EXECUTION_ID, MONITOR, failure, keeps_outputs};
use crate::{Next, Task, TaskContext, TaskError, TaskResult};

pub(super) struct MonitorPipelineTask;

#[async_trait]
impl Task for MonitorPipelineTask {
    fn class(&self) -> &'static str {
        MONITOR
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(12 * 3600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let Some(id) = settings.text(EXECUTION_ID).filter(|id| !id.is_empty()) else {
            let exception = failure::appended(settings, "no pipeline execution ids to monitor");
            return Ok(TaskResult::ended(Status::Terminal).with_context("exception", exception));
        };
        let child = context.clients.orca.outcome(&context.caller, &id).await?;
        if !child.status.is_complete() {
            return Ok(TaskResult::running(Next::Soon).with_context("status", child.status.name()));
        }
        let mut result = of(&child, settings);
        if result.status == Status::Succeeded && keeps_outputs(&context.view) {
            result.outputs.clear();
        }
        Ok(result)
    }
}

/// What a child that is over makes of the task.
fn of(child: &Execution, settings: &Object) -> TaskResult {
    let status = match child.status {
        Status::Succeeded => Status::Succeeded,
        Status::Terminal | Status::Stopped => Status::Terminal,
        _ => Status::Canceled,
    };
    let result = TaskResult { outputs: outputs(child), ..TaskResult::ended(status) };
    let result = result.with_context("status", child.status.name());
    match status {
        Status::Terminal => result.with_context("exception", failure::of_child(child)),
        Status::Canceled => {
            let exception = failure::appended(settings, "At least one monitored pipeline was cancelled");
            result.with_context("exception", exception)
        }
        _ => result,
    }
}

/// The outputs of the child's own stages in their order: upstream's `PipelineExecutionImpl.getContext`.
fn outputs(child: &Execution) -> Object {
    let mut outputs = Object::new();
    for stage in failure::in_order(child).into_iter().filter(|stage| stage.parent_stage_id.is_none()) {
        for (name, value) in &stage.outputs {
            match (outputs.get_mut(name), value) {
                (Some(Value::Array(known)), Value::Array(more)) => {
                    let mut joined: Vec<Value> = Vec::new();
                    for item in known.drain(..).chain(more.iter().cloned()) {
                        if !joined.contains(&item) {
                            joined.push(item);
                        }
                    }
                    *known = joined;
                }
                _ => {
                    outputs.insert(name.clone(), value.clone());
                }
            }
        }
    }
    outputs
}

#[cfg(test)]
mod tests {
    use gennaker_wire::Stage;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn child(status: Status, stages: Vec<Stage>) -> Execution {
        Execution { id: "01C".into(), name: Some("child".into()), status, stages, ..Execution::default() }
    }

    fn stage(ref_id: &str, after: &[&str], outputs: Value) -> Stage {
        Stage {
            id: format!("id {ref_id}"),
            ref_id: Some(ref_id.into()),
            requisite_stage_ref_ids: after.iter().map(|id| (*id).to_owned()).collect(),
            outputs: object(outputs),
            ..Stage::default()
        }
    }

    #[test]
    fn outputs_are_those_of_all_stages_and_lists_are_joined() {
        // The stage that comes later stands first.
        let child = child(
            Status::Succeeded,
            vec![
                stage("2", &["1"], json!({"a": 2, "l": [2, 3]})),
                stage("1", &[], json!({"a": 1, "b": 1, "l": [1, 2]})),
            ],
        );
        let result = of(&child, &Object::new());
        assert_eq!(result.status, Status::Succeeded);
        assert_eq!(Value::Object(result.outputs), json!({"a": 2, "b": 1, "l": [1, 2, 3]}));
        assert_eq!(Value::Object(result.context), json!({"status": "SUCCEEDED"}));
    }

    #[test]
    fn a_cancelled_child_cancels_the_stage_and_a_failed_one_fails_it() {
        let canceled = of(&child(Status::Canceled, Vec::new()), &Object::new());
        assert_eq!(canceled.status, Status::Canceled);
        assert_eq!(
            Value::Object(canceled.context),
            json!({
                "status": "CANCELED",
                "exception": {"details": {"errors": ["At least one monitored pipeline was cancelled"]}},
            })
        );
        let failed = of(&child(Status::Terminal, Vec::new()), &Object::new());
        assert_eq!(failed.status, Status::Terminal);
        assert_eq!(failed.context["exception"], json!({"source": {"stageIndex": 0}, "details": {"errors": []}}));
    }
}
