//! Running one atomic operation: what the provider is given, and what it answers.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, Operation};
use serde_json::Value;

/// The result of a provider's work.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What a caller can do about it; `Unavailable` and `Timeout` make the task retryable.
    pub kind: Kind,
    /// What happened and what to do, for the person who reads the failed stage.
    pub message: String,
    /// More for that person, for example a failing process's last log lines.
    pub details: Option<String>,
}

/// What a provider has none of that plans nothing.
pub(crate) const UNPLANNED: &str = "plans of operations";

impl Error {
    /// An error of `kind`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), details: None }
    }

    /// That the provider has no such thing, for example `jobs`.
    pub fn unsupported(provider: &str, what: &str) -> Self {
        Error::new(Kind::Unsupported, format!("the provider {provider} has no {what}"))
    }

    /// Whether this only says that the provider plans nothing: the operation may run all the same.
    pub fn is_unplanned(&self) -> bool {
        self.kind == Kind::Unsupported && self.message.ends_with(UNPLANNED)
    }

    /// The same with details.
    pub fn with_details(mut self, details: impl Into<String>) -> Self {
        self.details = Some(details.into());
        self
    }
}

/// One operation to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Stable over every repetition of this operation: the peer carries it out once.
    pub request_id: String,
    /// `<task>/<epoch>` of the clouddriver task's owner: the peer refuses a lower epoch of that task.
    pub fence: String,
    /// What to do.
    pub operation: Operation,
}

/// What an operation found out: it becomes a result object of the clouddriver task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// The result object, for example `{"serverGroupNames": ["local:shop-v001"], ...}`; empty for none.
    pub result: Object,
}

/// What an operation may write down while it runs. Everything is recorded before the call returns.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Adds a line to the task's status history.
    async fn status(&self, progress: Progress) -> Result<()>;

    /// The value decided under `key` by an earlier run of this operation; otherwise records `value` and returns it. So a
    /// name that is chosen from what runs now is chosen once, whatever happens afterwards.
    async fn decide(&self, key: &str, value: Value) -> Result<Value>;

    /// What was decided under `key`, if anything was.
    fn decided(&self, key: &str) -> Option<Value>;
}

/// One line of progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The phase, for example `DEPLOY`, as upstream names it.
    pub phase: &'static str,
    /// What goes on, for people.
    pub status: String,
}
