//! What a caller asks for: load balancers, their listeners, and who may connect to them.

use gennaker_wire::Object;
use serde::{Deserialize, Serialize};

/// A load balancer: one or more listening ports that spread requests and connections over the healthy instances of the
/// enabled server groups that name it.
///
/// ```
/// let spec: gennaker_provider_local::protocol::LoadBalancerSpec = serde_json::from_value(serde_json::json!({
///     "name": "shop",
///     "listeners": [{"port": 8080}, {"port": 9000, "protocol": "tcp"}],
///     "securityGroups": ["office"],
/// })).unwrap();
/// assert_eq!(spec.effective_listeners().len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoadBalancerSpec {
    /// Letters, digits and `-_.~^`, at most 200 characters.
    pub name: String,
    /// Kept and shown, not looked at.
    #[serde(default)]
    pub metadata: Object,
    /// Short for one HTTP listener on this port; not beside `listeners`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Where it listens, at most 16; without any, one HTTP listener on `port`.
    #[serde(default)]
    pub listeners: Vec<ListenerSpec>,
    /// Who may connect: what any of these security groups allows. Without any, everybody.
    #[serde(default)]
    pub security_groups: Vec<String>,
    /// Milliseconds in which an instance must accept a connection; 2,000 by default.
    #[serde(default = "two_seconds")]
    pub connect_timeout_ms: u64,
    /// Milliseconds without any progress after which a request without a response head is given up with 504; 60,000 by
    /// default.
    #[serde(default = "sixty_seconds")]
    pub response_timeout_ms: u64,
    /// Milliseconds in which a client must have sent a request's head, also on an idle kept-alive connection; 60,000
    /// by default.
    #[serde(default = "sixty_seconds")]
    pub header_timeout_ms: u64,
    /// Milliseconds in which a client must take something of a response that waits for it, else its connection is cut;
    /// 60,000 by default.
    #[serde(default = "sixty_seconds")]
    pub send_timeout_ms: u64,
    /// Milliseconds without a byte either way after which a TCP connection or a WebSocket is ended; an hour by default.
    #[serde(default = "one_hour")]
    pub idle_timeout_ms: u64,
    /// Open client connections of all its listeners; more wait in the listening queue. 4,096 by default.
    #[serde(default = "connections")]
    pub max_connections: u32,
}

impl LoadBalancerSpec {
    /// A load balancer of that name with every default: one HTTP listener on a port of the agent's choice.
    pub fn new(name: impl Into<String>) -> Self {
        LoadBalancerSpec {
            name: name.into(),
            metadata: Object::new(),
            port: None,
            listeners: Vec::new(),
            security_groups: Vec::new(),
            connect_timeout_ms: two_seconds(),
            response_timeout_ms: sixty_seconds(),
            header_timeout_ms: sixty_seconds(),
            send_timeout_ms: sixty_seconds(),
            idle_timeout_ms: one_hour(),
            max_connections: connections(),
        }
    }

    /// The listeners in force: those given, or the one that `port` is short for.
    pub fn effective_listeners(&self) -> Vec<ListenerSpec> {
        if self.listeners.is_empty() {
            return vec![ListenerSpec { port: self.port, protocol: Protocol::Http }];
        }
        self.listeners.clone()
    }
}

/// A listening port of a load balancer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerSpec {
    /// The port; without one the agent takes a free one from its range and keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What its clients speak; `http` by default.
    #[serde(default)]
    pub protocol: Protocol,
}

/// What the clients of a listener speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Protocol {
    /// HTTP/1.1, or HTTP/2 with prior knowledge, told apart by the first bytes; an instance is chosen for each request.
    #[default]
    Http,
    /// Bytes; an instance is chosen for each connection.
    Tcp,
}

/// What the instances of a server group speak behind an HTTP listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InstanceProtocol {
    /// HTTP/1.1.
    #[default]
    Http1,
    /// HTTP/2 without TLS, with prior knowledge (gRPC servers speak it). Upgrades are still asked for in HTTP/1.1.
    Http2,
}

/// A security group: sources that load balancers let in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroupSpec {
    /// Letters, digits and `-_.~^`, at most 200 characters.
    pub name: String,
    /// Kept and shown, not looked at.
    #[serde(default)]
    pub metadata: Object,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The sources that are let in, at most 500; without any, nobody.
    #[serde(default)]
    pub ip_ingress: Vec<IpIngress>,
}

/// Sources that are let in, and to which ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IpIngress {
    /// An address or a range of them: `10.0.0.0/8`, `::1`.
    pub cidr: String,
    /// The first listening port that they may reach; 1 by default.
    #[serde(default = "first_port")]
    pub start_port: u16,
    /// The last one; 65,535 by default.
    #[serde(default = "last_port")]
    pub end_port: u16,
}

fn first_port() -> u16 {
    1
}

fn last_port() -> u16 {
    u16::MAX
}

fn connections() -> u32 {
    4_096
}

fn two_seconds() -> u64 {
    2_000
}

fn sixty_seconds() -> u64 {
    60_000
}

fn one_hour() -> u64 {
    3_600_000
}
