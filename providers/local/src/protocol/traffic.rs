//! What went through the load balancers, counted per instance, server group and balancer.

use serde::{Deserialize, Serialize};

/// Everything that is counted, at one moment. Counts begin at 0 with each agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Traffic {
    /// Of each server group, by name.
    pub server_groups: Vec<ServerGroupTraffic>,
    /// Of each load balancer, by name.
    pub load_balancers: Vec<LoadBalancerTraffic>,
}

/// What the instances of one server group got together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerGroupTraffic {
    /// The server group.
    pub name: String,
    /// The sum of its instances.
    #[serde(flatten)]
    pub counts: TrafficCounts,
    /// Each instance.
    pub instances: Vec<InstanceTraffic>,
}

/// What one instance got.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceTraffic {
    /// The instance.
    pub id: String,
    /// What it got.
    #[serde(flatten)]
    pub counts: TrafficCounts,
}

/// What is counted of an instance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficCounts {
    /// Requests and TCP connections that were sent to it.
    pub requests: u64,
    /// Those without an answer, or with one of status 500 and higher.
    pub failed: u64,
    /// Requests, WebSockets and TCP connections that are running.
    pub in_flight: u64,
    /// Bytes of bodies, WebSockets and TCP connections from clients.
    pub bytes_received: u64,
    /// Bytes to clients.
    pub bytes_sent: u64,
    /// Milliseconds within which half of the answers began; a bound of a bucket, none without answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p50_ms: Option<u64>,
    /// The same for 99 of 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_p99_ms: Option<u64>,
}

/// What came to one load balancer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancerTraffic {
    /// The load balancer.
    pub name: String,
    /// Client connections that were let in.
    pub connections: u64,
    /// Clients that no security group let in.
    pub refused_connections: u64,
    /// Client connections that are open.
    pub open_connections: u64,
}
