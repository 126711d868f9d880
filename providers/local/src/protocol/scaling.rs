//! Scaling: policies by which the agent changes how many instances a server group has, and what came of them.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

/// The most policies that a server group may have.
pub const MOST_POLICIES: usize = 10;

/// Keeps a measure of a server group's instances near a target by changing how many there are, within the capacity's
/// minimum and maximum. Of several policies the one that asks for most wins.
///
/// ```
/// let policy: gennaker_provider_local::protocol::ScalingPolicy = serde_json::from_value(serde_json::json!({
///     "name": "busy", "metric": "cpuPercent", "target": 60.0,
/// })).unwrap();
/// assert!(policy.scale_in && policy.cooldown_ms == 60_000);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingPolicy {
    /// Letters, digits and `-_.~^`, at most 200 characters.
    pub name: String,
    /// What is measured.
    pub metric: ScalingMetric,
    /// What it shall be, on average over the instances that are up. More than 0.
    pub target: f64,
    /// Whether it may also make them fewer; true by default.
    #[serde(default = "yes")]
    pub scale_in: bool,
    /// Milliseconds after a change in which nothing is changed again; 60,000 by default, at most a day.
    #[serde(default = "a_minute")]
    pub cooldown_ms: u64,
}

/// What is measured of each instance, averaged over ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ScalingMetric {
    /// Time on a processor, in percent of one, of the process and its children that have ended.
    CpuPercent,
    /// Requests and TCP connections that the load balancers sent to it, per second.
    RequestsPerSecond,
}

/// A change that the agent made by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingActivity {
    /// Unique within the server group.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// How many instances there were to be.
    pub from: u32,
    /// How many there are to be now.
    pub to: u32,
    /// Which policy asked for it, and what was measured.
    pub cause: String,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

fn yes() -> bool {
    true
}

fn a_minute() -> u64 {
    60_000
}
