//! Server groups: whole, or as the short rows of lists.

use gennaker_wire::ServerGroup;
use serde_json::{Value, json};

use super::{Error, Result, View};

/// Which server groups of an application a list has; an empty field filters nothing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Filter {
    /// Of this cloud.
    pub(crate) provider: Option<String>,
    /// Of one of these clusters, `account:cluster`.
    pub(crate) clusters: Option<Vec<String>>,
}

impl Filter {
    fn lets_through(&self, group: &ServerGroup) -> bool {
        let of_provider = |provider: &String| group.cloud_provider.eq_ignore_ascii_case(provider);
        let of_cluster = |name: &String| {
            name.split_once(':').is_some_and(|(account, cluster)| group.account == account && group.cluster == cluster)
        };
        self.provider.as_ref().is_none_or(of_provider)
            && self.clusters.as_ref().is_none_or(|clusters| clusters.iter().any(of_cluster))
    }
}

impl View {
    /// One server group.
    ///
    /// # Errors
    /// If there is none, or nothing is known of the account yet.
    pub(crate) fn server_group(&self, account: &str, region: &str, name: &str) -> Result<&ServerGroup> {
        let found = self.inventory(account)?.and_then(|inventory| inventory.server_group(region, name));
        found.ok_or_else(|| {
            Error::not_found(format!("Server group not found (account: {account}, region: {region}, name: {name})"))
        })
    }

    /// An application's server groups, whole or in short.
    pub(crate) fn server_groups(&self, application: &str, filter: &Filter, expand: bool) -> Vec<Value> {
        let found = self.server_groups_of(application).filter(|group| filter.lets_through(group));
        found.map(|group| if expand { whole(group) } else { summary(group) }).collect()
    }

    /// The server groups of these ids, `account:region:name`, in short; unknown ones are left out.
    ///
    /// # Errors
    /// The ids that are none.
    pub(crate) fn server_groups_by_id(&self, ids: &[String]) -> std::result::Result<Vec<Value>, String> {
        let parts = |id: &String| {
            let mut parts = id.splitn(3, ':').map(str::to_owned);
            Some((parts.next()?, parts.next()?, parts.next()?))
        };
        let wrong: Vec<_> = ids.iter().filter(|id| parts(id).is_none()).map(String::as_str).collect();
        if !wrong.is_empty() {
            return Err(format!("ids are <account>:<region>:<name>, not {}", wrong.join(", ")));
        }
        let found = ids.iter().filter_map(|id| {
            let (account, region, name) = parts(id)?;
            self.server_group(&account, &region, &name).ok().map(summary)
        });
        Ok(found.collect())
    }
}

/// A server group with the fields under all names that clients read: those of upstream's expanded list.
pub(crate) fn whole(group: &ServerGroup) -> Value {
    let mut fields = match serde_json::to_value(group) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let added = [
        ("isDisabled", json!(group.disabled)),
        ("accountName", json!(group.account)),
        ("application", json!(group.moniker.app)),
        ("stack", json!(group.moniker.stack)),
        ("freeFormDetail", json!(group.moniker.detail)),
    ];
    fields.extend(added.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Value::Object(fields)
}

/// A row of a list: upstream's `ServerGroupViewModel`, and `disabled` as in the whole server group.
fn summary(group: &ServerGroup) -> Value {
    let instances: Vec<Value> = group
        .instances
        .iter()
        .map(|instance| {
            json!({
                "id": instance.id,
                "name": instance.name,
                "health": instance.health,
                "healthState": instance.health_state,
                "launchTime": instance.launch_time,
                "availabilityZone": instance.zone,
            })
        })
        .collect();
    json!({
        "name": group.name,
        "account": group.account,
        "region": group.region,
        "cluster": group.cluster,
        "type": group.kind,
        "cloudProvider": group.cloud_provider,
        "application": group.moniker.app,
        "isDisabled": group.disabled,
        "disabled": group.disabled,
        "moniker": group.moniker,
        "createdTime": group.created_time,
        "capacity": group.capacity,
        "instances": instances,
        "instanceCounts": group.instance_counts,
        "loadBalancers": group.load_balancers,
        "securityGroups": group.security_groups,
    })
}
