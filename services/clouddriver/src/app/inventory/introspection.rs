//! How fresh each account's snapshot is: upstream's `AgentIntrospection`, one entry an account, and one for each part of it
//! that is looked at in a rhythm of its own.

use std::cmp::Reverse;

use gennaker_base::Timestamp;
use serde_json::{Value, json};

use super::View;
use crate::app::providers::AccountNow;

impl View {
    /// The newest confirmation first.
    pub(crate) fn introspection(&self) -> Vec<Value> {
        let mut entries: Vec<(Option<Timestamp>, Value)> = self.accounts.iter().flat_map(entries).collect();
        entries.sort_by_key(|(confirmed, _)| Reverse(*confirmed));
        entries.into_iter().map(|(_, entry)| entry).collect()
    }
}

fn entries(account: &AccountNow) -> Vec<(Option<Timestamp>, Value)> {
    let inventory = &account.inventory;
    let id = format!("{}/{}", account.provider.name(), account.name());
    let whole = json!({
        "id": id,
        "provider": account.provider.name(),
        "account": account.name(),
        "lastExecutionStartMs": inventory.freshness.confirmed,
        "lastError": account.problem(),
        "version": inventory.version,
        "totalServerGroups": inventory.server_groups.len(),
        "totalLoadBalancers": inventory.load_balancers.len(),
        "totalJobs": inventory.jobs.len(),
        "totalSecurityGroups": inventory.security_groups.len(),
        "totalImages": inventory.images.len(),
    });
    let parts = inventory.parts.iter().map(|(part, freshness)| {
        let entry = json!({
            "id": format!("{id}/{part}"),
            "provider": account.provider.name(),
            "account": account.name(),
            "part": part,
            "lastExecutionStartMs": freshness.confirmed,
            "lastError": freshness.problem,
        });
        (freshness.confirmed, entry)
    });
    [(inventory.freshness.confirmed, whole)].into_iter().chain(parts).collect()
}
