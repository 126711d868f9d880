//! Load balancers: an application's, and a cloud's.

use std::collections::{BTreeMap, BTreeSet};

use gennaker_wire::LoadBalancer;
use serde_json::{Value, json};

use super::{View, is_of};

/// A cloud's load balancers by account and region.
type Places<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a LoadBalancer>>>;

impl View {
    /// An application's load balancers: those named after it, and those that its server groups belong to. By name.
    pub(crate) fn load_balancers(&self, application: &str) -> Vec<&LoadBalancer> {
        let used: BTreeSet<(&str, &str)> = self
            .server_groups_of(application)
            .flat_map(|group| group.load_balancers.iter().map(|name| (group.account.as_str(), name.as_str())))
            .collect();
        let mut found: Vec<_> = self
            .all_load_balancers()
            .filter(|balancer| {
                is_of(balancer.moniker.app.as_deref(), application)
                    || used.contains(&(balancer.account.as_str(), balancer.name.as_str()))
            })
            .collect();
        found.sort_by_key(|balancer| balancer.name.to_lowercase());
        found
    }

    /// A cloud's load balancers by name, account and region: `[{name, accounts: [{name, regions: [...]}]}]`.
    pub(crate) fn load_balancers_of_provider(&self, provider: &str) -> Vec<Value> {
        let mut names: BTreeMap<&str, Places<'_>> = BTreeMap::new();
        for balancer in self.of_provider(provider) {
            let accounts = names.entry(&balancer.name).or_default();
            accounts.entry(&balancer.account).or_default().entry(&balancer.region).or_default().push(balancer);
        }
        names.into_iter().map(|(name, places)| item(name, places)).collect()
    }

    /// The load balancers of that place and name: one or none.
    pub(crate) fn load_balancer(&self, provider: &str, account: &str, region: &str, name: &str) -> Vec<&LoadBalancer> {
        let matches = |found: &&LoadBalancer| found.account == account && found.region == region && found.name == name;
        self.of_provider(provider).filter(matches).collect()
    }

    fn of_provider<'a, 'b>(&'a self, provider: &'b str) -> impl Iterator<Item = &'a LoadBalancer> + use<'a, 'b> {
        self.all_load_balancers().filter(move |balancer| balancer.cloud_provider.eq_ignore_ascii_case(provider))
    }
}

fn item(name: &str, places: Places<'_>) -> Value {
    let accounts: Vec<Value> = places
        .into_iter()
        .map(|(account, regions)| {
            let regions: Vec<Value> = regions
                .into_iter()
                .map(|(region, balancers)| json!({ "name": region, "loadBalancers": balancers }))
                .collect();
            json!({ "name": account, "regions": regions })
        })
        .collect();
    json!({ "name": name, "accounts": accounts })
}
