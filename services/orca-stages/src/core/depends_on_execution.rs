//! `dependsOnExecution`: waits for another execution, and goes on only if that succeeded.
//!
//! `{"executionType": "pipeline" | "orchestration", "executionId": "..."}`. If the other one ended in any other way this stage is
//! cancelled, with the `reason` in its context. Upstream: `DependsOnExecutionStage`, `DependsOnExecutionTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Status};

use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.DependsOnExecutionTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DependsOnExecutionStage);
    catalogue.add_task(DependsOnExecutionTask);
}

struct DependsOnExecutionStage;

#[async_trait]
impl StageDefinition for DependsOnExecutionStage {
    fn kind(&self) -> &'static str {
        "dependsOnExecution"
    }

    fn schema(&self) -> Schema {
        Schema::of("Waits for another execution, and goes on only if that succeeded.")
            .with(Field::text("executionId", "The id of the other execution.").required())
            .with(
                Field::text("executionType", "What the other execution is.")
                    .one_of(&["pipeline", "orchestration"])
                    .required(),
            )
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        other(context).err().into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("dependsOnExecution", TASK)], ..Composition::default() })
    }
}

struct DependsOnExecutionTask;

#[async_trait]
impl Task for DependsOnExecutionTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(2 * 3600))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(10)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let other = other(context.view.context()).map_err(TaskError::invalid)?;
        let (orca, caller) = (&context.clients.orca, &context.caller);
        let status = match &other {
            Other::Pipeline(id) => orca.execution(caller, id).await.map(|execution| execution.status),
            Other::Orchestration(id) => orca.task_status(caller, id).await,
        };
        match status {
            Ok(status) => Ok(after(status)),
            Err(error) if error.kind() == Kind::NotFound => {
                let (Other::Pipeline(id) | Other::Orchestration(id)) = other;
                let problem = format!("there is no execution {id}: name one that orca has");
                Ok(TaskResult::ended(Status::Terminal).with_context("error", problem))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What the other execution's status means for this one.
fn after(status: Status) -> TaskResult {
    if status.is_successful() {
        TaskResult::succeeded()
    } else if status.is_complete() {
        let reason = format!("the execution that this one depends on ended as {status}");
        TaskResult::ended(Status::Canceled).with_context("reason", reason)
    } else {
        TaskResult::running(Next::Soon)
    }
}

/// The execution that is waited for.
enum Other {
    Pipeline(String),
    Orchestration(String),
}

fn other(context: &Object) -> Result<Other, String> {
    let id = context.text("executionId").filter(|id| !id.is_empty());
    let id = id.ok_or("executionId is missing: name the execution to wait for")?;
    let kind = context.text("executionType").unwrap_or_default();
    match kind.to_ascii_lowercase().as_str() {
        "pipeline" => Ok(Other::Pipeline(id)),
        "orchestration" => Ok(Other::Orchestration(id)),
        _ => Err(format!("executionType is pipeline or orchestration, not {kind:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn only_a_success_lets_it_go_on() {
        assert_eq!(after(Status::Succeeded), TaskResult::succeeded());
        assert_eq!(after(Status::NotStarted).status, Status::Running);
        assert_eq!(after(Status::Paused).status, Status::Running);
        let ended = after(Status::Terminal);
        assert_eq!(ended.status, Status::Canceled);
        assert!(ended.context["reason"].as_str().is_some_and(|reason| reason.ends_with("TERMINAL")));
    }

    #[test]
    fn the_other_execution_is_named_whole() {
        let other = |settings: Value| other(settings.as_object().expect("an object"));
        let found = other(json!({"executionType": "PIPELINE", "executionId": "E"}));
        assert!(matches!(found, Ok(Other::Pipeline(id)) if id == "E"));
        let found = other(json!({"executionType": "orchestration", "executionId": "E"}));
        assert!(matches!(found, Ok(Other::Orchestration(_))));
        assert!(other(json!({"executionType": "pipeline"})).is_err_and(|problem| problem.starts_with("executionId")));
        assert!(other(json!({"executionId": "E"})).is_err_and(|problem| problem.starts_with("executionType")));
    }
}
