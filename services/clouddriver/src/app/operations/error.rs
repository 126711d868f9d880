//! Why a task is not accepted, found or resumed.

use gennaker_base::Kind;
use gennaker_store as store;

/// What a caller is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The store's failure.
    #[error(transparent)]
    Store(store::Error),
    /// The descriptions are wrong, or not for this build.
    #[error("{}", findings.join("; "))]
    Refused {
        /// `Invalid` or `Unsupported`.
        kind: Kind,
        /// Everything that is wrong.
        findings: Vec<String>,
    },
    /// Whoever asks has lost its execution to a higher epoch.
    #[error("epoch {epoch} does not own execution {execution} any more: nothing was started, and the caller must stop")]
    Fenced {
        /// The asking execution.
        execution: String,
        /// The refused epoch.
        epoch: u64,
    },
    /// There is no such task.
    #[error("Task not found (id: {0})")]
    NotFound(String),
    /// The task cannot be resumed.
    #[error("Task is not retryable (id: {0}): it is under way, has succeeded, or would fail again")]
    NotRetryable(String),
    /// The task is over.
    #[error("task {0} is over: only one that is under way can be given up")]
    Over(String),
    /// The task of this request was deleted.
    #[error("the task of request {0} was deleted: send a new request under a new id")]
    Deleted(String),
    /// The row of a task cannot be read or written.
    #[error("task {id} cannot be read or stored: {reason}")]
    Record {
        /// The task.
        id: String,
        /// What is wrong.
        reason: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Error::Store(error) => error.kind(),
            Error::Refused { kind, .. } => *kind,
            Error::Fenced { .. } => Kind::Fenced,
            Error::NotFound(_) => Kind::NotFound,
            Error::NotRetryable(_) | Error::Over(_) => Kind::Invalid,
            Error::Deleted(_) => Kind::Conflict,
            Error::Record { .. } => Kind::Bug,
        }
    }

    /// A refusal with one finding.
    pub(crate) fn invalid(finding: impl Into<String>) -> Self {
        Error::Refused { kind: Kind::Invalid, findings: vec![finding.into()] }
    }

    /// The store's answer about the task `id`.
    pub(super) fn of_task(id: &str, error: store::Error) -> Self {
        match error {
            store::Error::NotFound { .. } => Error::NotFound(id.to_owned()),
            error => Error::Store(error),
        }
    }
}
