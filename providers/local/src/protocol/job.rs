//! Jobs: processes that run once and end by themselves.

use std::{collections::BTreeMap, path::PathBuf};

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Artifact, ResourceLimits,
    spec::{ten_seconds, thirty_seconds},
};

/// The longest that a job may run, in milliseconds.
pub const MOST_JOB_MS: u64 = 7 * 24 * 3_600 * 1_000;

/// A job: one process that is started once, never again, and is over when it ends.
///
/// ```
/// let spec: gennaker_provider_local::protocol::JobSpec = serde_json::from_value(serde_json::json!({
///     "name": "shop-migrate-5f3a9c", "command": "/opt/shop/migrate", "args": ["--all"],
/// })).unwrap();
/// assert_eq!(spec.timeout_ms, 3_600_000);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// Letters, digits and `-_.~^`, at most 200 characters; also the id of its log.
    pub name: String,
    /// Kept and shown, not looked at.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// The program, found as a server group's is.
    #[serde(default)]
    pub command: String,
    /// What is fetched to be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Added to the agent's own environment. `JOB`, `INSTANCE_ID` and `ARTIFACT` are set by the agent.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// An absolute path, or one in the artifact; the artifact or else `/` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<PathBuf>,
    /// What it may use.
    #[serde(default)]
    pub limits: ResourceLimits,
    /// Milliseconds after which it is ended and has failed; an hour by default, at most a week.
    #[serde(default = "an_hour")]
    pub timeout_ms: u64,
    /// Milliseconds between SIGTERM and SIGKILL; 10,000 by default, at most 120,000.
    #[serde(default = "ten_seconds")]
    pub stop_grace_ms: u64,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobState {
    /// Its process runs.
    Running,
    /// It ended with 0.
    Succeeded,
    /// It ended otherwise, ran out of time, or was cancelled.
    Failed,
}

/// A job as it is. One that is over is kept for a day, and no more than 500 of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// What was asked for.
    pub spec: JobSpec,
    /// How far it is.
    pub state: JobState,
    /// When it was started.
    pub created_at: Timestamp,
    /// Its process while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<JobEnd>,
}

/// How a job ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobEnd {
    /// When.
    pub at: Timestamp,
    /// Its exit code; 128 and more tell the signal that ended it. None if nobody saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// Why.
    pub reason: JobEndReason,
    /// The same for people.
    pub message: String,
    /// The end of its log, at most 2,000 characters.
    pub log_tail: String,
}

/// Why a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum JobEndReason {
    /// By itself.
    Ended,
    /// It used more memory than its limit allows, and was killed.
    OutOfMemory,
    /// Its time had run out.
    TimedOut,
    /// Somebody cancelled it.
    Cancelled,
    /// The agent was told to end.
    AgentStopped,
    /// The agent was killed when it was about to start it. It may have run, so it is not started again.
    Lost,
}

fn an_hour() -> u64 {
    2 * 60 * thirty_seconds()
}
