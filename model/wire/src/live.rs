//! What a live feed tells of executions. Ours: upstream has no such feed.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ExecutionKind, Status};

/// An execution that changed, as it is since.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecutionChange {
    /// Its id.
    pub id: String,
    /// What it runs.
    pub kind: ExecutionKind,
    /// The application.
    pub application: String,
    /// The pipeline's id, if it runs one.
    pub pipeline_config_id: Option<String>,
    /// The pipeline's name, or what the task is for.
    pub name: Option<String>,
    /// Its status.
    pub status: Status,
    /// The number of the last event that is recorded of it; null if who tells it does not count them.
    pub sequence: Option<u64>,
    /// When it changed.
    pub at: Timestamp,
}

impl ExecutionChange {
    /// How the feed calls a change of what is of this kind.
    pub fn event(kind: ExecutionKind) -> &'static str {
        match kind {
            ExecutionKind::Pipeline => "execution",
            ExecutionKind::Orchestration => "task",
        }
    }
}
