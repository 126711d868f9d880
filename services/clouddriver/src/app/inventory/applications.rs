//! Applications: what the names of server groups and load balancers speak of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Error, Result, View, is_of};

impl View {
    /// All applications, by name.
    pub(crate) fn applications(&self) -> Vec<Value> {
        let named = self
            .all_server_groups()
            .map(|group| &group.moniker)
            .chain(self.all_load_balancers().map(|balancer| &balancer.moniker))
            .filter_map(|moniker| moniker.app.as_ref());
        let names: BTreeMap<String, &String> = named.map(|name| (name.to_ascii_lowercase(), name)).collect();
        names
            .into_values()
            .map(|name| json!({ "name": name, "attributes": { "name": name }, "clusterNames": self.cluster_names(name) }))
            .collect()
    }

    /// One application with its clusters.
    ///
    /// # Errors
    /// If nothing of it runs.
    pub(crate) fn application(&self, name: &str) -> Result<Value> {
        let balanced = self.all_load_balancers().any(|balancer| is_of(balancer.moniker.app.as_deref(), name));
        let clusters = self.clusters_of(name);
        if clusters.is_empty() && !balanced {
            return Err(Error::not_found(format!("Application does not exist (name: {name})")));
        }
        let mut providers = BTreeSet::new();
        let mut by_account: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for cluster in &clusters {
            providers.insert(cluster.provider);
            let groups: BTreeSet<_> = cluster.server_groups.iter().map(|group| group.name.as_str()).collect();
            by_account.entry(cluster.account).or_default().push(json!({
                "name": cluster.name,
                "loadBalancers": cluster.load_balancers(),
                "serverGroups": groups,
                "provider": cluster.provider,
            }));
        }
        let providers: Vec<_> = providers.into_iter().collect();
        Ok(json!({
            "name": name,
            "attributes": { "name": name, "cloudProviders": providers.join(",") },
            "clusters": by_account,
        }))
    }

    /// The names of an application's clusters by account.
    pub(crate) fn cluster_names(&self, application: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut names: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for group in self.server_groups_of(application) {
            names.entry(&group.account).or_default().insert(&group.cluster);
        }
        names
    }
}
