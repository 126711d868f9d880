//! `waitForCondition`: holds a deployment back while conditions that operators have set apply to its cluster.
//!
//! `tasks.evaluateCondition`: `activeConditions` are names, `clusters` those that they apply to; with `skipWait` nobody waits. It looks
//! at once, and then waits at least `backoffWaitMs`. What applies stands in the outputs as `conditions`; with `status: SKIPPED` in its
//! context a person lets it go on.
//!
//! Upstream: `WaitForConditionStage`, `EvaluateConditionTask`, `ConfigurationBackedConditionSupplier`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::ObjectExt;
use serde_json::{Value, json};

use crate::{
    Catalogue, EvaluateConditionOptions, Field, Next, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::operation_stage::OperationStage,
};

const TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.conditions.EvaluateConditionTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue, options: &EvaluateConditionOptions) {
    catalogue.add_stage(
        OperationStage::new(
            "waitForCondition",
            || {
                Schema::of("Holds a deployment back while conditions apply to its cluster.")
                    .with(Field::text("cluster", "The cluster."))
                    .with(Field::text("region", "Its region."))
                    .with(Field::text("account", "Its account."))
                    .with(Field::text("status", "SKIPPED lets it go on.").one_of(&["WAITING", "SKIPPED", "ERROR"]))
            },
            || vec![TaskTemplate::new("waitForCondition", TASK)],
        )
        .leaving(&["status"]),
    );
    catalogue.add_task(EvaluateTask { options: options.clone() });
}

struct EvaluateTask {
    options: EvaluateConditionOptions,
}

impl EvaluateTask {
    /// The conditions that apply to the cluster.
    fn conditions(&self, cluster: &str) -> Vec<Value> {
        let applies = self.options.enabled && self.options.clusters.iter().any(|name| name == cluster);
        let active = self.options.active_conditions.iter().filter(|_| applies);
        let told =
            active.map(|name| json!({"name": name, "description": format!("Active condition applies to: {name}")}));
        told.collect()
    }
}

#[async_trait]
impl Task for EvaluateTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_millis(self.options.wait_timeout_ms))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let status = settings.text("status");
        let skipped = TaskResult::succeeded().with_context("status", "SKIPPED");
        if self.options.skip_wait || status.as_deref() == Some("SKIPPED") {
            return Ok(skipped);
        }
        let until = context.started.after(Duration::from_millis(self.options.backoff_wait_ms));
        if status.is_some() && context.now < until {
            return Ok(TaskResult::running(Next::At(until)));
        }
        let conditions = self.conditions(&settings.text("cluster").unwrap_or_default());
        if conditions.is_empty() {
            return Ok(skipped);
        }
        Ok(TaskResult::running(Next::Soon).with_context("status", "WAITING").with_output("conditions", conditions))
    }
}
