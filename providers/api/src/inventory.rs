//! What an account runs, as an immutable snapshot with its age.

use gennaker_base::Timestamp;
use gennaker_wire::{Instance, LoadBalancer, ServerGroup};

/// How fresh a snapshot is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Freshness {
    /// When the cloud last confirmed it; `None` before the first answer.
    pub confirmed: Option<Timestamp>,
    /// Why it is not being refreshed, if it is not.
    pub problem: Option<String>,
}

/// What an account runs. Equal versions are equal content.
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
    /// How fresh it is.
    pub freshness: Freshness,
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
}
