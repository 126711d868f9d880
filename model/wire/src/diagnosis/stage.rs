//! A stage in a diagnosis: what it waits for, or why it failed.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Status;

/// A stage, so that a person and a call can name it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageName {
    /// Its id.
    pub id: String,
    /// Its id within the pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_id: Option<String>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name, after those of the stages that it belongs to: `Deploy > Deploy in west`.
    pub name: String,
}

/// What a stage under way waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StageWaitKind {
    /// A step of its task is being made.
    Step,
    /// The next look of its task.
    #[default]
    Look,
    /// A time that its task named.
    Time,
    /// A person's judgment.
    Judgment,
    /// Its execution window.
    Window,
    /// A change from outside.
    Change,
    /// The next try of what failed and may pass.
    BackOff,
    /// Its task's word on the end of its time.
    TimeOut,
    /// Its definition's word on what it consists of.
    Definition,
    /// Undoing what it began.
    CleanUp,
    /// Another execution, which is changing its cluster; the error says which.
    Cluster,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskName {
    /// Its number within the stage.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A stage under way, and what it waits for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageWait {
    /// The stage.
    pub stage: StageName,
    /// How far the planner is with it, for example `tasks`.
    pub phase: String,
    /// Grows with each restart, cancellation and turn of a loop.
    pub generation: u32,
    /// The task that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskName>,
    /// What it waits for.
    pub waits_for: StageWaitKind,
    /// Since when it is so; pauses of the execution are left out of a task's time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it goes on by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When its time is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times_out: Option<Timestamp>,
    /// How often in a row it failed in a way that may pass.
    #[serde(skip_serializing_if = "is_zero")]
    pub failures: u32,
    /// The last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether it should have gone on some time ago.
    #[serde(skip_serializing_if = "is_false")]
    pub overdue: bool,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// A stage that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageFailure {
    /// The stage.
    pub stage: StageName,
    /// How it ended.
    pub status: Status,
    /// Why, the most telling line first.
    pub reasons: Vec<String>,
}
