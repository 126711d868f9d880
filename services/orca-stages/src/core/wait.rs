//! `wait`: lets `waitTime` seconds pass.
//!
//! Upstream: `WaitStage`, `WaitTask`. The wait can be cut short by `skipRemainingWait: true` in the stage's context, as the
//! web UI does.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};

use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

/// Upstream's class, which other stages wait with, too.
pub(crate) const TASK: &str = "com.netflix.spinnaker.orca.pipeline.tasks.WaitTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(WaitStage);
    catalogue.add_task(WaitTask);
}

struct WaitStage;

#[async_trait]
impl StageDefinition for WaitStage {
    fn kind(&self) -> &'static str {
        "wait"
    }

    fn schema(&self) -> Schema {
        Schema::of("Lets some time pass.")
            .with(Field::number("waitTime", "How long, in seconds.").default(0))
            .with(Field::text("skipWaitText", "What a person is asked before the rest of the time is skipped."))
            .with(Field::flag("skipRemainingWait", "Ends the wait at once: set while it runs.").default(false))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        match wait_time(context) {
            Ok(_) => Vec::new(),
            Err(problem) => vec![problem],
        }
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("wait", TASK)], ..Composition::default() })
    }
}

struct WaitTask;

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        None
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let wait = wait_time(settings).map_err(TaskError::invalid)?;
        // Counted from the stage's start, pauses included; where a loop comes back to it, from its own.
        let is_again = settings.integer("startTime") == Some(0);
        let began = context.view.stage.start_time.filter(|_| !is_again).unwrap_or(context.started);
        let due = began.after(wait);
        if context.now >= due || settings.boolean("skipRemainingWait") == Some(true) {
            return Ok(TaskResult::succeeded());
        }
        Ok(TaskResult::running(Next::At(due)))
    }
}

/// The wait in the settings; without one there is nothing to wait for.
fn wait_time(context: &Object) -> Result<Duration, String> {
    match context.get("waitTime") {
        None | Some(serde_json::Value::Null) => Ok(Duration::ZERO),
        Some(value) => match context.number("waitTime") {
            Some(seconds) if seconds >= 0.0 => Duration::try_from_secs_f64(seconds)
                .map_err(|_| format!("waitTime is too long: {value} seconds; write a smaller number")),
            _ => Err(format!("waitTime is a number of seconds, not {value}")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn wait_times_are_read_leniently_and_refused_clearly() {
        let wait = |value: serde_json::Value| wait_time(json!({ "waitTime": value }).as_object().expect("an object"));
        assert_eq!(wait(json!(2)), Ok(Duration::from_secs(2)));
        assert_eq!(wait(json!("2")), Ok(Duration::from_secs(2)));
        assert_eq!(wait(json!(null)), Ok(Duration::ZERO));
        assert!(wait(json!(-1)).is_err());
        assert!(wait(json!(1e300)).is_err());
        assert_eq!(wait(json!("soon")), Err("waitTime is a number of seconds, not \"soon\"".to_owned()));
    }
}
