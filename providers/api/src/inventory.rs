//! What an account has, as an immutable snapshot with its age.

use std::{collections::BTreeMap, sync::Arc};

use gennaker_base::Timestamp;
use gennaker_wire::{
    Image, Instance, InstanceType, Job, KeyPair, LoadBalancer, Network, Object, SecurityGroup, ServerGroup, Subnet,
};
use serde::{Deserialize, Serialize};

/// How fresh a snapshot, or a part of it, is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Freshness {
    /// When the cloud last confirmed it; `None` before the first answer.
    pub confirmed: Option<Timestamp>,
    /// Why it is not being refreshed, if it is not.
    pub problem: Option<String>,
}

/// Things that are many and change seldom: a snapshot in which something else changed shares them with the one before.
pub type Shared<T> = Arc<Vec<T>>;

/// What an account has. Equal versions are equal content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inventory {
    /// The account.
    pub account: String,
    /// Grows with each change within one life of the provider.
    pub version: u64,
    /// Its server groups, by region and name.
    pub server_groups: Vec<ServerGroup>,
    /// Its load balancers, by region and name.
    pub load_balancers: Vec<LoadBalancer>,
    /// Its jobs that are under way, and those that ended not long ago.
    pub jobs: Vec<Job>,
    /// Its security groups.
    pub security_groups: Shared<SecurityGroup>,
    /// The images that it can launch from. A cloud with too many to hold answers `Provider::images` itself.
    pub images: Shared<Image>,
    /// Its networks.
    pub networks: Shared<Network>,
    /// Its subnets.
    pub subnets: Shared<Subnet>,
    /// Its key pairs.
    pub key_pairs: Shared<KeyPair>,
    /// The instance types that it can launch.
    pub instance_types: Shared<InstanceType>,
    /// What only some clouds have, as clients of that cloud read it, under upstream's name of the list: `certificates`,
    /// `elasticIps`, `functions`, `roles`. Each has `account` and `region`.
    pub other: BTreeMap<String, Shared<Object>>,
    /// How fresh the part is that operations and strategies look at: server groups, load balancers and jobs.
    pub freshness: Freshness,
    /// How fresh what is looked at in a rhythm of its own is, by a name for people, for example `images/us-east-1`.
    pub parts: BTreeMap<String, Freshness>,
}

impl Inventory {
    /// The server group of that name.
    pub fn server_group(&self, region: &str, name: &str) -> Option<&ServerGroup> {
        self.server_groups.iter().find(|group| group.region == region && group.name == name)
    }

    /// The server groups of a cluster, in any order.
    pub fn cluster<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a ServerGroup> {
        self.server_groups.iter().filter(move |group| group.cluster == cluster)
    }

    /// The load balancer of that name.
    pub fn load_balancer(&self, region: &str, name: &str) -> Option<&LoadBalancer> {
        self.load_balancers.iter().find(|balancer| balancer.region == region && balancer.name == name)
    }

    /// The instance of that id, with its server group.
    pub fn instance(&self, id: &str) -> Option<(&ServerGroup, &Instance)> {
        self.server_groups.iter().find_map(|group| {
            let instance = group.instances.iter().find(|instance| instance.id == id || instance.name == id)?;
            Some((group, instance))
        })
    }

    /// The job of that id or name.
    pub fn job(&self, location: &str, id: &str) -> Option<&Job> {
        self.jobs.iter().find(|job| job.location == location && (job.id == id || job.name == id))
    }
}
