//! Jobs, which end by themselves, and what a cloud did to a server group by itself, as clouddriver answers them.

use gennaker_base::Timestamp;
use gennaker_naming::Moniker;
use serde::{Deserialize, Serialize};

use crate::Object;

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum JobState {
    /// Not begun yet.
    Starting,
    /// Under way.
    Running,
    /// Over, without success.
    Failed,
    /// Over.
    Succeeded,
    /// Nothing is known.
    #[default]
    Unknown,
}

impl JobState {
    /// Whether it will not change any more.
    pub fn is_over(self) -> bool {
        matches!(self, JobState::Failed | JobState::Succeeded)
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Job {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The account.
    pub account: String,
    /// Where it runs: a region, zone or namespace.
    pub location: String,
    /// The provider.
    pub provider: String,
    /// The name's parts.
    pub moniker: Moniker,
    /// How far it is.
    pub job_state: JobState,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<Timestamp>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completed_time: Option<Timestamp>,
    /// How it ended, for example `exitCode`, `signal`, `reason`, `message`.
    pub completion_details: Object,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// Something that a cloud did to a server group by itself, for example replaced an instance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ScalingActivity {
    /// The id.
    pub activity_id: String,
    /// What was done.
    pub description: String,
    /// Why.
    pub cause: String,
    /// How far it is, for example `Successful`, `Failed`, `InProgress`.
    pub status_code: String,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}
