//! What a caller asks for: server groups and their traffic.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Artifact, Capacity, balancer::InstanceProtocol};

/// A server group: `capacity` processes of one command, supervised and health-checked.
///
/// ```
/// let spec: gennaker_provider_local::protocol::ServerGroupSpec = serde_json::from_value(serde_json::json!({
///     "name": "greeter-v000",
///     "command": "/opt/greeter/greeter",
///     "healthCheck": {"type": "http", "path": "/health"},
///     "loadBalancers": ["greeter"],
/// })).unwrap();
/// assert_eq!(spec.capacity.desired, 1);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerGroupSpec {
    /// Letters, digits and `-_.~^`, at most 200 characters.
    pub name: String,
    /// Kept and shown, not looked at: application, moniker and whatever else the caller wants back.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// How many processes at first; 1 by default. Later changes are in [`ServerGroup::capacity`](super::ServerGroup).
    #[serde(default = "one_instance")]
    pub capacity: Capacity,
    /// The program: absolute, relative to the artifact or else to the working directory if it has a slash, else looked up
    /// in `PATH`. May be left out for an artifact that is a single file, which is
    /// run then, and for an image that names one.
    #[serde(default)]
    pub command: String,
    /// What is fetched to be run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<Artifact>,
    /// Instead of an artifact: the image `<name>:<version>` that is run. It may say what is run and with which arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Added to the agent's own environment. `PORT`, `INSTANCE_ID`, `SERVER_GROUP` and `ARTIFACT` (the folder of the artifact)
    /// are set by the agent.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// An absolute path, or one in the artifact; the artifact or else `/` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_directory: Option<PathBuf>,
    /// The user that its processes run as; the agent's own by default. Only an agent of root may start processes of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What each instance may use.
    #[serde(default)]
    pub limits: ResourceLimits,
    /// When an instance is healthy. Without one: `tcp` if the group belongs to a load balancer, else `process`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// The balancers that send requests to it while it is enabled.
    #[serde(default)]
    pub load_balancers: Vec<String>,
    /// What its instances speak behind an HTTP listener; `http1` by default.
    #[serde(default)]
    pub instance_protocol: InstanceProtocol,
    /// Whether it takes traffic from the start; true by default.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What happens when a process ends by itself.
    #[serde(default)]
    pub restart: RestartPolicy,
    /// Milliseconds between SIGTERM and SIGKILL; 10,000 by default, at most 120,000.
    #[serde(default = "ten_seconds")]
    pub stop_grace_ms: u64,
}

/// What a process and all that it starts may use of the machine; everything by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceLimits {
    /// Percent of one processor: 150 is one and a half.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<u32>,
    /// Bytes of memory; who uses more is killed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

impl ResourceLimits {
    /// Whether nothing is limited.
    pub fn is_empty(&self) -> bool {
        *self == ResourceLimits::default()
    }
}

impl ServerGroupSpec {
    /// The health check in force: the given one, or the default for such a group.
    pub fn effective_health_check(&self) -> HealthCheck {
        self.health_check.clone().unwrap_or_else(|| {
            HealthCheck::new(if self.load_balancers.is_empty() { Probe::Process } else { Probe::Tcp })
        })
    }

    /// This server group with what `other` runs and how: command, arguments, environment, folder, artifact or image, user, limits, health
    /// check, restarts and grace. Its name, size, traffic and load balancers stay.
    pub fn with_launch_of(&self, other: &ServerGroupSpec) -> ServerGroupSpec {
        ServerGroupSpec {
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            capacity: self.capacity,
            load_balancers: self.load_balancers.clone(),
            instance_protocol: self.instance_protocol,
            enabled: self.enabled,
            ..other.clone()
        }
    }

    /// The port that its program chooses itself, with the variable that says so, if its health check asks there.
    pub fn own_port(&self) -> Option<(&str, u16)> {
        let Probe::Http { port_variable, .. } = &self.health_check.as_ref()?.probe else { return None };
        let port = self.env.get(port_variable)?.parse().ok()?;
        Some((port_variable, port))
    }
}

