//! What runs: accounts, server groups, instances, load balancers, as clouddriver answers them.

use gennaker_base::Timestamp;
use gennaker_naming::Moniker;
use serde::{Deserialize, Serialize};

use crate::Object;

/// An account of a cloud.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The provider, twice as clients read either: `type` and `cloudProvider`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider.
    pub cloud_provider: String,
    /// The environment, for example `test`; the account's name unless configured.
    pub environment: String,
    /// The account's type; the account's name unless configured.
    pub account_type: String,
    /// Whether it can be used.
    pub enabled: bool,
    /// What is wrong with it, if anything is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// How many instances a server group may and shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Capacity {
    /// The least.
    pub min: u32,
    /// The most.
    pub max: u32,
    /// The number to reach.
    pub desired: u32,
}

/// What a health source says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum HealthState {
    /// Serves.
    Up,
    /// Does not serve.
    Down,
    /// Is not asked to serve.
    OutOfService,
    /// Begins.
    Starting,
    /// Serves what it has begun, and gets nothing new.
    Draining,
    /// Has ended well: what runs once.
    Succeeded,
    /// Has ended badly.
    Failed,
    /// Nothing is known, or nothing that we know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// One source's word on an instance's health.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// The source, for example `LoadBalancer`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it says.
    pub state: HealthState,
    /// More of it.
    #[serde(flatten)]
    pub other: Object,
}

/// An instance of a server group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Instance {
    /// The id for the provider.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// All sources together.
    pub health_state: HealthState,
    /// Each source.
    pub health: Vec<Health>,
    /// When it was launched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub launch_time: Option<Timestamp>,
    /// The zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// A server group's instances by health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceCounts {
    /// All of them.
    pub total: u32,
    /// Those that serve.
    pub up: u32,
    /// Those that do not.
    pub down: u32,
    /// Those of which nothing is known.
    pub unknown: u32,
    /// Those that are not asked to serve.
    pub out_of_service: u32,
    /// Those that begin.
    pub starting: u32,
}

impl InstanceCounts {
    /// Counts `instances`.
    pub fn of(instances: &[Instance]) -> Self {
        let count = |state| {
            u32::try_from(instances.iter().filter(|instance| instance.health_state == state).count())
                .unwrap_or(u32::MAX)
        };
        InstanceCounts {
            total: u32::try_from(instances.len()).unwrap_or(u32::MAX),
            up: count(HealthState::Up),
            down: count(HealthState::Down),
            unknown: count(HealthState::Unknown),
            out_of_service: count(HealthState::OutOfService),
            starting: count(HealthState::Starting),
        }
    }
}

/// A server group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerGroup {
    /// The name, for example `shop-web-v003`.
    pub name: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The provider, under the name that the web UI reads first.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider.
    pub cloud_provider: String,
    /// The cluster.
    pub cluster: String,
    /// The name's parts.
    pub moniker: Moniker,
    /// When it was created.
    pub created_time: Option<Timestamp>,
    /// Whether it is kept out of traffic.
    pub disabled: bool,
    /// Its size.
    pub capacity: Capacity,
    /// Its instances.
    pub instances: Vec<Instance>,
    /// Its instances by health.
    pub instance_counts: InstanceCounts,
    /// The load balancers that it belongs to.
    pub load_balancers: Vec<String>,
    /// The security groups that it belongs to.
    pub security_groups: Vec<String>,
    /// The zones that it uses.
    pub zones: Vec<String>,
    /// How its instances are launched, by provider.
    pub launch_config: Object,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// An instance as a load balancer sees it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerInstance {
    /// The instance's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its health there: one object, not a list.
    pub health: Health,
}

/// A server group as a load balancer sees it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerServerGroup {
    /// Its name.
    pub name: String,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The provider.
    pub cloud_provider: String,
    /// Whether it is kept out of traffic.
    pub is_disabled: bool,
    /// Its instances there.
    pub instances: Vec<LoadBalancerInstance>,
    /// Instances that were taken out.
    pub detached_instances: Vec<String>,
}

/// A load balancer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancer {
    /// The name.
    pub name: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The provider, under the name that the web UI reads first.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider.
    pub cloud_provider: String,
    /// The name's parts.
    pub moniker: Moniker,
    /// The server groups behind it.
    pub server_groups: Vec<LoadBalancerServerGroup>,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}
