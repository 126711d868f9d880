//! `waitUntil`: lets the time pass until `epochMillis`, a point of time in milliseconds since 1970; without one it is over at once.
//!
//! `startTime` in its context says when it was looked at first, as clients of upstream see it. Upstream: `WaitUntilStage`,
//! `WaitUntilTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.WaitUntilTask";
/// Upstream's limit in milliseconds: almost 25 days.
const LIMIT: u64 = 2_147_483_647;

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(WaitUntilStage);
    catalogue.add_task(WaitUntilTask);
}

struct WaitUntilStage;

#[async_trait]
impl StageDefinition for WaitUntilStage {
    fn kind(&self) -> &'static str {
        "waitUntil"
    }

    fn schema(&self) -> Schema {
        let description = "The point of time, in milliseconds since 1970; without it the stage is over at once.";
        Schema::of("Lets the time pass until a point of time.").with(Field::integer("epochMillis", description))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        due(context).err().into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("waitUntil", TASK)], ..Composition::default() })
    }
}

struct WaitUntilTask;

#[async_trait]
impl Task for WaitUntilTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_millis(LIMIT))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        step(context.view.context(), context.now).map_err(TaskError::invalid)
    }
}

fn step(settings: &Object, now: Timestamp) -> Result<TaskResult, String> {
    let Some(due) = due(settings)? else { return Ok(TaskResult::succeeded()) };
    let result = if due <= now { TaskResult::succeeded() } else { TaskResult::running(Next::At(due)) };
    let is_first = settings.get("startTime").is_none_or(Value::is_null);
    Ok(if is_first { result.with_context("startTime", now.millis()) } else { result })
}

/// The point of time in the settings.
fn due(context: &Object) -> Result<Option<Timestamp>, String> {
    match context.get("epochMillis") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match context.integer("epochMillis") {
            Some(millis) => Ok(Some(Timestamp::from_millis(millis))),
            None => Err(format!("epochMillis is a whole number of milliseconds since 1970, not {value}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_wire::Status;
    use serde_json::json;

    #[test]
    fn it_waits_until_its_time_and_keeps_when_it_was_first_looked_at() {
        let at = |settings: Value, now: i64| {
            let settings = settings.as_object().cloned().expect("an object");
            step(&settings, Timestamp::from_millis(now))
        };
        let first = at(json!({"epochMillis": 2000}), 500).expect("a result");
        assert_eq!((first.status, first.next), (Status::Running, Next::At(Timestamp::from_millis(2000))));
        assert_eq!(first.context["startTime"], 500);
        let again = at(json!({"epochMillis": "2000", "startTime": 500}), 1999).expect("a result");
        assert_eq!((again.status, again.context.len()), (Status::Running, 0));
        let over = at(json!({"epochMillis": 2000, "startTime": 500}), 2000).expect("a result");
        assert_eq!((over.status, over.context.len()), (Status::Succeeded, 0));
        assert_eq!(at(json!({"epochMillis": 1}), 5).expect("a result").context["startTime"], 5, "past already");
        assert_eq!(at(json!({}), 5), Ok(TaskResult::succeeded()));
        assert!(at(json!({"epochMillis": "soon"}), 5).is_err_and(|problem| problem.contains("\"soon\"")));
    }
}
