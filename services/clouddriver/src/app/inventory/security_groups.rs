//! Security groups by account, cloud and region: upstream's `SecurityGroupController`.

use std::collections::{BTreeMap, BTreeSet};

use gennaker_wire::{Object, SecurityGroup};
use serde_json::{Value, json};

use super::{Error, Result, View};

/// Which security groups; an empty field filters nothing.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct SecurityGroups<'a> {
    /// Of this account.
    pub(crate) account: Option<&'a str>,
    /// Of this cloud.
    pub(crate) provider: Option<&'a str>,
    /// In this region.
    pub(crate) region: Option<&'a str>,
    /// Of this name.
    pub(crate) name: Option<&'a str>,
}

impl SecurityGroups<'_> {
    fn lets_through(&self, group: &SecurityGroup) -> bool {
        let is = |wanted: Option<&str>, value: &str| wanted.is_none_or(|wanted| wanted == value);
        is(self.account, &group.account_name)
            && is(self.provider, &group.cloud_provider)
            && is(self.region, &group.region)
            && is(self.name, &group.name)
    }
}

/// By what a list of security groups is taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    Account,
    Provider,
    Region,
}

impl By {
    fn of(self, group: &SecurityGroup) -> String {
        match self {
            By::Account => group.account_name.clone(),
            By::Provider => group.cloud_provider.clone(),
            By::Region => group.region.clone(),
        }
    }
}

impl View {
    /// Summaries of security groups, taken apart level by level; without a level a list, by name.
    pub(crate) fn security_groups(&self, wanted: SecurityGroups<'_>, levels: &[By]) -> Value {
        let found = self.accounts.iter().flat_map(|account| account.inventory.security_groups.iter());
        taken_apart(found.filter(|group| wanted.lets_through(group)).collect(), levels)
    }

    /// One security group, by name or id; of one that is in several networks `network` says which, `*` any.
    ///
    /// # Errors
    /// If there is none, or more than one.
    pub(crate) fn security_group(
        &self,
        wanted: SecurityGroups<'_>,
        id: Option<&str>,
        network: Option<&str>,
    ) -> Result<Value> {
        let network = network.filter(|network| *network != "*");
        let all = self.accounts.iter().flat_map(|account| account.inventory.security_groups.iter());
        let mut found = all
            .filter(|group| wanted.lets_through(group) && id.is_none_or(|id| group.id == id))
            .filter(|group| network.is_none_or(|network| group.vpc_id.as_deref() == Some(network)));
        match (found.next(), found.next()) {
            (Some(group), None) => {
                let mut fields = json!(group);
                fields["summary"] = group.summary();
                Ok(fields)
            }
            _ => {
                let name = id.or(wanted.name).unwrap_or_default();
                Err(Error::not_found(format!("Security group '{name}' does not exist")))
            }
        }
    }
}

fn taken_apart(groups: Vec<&SecurityGroup>, levels: &[By]) -> Value {
    let Some((level, deeper)) = levels.split_first() else {
        let sorted: BTreeMap<_, Value> = groups
            .into_iter()
            .map(|group| ((group.name.to_lowercase(), &group.id, &group.account_name, &group.region), group.summary()))
            .collect();
        return sorted.into_values().collect();
    };
    let keys: BTreeSet<String> = groups.iter().map(|group| level.of(group)).collect();
    let parts: Object = keys
        .into_iter()
        .map(|key| {
            let part = groups.iter().copied().filter(|group| level.of(group) == key).collect();
            let part = taken_apart(part, deeper);
            (key, part)
        })
        .collect();
    Value::Object(parts)
}
