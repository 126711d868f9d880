//! Executions with their stages and tasks, as orca answers them.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Object, Status};

/// What an execution runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExecutionKind {
    /// A pipeline.
    #[default]
    Pipeline,
    /// A list of operations that somebody asked for, a "task" in the web UI.
    Orchestration,
}

/// Who an execution acts for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Authentication {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The accounts that the user may use.
    pub allowed_accounts: Vec<String>,
}

/// When and by whom an execution was paused.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Paused {
    /// Who paused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused_by: Option<String>,
    /// Who resumed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_by: Option<String>,
    /// When it was paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_time: Option<Timestamp>,
    /// When it was resumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_time: Option<Timestamp>,
    /// Whether it is paused now, and was not resumed.
    pub paused: bool,
    /// How long it was paused, in milliseconds; 0 until it is resumed.
    pub paused_ms: u64,
}

/// One run of a pipeline or orchestration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Execution {
    /// What it runs.
    #[serde(rename = "type")]
    pub kind: ExecutionKind,
    /// The id, a ULID.
    pub id: String,
    /// The application.
    pub application: String,
    /// The pipeline's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An orchestration's description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build_time: Option<Timestamp>,
    /// Whether somebody cancelled it.
    pub canceled: bool,
    /// Who cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canceled_by: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    /// Whether runs of the same pipeline wait for each other.
    pub limit_concurrent: bool,
    /// How many runs of the same pipeline at a time; 0 is no limit.
    pub max_concurrent_executions: i64,
    /// Whether waiting runs are kept when a newer one arrives.
    pub keep_waiting_pipelines: bool,
    /// The stages, synthetic ones included.
    pub stages: Vec<Stage>,
    /// When its first stage started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Where it stands.
    pub status: Status,
    /// Who it acts for.
    pub authentication: Authentication,
    /// Where the start came from, for example `api`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What started it.
    pub trigger: Object,
    /// The pipeline's id in front50.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_config_id: Option<String>,
    /// The notifications of the pipeline.
    pub notifications: Vec<Value>,
    /// The configuration of a template.
    pub initial_config: Object,
    /// Notes of the system to its users.
    pub system_notifications: Vec<Value>,
    /// When and by whom it was paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paused: Option<Paused>,
    /// What else was sent.
    #[serde(flatten)]
    pub other: Object,
}

impl Execution {
    /// The stage of that id.
    pub fn stage(&self, id: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The stage of that id, to change.
    pub fn stage_mut(&mut self, id: &str) -> Option<&mut Stage> {
        self.stages.iter_mut().find(|stage| stage.id == id)
    }
}

/// Where a synthetic stage stands: around its parent's tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SyntheticOwner {
    /// Before the parent's tasks.
    StageBefore,
    /// After the parent's tasks, on-failure stages included.
    StageAfter,
}

/// A stage of an execution.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stage {
    /// The id, a ULID.
    pub id: String,
    /// The id within the pipeline, as its author numbered it; synthetic stages derive theirs (`1<2`, `1>1`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_id: Option<String>,
    /// The stage type, for example `deploy`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// The time after which it is skipped if it has not started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time_expiry: Option<Timestamp>,
    /// Where it stands.
    pub status: Status,
    /// Its settings and what its tasks found out, for itself.
    pub context: Object,
    /// What later stages see of it.
    pub outputs: Object,
    /// Its tasks, in order.
    pub tasks: Vec<Task>,
    /// The ref ids of the stages that must end first.
    pub requisite_stage_ref_ids: Vec<String>,
    /// For a synthetic stage: where it stands around its parent's tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synthetic_stage_owner: Option<SyntheticOwner>,
    /// For a synthetic stage: its parent's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_stage_id: Option<String>,
    /// When it starts, if that was set ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_time: Option<Timestamp>,
    /// Who changed it last, for restarts and judgments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<Value>,
    /// What else was sent.
    #[serde(flatten)]
    pub other: Object,
}

impl Stage {
    /// The task of that id.
    pub fn task_mut(&mut self, id: &str) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.id == id)
    }
}

/// A task of a stage.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Task {
    /// The number within the stage, as text from `1`.
    pub id: String,
    /// The class that implements it upstream; clients show it.
    pub implementing_class: String,
    /// The name, for example `monitorDeploy`.
    pub name: String,
    /// When it started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// Where it stands.
    pub status: Status,
    /// Whether it is the stage's first.
    pub stage_start: bool,
    /// Whether it is the stage's last.
    pub stage_end: bool,
    /// Whether a loop begins with it.
    pub loop_start: bool,
    /// Whether a loop ends with it.
    pub loop_end: bool,
    /// The failure, if it failed.
    pub task_exception_details: Object,
}
