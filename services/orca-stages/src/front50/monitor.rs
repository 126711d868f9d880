//! `MonitorFront50Task`: waits until front50 shows what was saved.
//!
//! It looks for the pipeline in the context's `pipeline.id`, as often as `tasks.monitorFront50Task.successThreshold` says, a second
//! apart, and is content once it was changed after the stage began, less `gracePeriodMs`. By default it does not look: front50 shows
//! what it has answered. Upstream: `MonitorFront50Task`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::ObjectExt;

use crate::{Catalogue, MonitorFront50Options, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const TASK: &str = "com.netflix.spinnaker.orca.front50.tasks.MonitorFront50Task";
/// Between two looks at what is shown already.
const APART: Duration = Duration::from_secs(1);
/// How often it was shown, in the context.
const SEEN: &str = "front50.seen";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue, options: &MonitorFront50Options) {
    catalogue.add_task(MonitorFront50Task { options: *options });
}

/// The task under a name.
pub(super) fn task(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, TASK)
}

struct MonitorFront50Task {
    options: MonitorFront50Options,
}

#[async_trait]
impl Task for MonitorFront50Task {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(90))
    }

    /// Without a threshold it asks nobody.
    fn is_pure(&self) -> bool {
        self.options.success_threshold == 0
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let wanted = i64::from(self.options.success_threshold);
        let Some(id) = settings.text("pipeline.id").filter(|id| wanted > 0 && !id.is_empty()) else {
            return Ok(TaskResult::succeeded());
        };
        // Whatever keeps it from looking, it looks again until its time is over.
        let shown = context.clients.front50.pipeline_config(&context.caller, &id).await;
        let changed =
            shown.ok().flatten().and_then(|shown| shown.integer("updateTs").or_else(|| shown.integer("lastModified")));
        let began = context.view.stage.start_time.map_or(0, |began| began.millis());
        let grace = i64::try_from(self.options.grace_period_ms).unwrap_or(i64::MAX);
        if changed.is_none_or(|changed| changed < began.saturating_sub(grace)) {
            return Ok(TaskResult::running(Next::Soon).with_context(SEEN, 0));
        }
        let seen = settings.integer(SEEN).unwrap_or(0) + 1;
        if seen < wanted {
            return Ok(TaskResult::running(Next::At(context.now.after(APART))).with_context(SEEN, seen));
        }
        Ok(TaskResult::succeeded())
    }
}
