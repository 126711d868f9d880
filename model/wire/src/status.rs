//! The status of executions, stages and tasks: upstream's `ExecutionStatus`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where an execution, a stage or a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not begun.
    #[default]
    NotStarted,
    /// Under way.
    Running,
    /// Held by a person.
    Paused,
    /// Waits for something outside.
    Suspended,
    /// Done.
    Succeeded,
    /// Failed in a way that the pipeline goes on after.
    FailedContinue,
    /// Failed, and with it what stands above it.
    Terminal,
    /// Cancelled.
    Canceled,
    /// Sends the flow back to an earlier task.
    Redirect,
    /// Failed and stopped its branch only.
    Stopped,
    /// Left out.
    Skipped,
    /// Waits for another execution of the same pipeline.
    Buffered,
}

impl Status {
    /// Over: it does not change again by itself.
    pub fn is_complete(self) -> bool {
        matches!(
            self,
            Status::Succeeded
                | Status::FailedContinue
                | Status::Terminal
                | Status::Canceled
                | Status::Stopped
                | Status::Skipped
        )
    }

    /// Over in a way that what depends on it may start.
    pub fn is_successful(self) -> bool {
        matches!(self, Status::Succeeded | Status::FailedContinue | Status::Skipped)
    }

    /// Over in a way that what depends on it may not start.
    pub fn is_halt(self) -> bool {
        matches!(self, Status::Terminal | Status::Canceled | Status::Stopped)
    }

    /// The name on the wire, for example `FAILED_CONTINUE`.
    pub fn name(self) -> &'static str {
        match self {
            Status::NotStarted => "NOT_STARTED",
            Status::Running => "RUNNING",
            Status::Paused => "PAUSED",
            Status::Suspended => "SUSPENDED",
            Status::Succeeded => "SUCCEEDED",
            Status::FailedContinue => "FAILED_CONTINUE",
            Status::Terminal => "TERMINAL",
            Status::Canceled => "CANCELED",
            Status::Redirect => "REDIRECT",
            Status::Stopped => "STOPPED",
            Status::Skipped => "SKIPPED",
            Status::Buffered => "BUFFERED",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
