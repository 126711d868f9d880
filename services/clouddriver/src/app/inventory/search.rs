//! Search: everything whose name holds a text, in the shape of upstream's cache keys.

use std::collections::BTreeSet;

use gennaker_wire::{Object, naming::Moniker};
use serde_json::{Value, json};

use super::View;

/// The platform that upstream writes on every result set; the web UI expects it.
const PLATFORM: &str = "aws";

/// What to look for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// A part of a name; an empty one is in every name.
    pub(crate) text: String,
    /// Of these types, for example `serverGroups`.
    pub(crate) types: Vec<String>,
    /// Results with these fields, for example `account`.
    pub(crate) filters: Vec<(String, String)>,
    /// The page, from 1.
    pub(crate) page: usize,
    /// Results a page.
    pub(crate) page_size: usize,
}

impl View {
    /// One result set in a list, as upstream answers.
    pub(crate) fn search(&self, search: &Search) -> Value {
        let text = search.text.to_lowercase();
        let mut found: Vec<Object> = Vec::new();
        let types: BTreeSet<&str> = search.types.iter().map(String::as_str).collect();
        for kind in types {
            found.extend(
                self.named(kind)
                    .into_iter()
                    .filter(|(name, _)| name.to_lowercase().contains(&text))
                    .map(|(_, fields)| fields),
            );
        }
        found.retain(|fields| search.filters.iter().all(|(name, value)| lets_through(fields, name, value)));
        let first = search.page_size.saturating_mul(search.page.saturating_sub(1));
        let total = found.len();
        let results: Vec<Object> = found.into_iter().skip(first).take(search.page_size).collect();
        json!([{
            "totalMatches": total,
            "pageNumber": search.page,
            "pageSize": search.page_size,
            "platform": PLATFORM,
            "query": search.text,
            "results": results,
        }])
    }

    /// Everything of a type, with the name that is searched; nothing for a type that no cloud here has.
    fn named(&self, kind: &str) -> Vec<(String, Object)> {
        match kind {
            "applications" => self.found_applications(),
            "clusters" => self.found_clusters(),
            "serverGroups" => self.found_server_groups(),
            "instances" => self.found_instances(),
            "loadBalancers" => self.found_load_balancers(),
            "securityGroups" => self.found_security_groups(),
            _ => Vec::new(),
        }
    }

    fn found_applications(&self) -> Vec<(String, Object)> {
        let names = self
            .all_server_groups()
            .filter_map(|group| Some((group.moniker.app.clone()?, group.cloud_provider.clone())));
        let names: BTreeSet<_> = names.collect();
        names
            .into_iter()
            .map(|(name, provider)| {
                let url = format!("/applications/{}", name.to_lowercase());
                let fields = json!({
                    "type": "applications", "provider": provider, "application": name, "url": url,
                });
                (name, object(fields))
            })
            .collect()
    }

    fn found_clusters(&self) -> Vec<(String, Object)> {
        let mut seen = BTreeSet::new();
        self.all_server_groups()
            .filter(|group| seen.insert((group.account.clone(), group.cluster.clone(), group.cloud_provider.clone())))
            .map(|group| {
                let fields = json!({
                    "type": "clusters",
                    "provider": group.cloud_provider,
                    "application": group.moniker.app,
                    "account": group.account,
                    "cluster": group.cluster,
                    "url": format!("{}/clusters/{}/{}", base(&group.moniker), group.account, group.cluster),
                });
                (group.cluster.clone(), object(fields))
            })
            .collect()
    }

    fn found_server_groups(&self) -> Vec<(String, Object)> {
        let groups = self.all_server_groups();
        groups
            .map(|group| {
                let fields = json!({
                    "type": "serverGroups",
                    "provider": group.cloud_provider,
                    "application": group.moniker.app,
                    "stack": group.moniker.stack,
                    "detail": group.moniker.detail,
                    "sequence": group.moniker.sequence,
                    "account": group.account,
                    "region": group.region,
                    "cluster": group.cluster,
                    "serverGroup": group.name,
                    "url": format!(
                        "{}/clusters/{}/{}/{}/serverGroups/{}?region={}",
                        base(&group.moniker), group.account, group.cluster, group.cloud_provider, group.name, group.region,
                    ),
                });
                (group.name.clone(), object(fields))
            })
            .collect()
    }

    fn found_instances(&self) -> Vec<(String, Object)> {
        let groups = self.all_server_groups();
        groups
            .flat_map(|group| group.instances.iter().map(move |instance| (group, instance)))
            .map(|(group, instance)| {
                let fields = json!({
                    "type": "instances",
                    "provider": group.cloud_provider,
                    "application": group.moniker.app,
                    "account": group.account,
                    "region": group.region,
                    "cluster": group.cluster,
                    "serverGroup": group.name,
                    "instanceId": instance.id,
                    "name": instance.name,
                    "url": format!("/instances/{}/{}/{}", group.account, group.region, instance.id),
                });
                (format!("{} {}", instance.id, instance.name), object(fields))
            })
            .collect()
    }

    fn found_load_balancers(&self) -> Vec<(String, Object)> {
        self.all_load_balancers()
            .map(|balancer| {
                let fields = json!({
                    "type": "loadBalancers",
                    "provider": balancer.cloud_provider,
                    "application": balancer.moniker.app,
                    "account": balancer.account,
                    "region": balancer.region,
                    "loadBalancer": balancer.name,
                    "url": format!("/{}/loadBalancers/{}", balancer.cloud_provider, balancer.name),
                });
                (balancer.name.clone(), object(fields))
            })
            .collect()
    }

    /// By name or id, as who looks for one knows either.
    fn found_security_groups(&self) -> Vec<(String, Object)> {
        let groups = self.accounts.iter().flat_map(|account| account.inventory.security_groups.iter());
        groups
            .map(|group| {
                let fields = json!({
                    "type": "securityGroups",
                    "provider": group.cloud_provider,
                    "application": group.moniker.app,
                    "account": group.account_name,
                    "region": group.region,
                    "id": group.id,
                    "name": group.name,
                    "vpcId": group.vpc_id,
                    "url": format!(
                        "/securityGroups/{}/{}/{}?region={}",
                        group.account_name, group.cloud_provider, group.name, group.region,
                    ),
                });
                (format!("{} {}", group.name, group.id), object(fields))
            })
            .collect()
    }
}

fn base(moniker: &Moniker) -> String {
    format!("/applications/{}", moniker.app.as_deref().unwrap_or_default().to_lowercase())
}

/// A filter by a field that the result does not have keeps it out.
fn lets_through(fields: &Object, name: &str, value: &str) -> bool {
    fields.get(name).and_then(Value::as_str).is_some_and(|field| field.eq_ignore_ascii_case(value))
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(fields) => fields,
        _ => Object::new(),
    }
}
