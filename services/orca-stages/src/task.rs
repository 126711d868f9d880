//! A task: one step of work that the engine repeats until it is over.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::{Kind, Timestamp};
use gennaker_clients::{Caller, Clients};
use gennaker_wire::{Object, Status};
use http::Method;
use serde_json::Value;

use crate::StageView;

/// Evaluates what a task takes for an expression; the stage's own context is evaluated before a task sees it.
#[async_trait]
pub trait Evaluate: Send + Sync {
    /// The settings after their evaluation in what the stage knows. What has no value stays as it is, and stands in a summary under
    /// `expressionEvaluationSummary` (upstream's `ContextParameterProcessor.process`).
    async fn evaluate(&self, view: &StageView, caller: &Caller, settings: &Object) -> Object;
}

/// What a step is given.
pub struct TaskContext {
    /// The stage, its context evaluated.
    pub view: StageView,
    /// Evaluates further expressions.
    pub expressions: Arc<dyn Evaluate>,
    /// Who asks other services: the execution's user, with its fence. Give it to every call that changes something.
    pub caller: Caller,
    /// The other services.
    pub clients: Clients,
    /// The id of the one side effect that this task may have: the same over every repetition of the task, another after the
    /// stage is restarted.
    pub request_id: String,
    /// The present.
    pub now: Timestamp,
    /// When the task started.
    pub started: Timestamp,
}

/// When a task that is still running is looked at next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Soon, and less often the longer it takes: a tenth of the time since its start, between 50 ms and
    /// [`Task::longest_wait`].
    #[default]
    Soon,
    /// At that time, or when the stage is changed from outside.
    At(Timestamp),
    /// Only when the stage is changed from outside.
    OnChange,
}

/// What a step found out.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct TaskResult {
    /// Where the task stands now: `Running`, or how it ended.
    pub status: Status,
    /// Fields for the stage's context.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub context: Object,
    /// Fields for the stage's outputs, which later stages see.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub outputs: Object,
    /// When a running task is looked at next.
    #[serde(default)]
    pub next: Next,
    /// Why it failed, where findings are kept all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<TaskError>,
}

impl TaskResult {
    /// The task is over in this way.
    pub fn ended(status: Status) -> Self {
        TaskResult { status, ..TaskResult::default() }
    }

    /// The task has succeeded.
    pub fn succeeded() -> Self {
        TaskResult::ended(Status::Succeeded)
    }

    /// The task goes on.
    pub fn running(next: Next) -> Self {
        TaskResult { status: Status::Running, next, ..TaskResult::default() }
    }

    /// The task has failed for this reason; add to the context what is worth keeping.
    pub fn failed(error: TaskError) -> Self {
        TaskResult { error: Some(error), ..TaskResult::ended(Status::Terminal) }
    }

    /// Adds a field to the stage's context.
    pub fn with_context(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.context.insert(name.to_owned(), value.into());
        self
    }

    /// Adds a field to the stage's outputs.
    pub fn with_output(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.outputs.insert(name.to_owned(), value.into());
        self
    }
}

/// Why a step failed.
///
/// A transient failure is retried until the task's time is over; any other ends the task.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[error("{message}")]
pub struct TaskError {
    /// What can be done about it.
    pub kind: Kind,
    /// The type as upstream's clients see it, for example `UserException`.
    pub exception_type: String,
    /// What happened and what to do, for the person who reads the failed stage.
    pub message: String,
    /// Further lines for that person.
    #[serde(default)]
    pub details: Vec<String>,
    /// The call to another service that failed, if that is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<FailedCall>,
}

/// A call that another service answered with an error, as upstream's clients read it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FailedCall {
    /// The method.
    pub method: String,
    /// The status of the answer.
    pub status: u16,
}

impl TaskError {
    /// A failure that its author can mend.
    pub fn invalid(message: impl Into<String>) -> Self {
        TaskError::new(Kind::Invalid, "UserException", message)
    }

    /// A failure of that kind.
    pub fn new(kind: Kind, exception_type: &str, message: impl Into<String>) -> Self {
        TaskError {
            kind,
            exception_type: exception_type.to_owned(),
            message: message.into(),
            details: Vec::new(),
            call: None,
        }
    }

    /// A call of that method that another service refused.
    pub fn of_call(method: &Method, error: &gennaker_clients::Error) -> Self {
        let call = FailedCall { method: method.to_string(), status: error.status().as_u16() };
        TaskError { call: Some(call), ..TaskError::new(error.kind(), "SpinnakerHttpException", error.message()) }
    }
}

impl From<gennaker_clients::Error> for TaskError {
    fn from(error: gennaker_clients::Error) -> Self {
        TaskError::new(error.kind(), "SpinnakerHttpException", error.message())
    }
}

/// A task's work.
#[async_trait]
pub trait Task: Send + Sync + 'static {
    /// The key in the catalogue: upstream's class name.
    fn class(&self) -> &'static str;

    /// How long it may take in all; then it fails. `None` is forever. A stage's `stageTimeoutMs` goes before it.
    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(3600))
    }

    /// The longest wait between two looks: upstream's back-off period.
    fn longest_wait(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Whether its steps change nothing outside and ask nobody. Such a task may be stepped before it is recorded as running;
    /// what it found is then recorded together with its start.
    fn is_pure(&self) -> bool {
        false
    }

    /// Whether [`Task::on_cancel`] has something to do. What the stage has to do is [`crate::StageDefinition::cleans_up`].
    fn cleans_up(&self) -> bool {
        false
    }

    /// One step.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError>;

    /// What it makes of the end of its time, instead of failing with a time-out: a result that is `FailedContinue` or
    /// `Terminal`; `None` fails with the time-out (upstream's `Task.onTimeout`). It changes nothing outside.
    async fn on_timeout(&self, _context: &TaskContext) -> Result<Option<TaskResult>, TaskError> {
        Ok(None)
    }

    /// Undoes what it began, when its execution is cancelled while it runs; its findings go into the stage (upstream's
    /// `Task.onCancelWithResult`). A transient failure is tried again, so it has one side effect at most, under the context's
    /// request id.
    async fn on_cancel(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        Ok(TaskResult::ended(Status::Canceled))
    }
}

/// A task that looks at its stage alone: it changes nothing outside and asks nobody.
pub(crate) struct PureTask {
    /// The class.
    pub(crate) class: &'static str,
    /// Its step.
    pub(crate) step: fn(&TaskContext) -> Result<TaskResult, TaskError>,
}

#[async_trait]
impl Task for PureTask {
    fn class(&self) -> &'static str {
        self.class
    }

    fn is_pure(&self) -> bool {
        true
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        (self.step)(context)
    }
}
