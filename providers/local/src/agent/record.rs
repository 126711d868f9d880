//! What of the agent's state is on disk: enough for another agent to go on after this one was killed.

use std::collections::BTreeSet;

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use super::{artifacts::Stored, identity::Identity, users::User};
use crate::protocol::{
    Capacity, DEFAULT_WEIGHT, JobEnd, JobSpec, LoadBalancerSpec, ScalingActivity, ScalingPolicy, SecurityGroupSpec,
    ServerGroupSpec,
};

/// The format that this program writes; it reads no higher one. 2: capacities, artifacts, several listeners, security
/// groups, weights. 3: launch configurations that change, users and limits.
pub(super) const FORMAT: u32 = 3;

/// A server group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupRecord {
    pub(super) format: u32,
    pub(super) spec: ServerGroupSpec,
    pub(super) enabled: bool,
    #[serde(default = "default_weight")]
    pub(super) weight: u32,
    /// Set before the first process is stopped: whoever reads it finishes the deletion.
    pub(super) deleting: bool,
    pub(super) created_at: Timestamp,
    /// None in format 1, where it was the spec's.
    #[serde(default)]
    pub(super) capacity: Option<Capacity>,
    #[serde(default)]
    pub(super) policies: Vec<ScalingPolicy>,
    #[serde(default)]
    pub(super) activities: Vec<ScalingActivity>,
    #[serde(default)]
    pub(super) artifact: Option<Stored>,
    /// Who the specification's user is on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User>,
    /// How often its launch configuration was changed.
    #[serde(default)]
    pub(super) launch_version: u32,
    /// The launch configurations that some of its instances still have from before a change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<LaunchRecord>,
    pub(super) instances: Vec<InstanceRecord>,
}

/// A launch configuration: of the specification, what says what is run and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LaunchRecord {
    pub(super) version: u32,
    pub(super) spec: ServerGroupSpec,
    pub(super) artifact: Option<Stored>,
    /// Who the specification's user is on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User>,
}

impl GroupRecord {
    /// The launch configuration of the instances to come.
    pub(super) fn launch(&self) -> LaunchRecord {
        LaunchRecord {
            version: self.launch_version,
            spec: self.spec.clone(),
            artifact: self.artifact.clone(),
            user: self.user.clone(),
        }
    }
}

/// An instance of a server group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceRecord {
    pub(super) id: String,
    pub(super) port: u16,
    /// None between two processes, and if the agent was killed between starting one and writing this.
    pub(super) process: Option<Identity>,
    /// Whether it was healthy: an adopted process takes requests at once if it was.
    pub(super) up: bool,
    pub(super) restarts: u32,
    /// Its process has ended, and its restart policy leaves it so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) over: bool,
    /// Which launch configuration it has.
    #[serde(default)]
    pub(super) launch_version: u32,
    /// Set before it is drained and stopped for good: whoever reads it finishes that.
    #[serde(default)]
    pub(super) leaving: bool,
    /// The load balancers that it was taken out of.
    #[serde(default)]
    pub(super) deregistered_from: BTreeSet<String>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JobRecord {
    pub(super) format: u32,
    pub(super) spec: JobSpec,
    pub(super) artifact: Option<Stored>,
    pub(super) created_at: Timestamp,
    /// None if the agent was killed between starting it and writing this.
    pub(super) process: Option<Identity>,
    /// None while it runs.
    pub(super) end: Option<JobEnd>,
}

impl InstanceRecord {
    /// An instance that was never started.
    pub(super) fn new(id: String, port: u16, launch_version: u32) -> Self {
        InstanceRecord {
            id,
            port,
            process: None,
            up: false,
            restarts: 0,
            over: false,
            launch_version,
            leaving: false,
            deregistered_from: BTreeSet::new(),
        }
    }
}

/// A load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BalancerRecord {
    pub(super) format: u32,
    pub(super) spec: LoadBalancerSpec,
    /// Of the first listener; all that format 1 has.
    pub(super) port: u16,
    /// Of each listener.
    #[serde(default)]
    pub(super) ports: Vec<u16>,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SecurityGroupRecord {
    pub(super) format: u32,
    pub(super) spec: SecurityGroupSpec,
}

fn default_weight() -> u32 {
    DEFAULT_WEIGHT
}
