//! Clusters: the server groups of one application that differ by their number only.

use std::collections::{BTreeMap, BTreeSet};

use gennaker_wire::{ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use super::{Error, Result, View, server_groups::whole};

/// A cluster.
pub(super) struct Cluster<'a> {
    pub(super) account: &'a str,
    pub(super) name: &'a str,
    pub(super) provider: &'a str,
    pub(super) server_groups: Vec<&'a ServerGroup>,
}

impl Cluster<'_> {
    pub(super) fn load_balancers(&self) -> BTreeSet<&str> {
        self.server_groups.iter().flat_map(|group| &group.load_balancers).map(String::as_str).collect()
    }

    fn moniker(&self) -> Moniker {
        let moniker = self.server_groups.first().map(|group| group.moniker.clone()).unwrap_or_default();
        Moniker { sequence: None, ..moniker }
    }
}

impl View {
    /// An application's clusters, by account, name and cloud.
    pub(super) fn clusters_of<'a>(&'a self, application: &'a str) -> Vec<Cluster<'a>> {
        let mut clusters: BTreeMap<(&str, &str, &str), Vec<&ServerGroup>> = BTreeMap::new();
        for group in self.server_groups_of(application) {
            clusters.entry((&group.account, &group.cluster, &group.cloud_provider)).or_default().push(group);
        }
        clusters
            .into_iter()
            .map(|((account, name, provider), server_groups)| Cluster { account, name, provider, server_groups })
            .collect()
    }

    /// An application's clusters in one account, in short.
    ///
    /// # Errors
    /// If there are none, or nothing is known of the account yet.
    pub(crate) fn clusters(&self, application: &str, account: &str) -> Result<Vec<Value>> {
        self.inventory(account)?;
        let clusters = self.clusters_of(application);
        let found: Vec<Value> = clusters
            .iter()
            .filter(|cluster| cluster.account == account)
            .map(|cluster| {
                let groups: Vec<_> = cluster.server_groups.iter().map(|group| group.name.as_str()).collect();
                json!({
                    "name": cluster.name,
                    "account": account,
                    "moniker": cluster.moniker(),
                    "loadBalancers": cluster.load_balancers(),
                    "serverGroups": groups,
                })
            })
            .collect();
        match found.is_empty() {
            true => {
                let message = format!("No clusters found (application: {application}, account: {account})");
                Err(Error::not_found(message))
            }
            false => Ok(found),
        }
    }

    /// A cluster as each cloud has it, with its server groups.
    ///
    /// # Errors
    /// If no cloud has it, or nothing is known of the account yet.
    pub(crate) fn cluster(&self, application: &str, account: &str, name: &str) -> Result<Vec<Value>> {
        self.inventory(account)?;
        let clusters = self.clusters_of(application);
        let found: Vec<Value> = clusters
            .iter()
            .filter(|cluster| cluster.account == account && cluster.name == name)
            .map(|cluster| self.whole_cluster(cluster))
            .collect();
        match found.is_empty() {
            true => Err(Error::not_found(format!(
                "Cluster not found (application: {application}, account: {account}, name: {name})"
            ))),
            false => Ok(found),
        }
    }

    /// A cluster of one cloud, with its server groups.
    ///
    /// # Errors
    /// As [`View::cluster_server_groups`].
    pub(crate) fn cluster_of(&self, application: &str, account: &str, name: &str, provider: &str) -> Result<Value> {
        let server_groups = self.cluster_server_groups(application, account, name, provider)?;
        Ok(self.whole_cluster(&Cluster { account, name, provider, server_groups }))
    }

    /// The server groups of a cluster.
    ///
    /// # Errors
    /// If there is no such cluster, or nothing is known of the account yet.
    pub(crate) fn cluster_server_groups(
        &self,
        application: &str,
        account: &str,
        name: &str,
        provider: &str,
    ) -> Result<Vec<&ServerGroup>> {
        let known = self.inventory(account)?.map(|inventory| &inventory.server_groups);
        let found: Vec<_> = known
            .into_iter()
            .flatten()
            .filter(|group| group.cluster == name)
            .filter(|group| super::is_of(group.moniker.app.as_deref(), application))
            .filter(|group| group.cloud_provider.eq_ignore_ascii_case(provider))
            .collect();
        match found.is_empty() {
            true => Err(Error::not_found(format!(
                "No clusters found (application: {application}, account: {account}, name: {name}, type: {provider})"
            ))),
            false => Ok(found),
        }
    }

    fn whole_cluster(&self, cluster: &Cluster<'_>) -> Value {
        let names = cluster.load_balancers();
        let of_cluster = |name: &str, account: &str| account == cluster.account && names.contains(name);
        let balancers: Vec<_> =
            self.all_load_balancers().filter(|balancer| of_cluster(&balancer.name, &balancer.account)).collect();
        let groups: Vec<Value> = cluster.server_groups.iter().map(|group| whole(group)).collect();
        json!({
            "name": cluster.name,
            "accountName": cluster.account,
            "type": cluster.provider,
            "moniker": cluster.moniker(),
            "loadBalancers": balancers,
            "serverGroups": groups,
        })
    }
}
