//! Has clouddriver look at what a stage has changed, so that the views that follow show it.

use async_trait::async_trait;
use gennaker_wire::Object;
use serde_json::Value;

use crate::{Task, TaskContext, TaskError, TaskResult, server_group::settings::provider};

/// Has clouddriver look at things of one kind.
pub(super) struct RefreshTask {
    /// The class.
    pub(super) class: &'static str,
    /// The kind, for example `LoadBalancer`.
    pub(super) kind: &'static str,
    /// The things, by the stage's settings.
    pub(super) targets: fn(&Object) -> Vec<Value>,
}

#[async_trait]
impl Task for RefreshTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let provider = provider(settings);
        for target in (self.targets)(settings) {
            context.clients.clouddriver.refresh(&context.caller, &provider, self.kind, &target).await?;
        }
        Ok(TaskResult::succeeded())
    }
}
