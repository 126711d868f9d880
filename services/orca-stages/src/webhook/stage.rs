//! What the stages `webhook` and `preconfiguredWebhook` consist of. Upstream: `WebhookStage`, `PreconfiguredWebhookStage`.

use std::sync::Arc;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, Status};
use serde_json::Value;

use super::{calls::Calls, create, monitor, settings::Settings};
use crate::{
    CancelContext, ComposeContext, Composition, Field, Schema, StageDefinition, TaskError, TaskTemplate,
    artifacts::bind_produced_artifacts, core,
};

/// A stage whose author says what to call.
pub(super) struct WebhookStage {
    pub(super) calls: Arc<Calls>,
}

#[async_trait]
impl StageDefinition for WebhookStage {
    fn kind(&self) -> &'static str {
        "webhook"
    }

    fn schema(&self) -> Schema {
        Schema::of("Calls an address, and may wait until what it began there is over.")
            .with(Field::text("url", "What to call.").required())
            .with(Field::text("method", "How: an HTTP method.").default("POST"))
            .with(Field::any("payload", "The body: an object, a list or a text."))
            .with(Field::object("customHeaders", "Further headers: a text each, or a list of texts.", vec![]))
            .with(Field::list("failFastStatusCodes", "The statuses that fail the stage at once.", []))
            .with(Field::flag("waitForCompletion", "Whether it waits until what it began is over.").default(false))
            .with(
                Field::text(
                    "statusUrlResolution",
                    "Where the status is found: by a GET of the same address, in the header Location, \
                             or in the answer.",
                )
                .one_of(&["getMethod", "locationHeader", "webhookResponse"]),
            )
            .with(Field::text("statusUrlJsonPath", "Where the answer says the status's address."))
            .with(Field::text("statusJsonPath", "Where the status stands; without one, any success is the end."))
            .with(Field::text("progressJsonPath", "Where the progress stands."))
            .with(Field::text("successStatuses", "The statuses of success, separated by commas."))
            .with(Field::text("canceledStatuses", "Those of a cancellation."))
            .with(Field::text("terminalStatuses", "Those of a failure."))
            .with(Field::integer("waitBeforeMonitor", "How long it waits before it looks at the status, in seconds."))
            .with(Field::text("cancelEndpoint", "What to call when the stage is cancelled."))
            .with(Field::text("cancelMethod", "How.").default("POST"))
            .with(Field::any("cancelPayload", "With which body."))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        // What cannot be read is told with upstream's exception when the stage is composed.
        Settings::read(context).map(|settings| problems(&settings, &self.calls)).unwrap_or_default()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        compose(context.view.context(), None, &self.calls)
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        Ok(cancel(&self.calls, context).await)
    }
}

/// A stage that operators have prepared; its type is theirs, and it says `"alias": "preconfiguredWebhook"`.
pub(super) struct PreconfiguredWebhookStage {
    pub(super) calls: Arc<Calls>,
}

#[async_trait]
impl StageDefinition for PreconfiguredWebhookStage {
    fn kind(&self) -> &'static str {
        "preconfiguredWebhook"
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        // What matters is what the operators add to it.
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let kind = &context.view.stage.kind;
        let webhook = self.calls.preconfigured(kind).ok_or_else(|| {
            let message = format!("Could not find a stage named '{kind}'");
            TaskError::new(Kind::NotFound, "PreconfiguredWebhookNotFoundException", message)
        })?;
        if !webhook.is_allowed("WRITE", &context.caller.roles) {
            let message = format!("User '{}' is not allowed to execute stage named '{kind}'", context.caller.user);
            return Err(TaskError::new(Kind::Denied, "PreconfiguredWebhookUnauthorizedException", message));
        }
        let mut settings = context.view.context().clone();
        webhook.settle(&mut settings);
        let composition = compose(&settings, Some(settings.clone()), &self.calls)?;
        Ok(composition)
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        Ok(cancel(&self.calls, context).await)
    }
}

/// What is wrong with settings that can be read.
fn problems(settings: &Settings, calls: &Calls) -> Vec<String> {
    let mut problems = Vec::new();
    if calls.options.require_account && settings.account.as_deref().is_none_or(|account| account.trim().is_empty()) {
        problems.push("account is required".to_owned());
    }
    if settings.monitor_only && !settings.wait_for_completion {
        problems.push("Can't specify monitorOnly = true and waitForCompletion = false at the same time".to_owned());
    }
    problems
}

/// The tasks by the settings; `corrected` are those that the stage goes on with, if they are not its own.
fn compose(context: &Object, corrected: Option<Object>, calls: &Calls) -> Result<Composition, TaskError> {
    let settings = Settings::read(context)?;
    let problems = problems(&settings, calls);
    if !problems.is_empty() {
        return Err(TaskError::invalid(problems.join("; ")));
    }
    let mut corrected = corrected;
    let mut tasks = Vec::new();
    if !settings.monitor_only {
        tasks.push(TaskTemplate::new("createWebhook", create::TASK));
    }
    if settings.wait_for_completion {
        if settings.wait_before_monitor > 0 {
            if context.get("waitTime").is_none_or(Value::is_null) {
                let corrected = corrected.get_or_insert_with(|| context.clone());
                corrected.insert("waitTime".to_owned(), settings.wait_before_monitor.into());
            }
            tasks.push(TaskTemplate::new("waitBeforeMonitorWebhook", core::WAIT_TASK));
        }
        tasks.push(TaskTemplate::new("monitorWebhook", monitor::TASK));
    }
    if context.get("expectedArtifacts").is_some_and(|expected| !expected.is_null()) {
        tasks.push(bind_produced_artifacts());
    }
    Ok(Composition { context: corrected, tasks, ..Composition::default() })
}

/// Upstream cancels a webhook in two places: when its execution is cancelled while it is watched, which is the task's
/// part, and when its stage has failed, which is this.
async fn cancel(calls: &Calls, context: &CancelContext) -> Object {
    let tasks = &context.view.stage.tasks;
    if tasks.iter().any(|task| matches!(task.status, Status::Terminal | Status::Stopped)) {
        calls.cancel(&context.into()).await;
    }
    Object::new()
}
