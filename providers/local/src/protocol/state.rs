//! What the agent answers: the state of everything it holds.

use std::collections::BTreeSet;

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountUse, Capacity, DEFAULT_WEIGHT, FetchedArtifact, Image, Job, LoadBalancerSpec, Protocol, ScalingActivity,
    ScalingPolicy, SecurityGroupSpec, ServerGroupSpec,
};

/// Everything, at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Grows with every change, also across restarts of the agent; opaque otherwise.
    pub version: u64,
    /// The account that the agent serves.
    pub account: String,
    /// What the account may use and uses.
    #[serde(default)]
    pub account_use: AccountUse,
    /// What this machine does not do for the account, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// All server groups, by name.
    pub server_groups: Vec<ServerGroup>,
    /// All load balancers, by name.
    pub load_balancers: Vec<LoadBalancer>,
    /// All jobs that run, and those that were over not long ago, by name.
    #[serde(default)]
    pub jobs: Vec<Job>,
    /// All images, by id.
    #[serde(default)]
    pub images: Vec<Image>,
    /// All security groups, by name.
    #[serde(default)]
    pub security_groups: Vec<SecurityGroup>,
}

/// A server group as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerGroup {
    /// What was asked for; what it runs as it was changed last.
    pub spec: ServerGroupSpec,
    /// How often what it runs was changed.
    #[serde(default)]
    pub launch_version: u32,
    /// How many instances it may have and shall have now.
    pub capacity: Capacity,
    /// Whether it takes new requests.
    pub enabled: bool,
    /// How much each of its instances gets beside others behind the same balancer.
    #[serde(default = "default_weight")]
    pub weight: u32,
    /// Whether it is being deleted.
    pub deleting: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// What it asks for and does not get on this machine, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// By what the agent scales it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<ScalingPolicy>,
    /// How the agent scaled it of late, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub activities: Vec<ScalingActivity>,
    /// The artifact that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<FetchedArtifact>,
    /// Its instances, and those that are on their way out: `stopping` from when they were chosen until they are gone.
    pub instances: Vec<Instance>,
}

impl ServerGroup {
    /// How many instances are `up`.
    pub fn up(&self) -> usize {
        self.instances.iter().filter(|instance| instance.state == InstanceState::Up).count()
    }
}

/// One process of a server group, across its restarts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// `<server group>-<six characters>`, never used again.
    pub id: String,
    /// Its state.
    pub state: InstanceState,
    /// Since when.
    pub since: Timestamp,
    /// Why, if there is something to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The port on 127.0.0.1 given to it as `PORT`.
    pub port: u16,
    /// The running process, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// When the process was started, in clock ticks since the machine's start: with the pid it names the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_start_time: Option<u64>,
    /// How often it was started again.
    pub restarts: u32,
    /// What it runs: the server group's [`launch_version`](ServerGroup::launch_version) when it came.
    #[serde(default)]
    pub launch_version: u32,
    /// Whether it ended three times or more in a row, each time within a minute of its start, and is not up now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub crash_loop: bool,
    /// While something is wrong with it: the end of its log when that was seen, at most 2,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_tail: Option<String>,
    /// How the last process ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_exit: Option<Exit>,
    /// The load balancers of its server group that send it no requests because it was taken out of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub deregistered_from: BTreeSet<String>,
}

/// The state of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstanceState {
    /// The process runs and has not yet been healthy.
    Starting,
    /// Healthy: it gets requests if its server group is enabled.
    Up,
    /// The process runs and is unhealthy.
    Down,
    /// The process ended or could not be started; it may be started again.
    Failed,
    /// It was told to end.
    Stopping,
}

/// How a process ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exit {
    /// When the agent saw it.
    pub at: Timestamp,
    /// Its exit code. Neither code nor signal is known of a process that an earlier agent had started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// Whether it was killed because it used more memory than its limit allows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_of_memory: bool,
    /// The end of its log, at most 2,000 characters.
    pub log_tail: String,
}

/// A load balancer as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancer {
    /// What was asked for.
    pub spec: LoadBalancerSpec,
    /// The address it listens on.
    pub address: String,
    /// The port of its first listener.
    pub port: u16,
    /// Whether all its listeners listen. Those that do not are tried again every second.
    pub listening: bool,
    /// Why the first one that does not listen does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its listeners, in the order they were asked for.
    #[serde(default)]
    pub listeners: Vec<Listener>,
    /// The server groups that name it, enabled or not.
    pub server_groups: Vec<String>,
}

/// A listener as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listener {
    /// The port.
    pub port: u16,
    /// What its clients speak.
    pub protocol: Protocol,
    /// Whether it listens.
    pub listening: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A security group as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    /// What was asked for.
    pub spec: SecurityGroupSpec,
    /// The load balancers that name it.
    pub load_balancers: Vec<String>,
}

/// A piece of the output of an instance or a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputPiece {
    /// The text; broken bytes are replaced.
    pub text: String,
    /// Where it begins, in bytes since the first one ever written. Later than asked if that is not kept any more.
    pub start: u64,
    /// Where the next piece begins.
    pub next: u64,
    /// Whether nothing will follow: the instance is gone or the job over, and this is the end of it.
    pub ended: bool,
}

/// The answer to a change of traffic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficChange {
    /// The server group.
    pub name: String,
    /// Whether it takes new requests now.
    pub enabled: bool,
    /// How many requests and upgraded connections were still running at the end of the drain time and were cut.
    pub cut: usize,
}

/// The answer to a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    /// What was deleted.
    pub name: String,
    /// How many requests and upgraded connections were cut.
    pub cut: usize,
}

/// The agent itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Always `UP`: an agent that is not does not answer.
    pub status: String,
    /// The account that it serves.
    pub account: String,
    /// Its process.
    pub pid: u32,
    /// The version of the program.
    pub program: String,
    /// When it started.
    pub started_at: Timestamp,
}

fn default_weight() -> u32 {
    DEFAULT_WEIGHT
}