/// How and how often an instance is asked whether it is healthy.
///
/// While an instance starts it is asked ten times a second, so that it is seen at once when it is ready. An unhealthy
/// instance gets no requests but goes on running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HealthCheck {
    /// What is asked.
    #[serde(flatten)]
    pub probe: Probe,
    /// Milliseconds between two checks; 2,000 by default.
    #[serde(default = "two_seconds")]
    pub interval_ms: u64,
    /// Milliseconds that one check may take; 2,000 by default.
    #[serde(default = "two_seconds")]
    pub timeout_ms: u64,
    /// Passed checks in a row that make an instance healthy; 1 by default.
    #[serde(default = "one")]
    pub healthy_threshold: u32,
    /// Failed checks in a row that make an instance unhealthy; 3 by default.
    #[serde(default = "three")]
    pub unhealthy_threshold: u32,
    /// Milliseconds after the start in which failed checks do not count; 30,000 by default.
    #[serde(default = "thirty_seconds")]
    pub startup_grace_ms: u64,
}

impl HealthCheck {
    /// `probe` with the default times and thresholds.
    pub fn new(probe: Probe) -> Self {
        HealthCheck {
            probe,
            interval_ms: two_seconds(),
            timeout_ms: two_seconds(),
            healthy_threshold: one(),
            unhealthy_threshold: three(),
            startup_grace_ms: thirty_seconds(),
        }
    }
}

/// What a health check asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Probe {
    /// `GET path` on 127.0.0.1; healthy with a status from 200 to 399.
    #[serde(rename_all = "camelCase")]
    Http {
        /// Begins with `/`.
        path: String,
        /// The variable with the port to ask: `PORT` by default, or one of the group's `env`.
        #[serde(default = "port")]
        port_variable: String,
    },
    /// Healthy if `PORT` on 127.0.0.1 accepts a connection.
    Tcp,
    /// Healthy if this command ends with 0. It has the instance's environment and working directory.
    Command {
        /// The program, found as the group's own command is.
        command: String,
        /// Its arguments.
        #[serde(default)]
        args: Vec<String>,
    },
    /// Healthy while the process runs.
    Process,
}

/// What happens when a process ends by itself: it is started again, later each time, from `initialDelayMs` doubling up
/// to `maxDelayMs` with jitter; after a minute of running it starts over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RestartPolicy {
    /// When a process is started again.
    pub mode: RestartMode,
    /// The first wait in milliseconds; 200 by default.
    pub initial_delay_ms: u64,
    /// The longest wait in milliseconds; 30,000 by default.
    pub max_delay_ms: u64,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        RestartPolicy { mode: RestartMode::Always, initial_delay_ms: 200, max_delay_ms: 30_000 }
    }
}

/// When a process is started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RestartMode {
    /// However it ended.
    Always,
    /// Unless it ended with 0.
    OnFailure,
    /// Never: the instance stays `failed`.
    Never,
}

/// Whether a server group takes new requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficRequest {
    /// Whether it is registered in its load balancers.
    pub enabled: bool,
    /// When disabling: milliseconds in which running requests and upgraded connections may end by themselves; what is
    /// left then is cut. 30,000 by default, at most 600,000.
    #[serde(default = "thirty_seconds")]
    pub drain_timeout_ms: u64,
    /// How much each of its instances gets beside others behind the same balancer; 100 at its creation, at most 1,000.
    /// With 0 it gets nothing new, and what is running goes on. Left out, it stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}

fn one_instance() -> Capacity {
    Capacity::fixed(1)
}

fn three() -> u32 {
    3
}

fn two_seconds() -> u64 {
    2_000
}

pub(super) fn ten_seconds() -> u64 {
    10_000
}

pub(super) fn thirty_seconds() -> u64 {
    30_000
}

fn port() -> String {
    "PORT".to_owned()
}
