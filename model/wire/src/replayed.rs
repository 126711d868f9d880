//! What came of running a recorded execution through today's planner again.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A recorded event that today's planner would not have waited for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IgnoredEvent {
    /// Its number in the execution, from 1.
    pub number: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// What happened, a short word.
    pub kind: String,
    /// The id of the stage that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}

/// The first place at which the replayed execution is not the stored one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Difference {
    /// The fields on the way there, for example `stages/0/status`.
    pub path: String,
    /// The name of the stage, if it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// What is stored; null if the field is absent.
    pub stored: Value,
    /// What the replay makes of it; null if the field is absent.
    pub replayed: Value,
}

/// What came of a replay.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Replayed {
    /// How many events were replayed.
    pub events: u64,
    /// Whether each event counted and the execution is the same.
    pub same: bool,
    /// The events that the planner would not have waited for: they changed nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<IgnoredEvent>,
    /// Where the execution differs first, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}
