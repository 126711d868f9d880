//! `MonitorWebhookTask`: asks how what a webhook began stands, until it is over.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{ObjectExt, Status};

use super::{
    calls::{Calls, Failure, Purpose},
    create::retry_after,
    response::WEBHOOK,
    settings::Settings,
    verdict::Watched,
};
use crate::{Next, Task, TaskContext, TaskError, TaskResult};

/// Upstream's class.
pub(super) const TASK: &str = "com.netflix.spinnaker.orca.webhook.tasks.MonitorWebhookTask";

/// How often it is asked in the first minute, and after that.
const OFTEN: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(15);
const FIRST: Duration = Duration::from_secs(60);

/// Watches what a webhook began, and stops it when its execution is cancelled.
pub(super) struct MonitorWebhookTask {
    pub(super) calls: Arc<Calls>,
}

#[async_trait]
impl Task for MonitorWebhookTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn longest_wait(&self) -> Duration {
        SELDOM
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = Settings::read(context.view.context())?;
        require_endpoint(&settings)?;
        let known = context.view.context().object(WEBHOOK).cloned().unwrap_or_default();
        let retry_statuses = &self.calls.options.default_retry_status_codes;
        let watched = Watched { settings: &settings, known, retry_statuses };
        let (mut result, asked) = match self.calls.make(Purpose::Monitor, &settings, &context.into()).await {
            Ok(answer) => (watched.answered(&answer)?, retry_after(&answer, context.now)),
            Err(Failure::Call { error, .. }) => (watched.unanswered(&error), None),
            Err(Failure::Other(error)) if error.kind.is_transient() => return Err(error),
            Err(failure) => (watched.denied(&failure.into_error().message), None),
        };
        if result.status == Status::Running {
            let usual = if context.now.since(context.started) > FIRST { SELDOM } else { OFTEN };
            result.next = Next::At(context.now.after(asked.unwrap_or_default().max(usual)));
        }
        Ok(result)
    }

    async fn on_cancel(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        self.calls.cancel(&context.into()).await;
        Ok(TaskResult::ended(Status::Canceled))
    }
}

fn require_endpoint(settings: &Settings) -> Result<(), TaskError> {
    let blank = |url: &Option<String>| url.as_deref().is_none_or(|url| url.trim().is_empty());
    let problem = match settings.monitor_only {
        false if blank(&settings.status_endpoint) => {
            let endpoint = settings.status_endpoint.as_deref().unwrap_or("null");
            format!("Missing required parameter: statusEndpoint = {endpoint}")
        }
        true if blank(&settings.status_endpoint) && blank(&settings.url) => {
            "Missing required parameter. Either webhook url or statusEndpoint are required".to_owned()
        }
        _ => return Ok(()),
    };
    Err(TaskError::new(Kind::Invalid, "IllegalStateException", problem))
}
