//! How fresh each account's snapshot is: upstream's `AgentIntrospection`, one entry an account.

use serde_json::{Value, json};

use super::View;

impl View {
    /// The newest confirmation first.
    pub(crate) fn introspection(&self) -> Vec<Value> {
        let mut accounts: Vec<_> = self.accounts.iter().collect();
        accounts.sort_by_key(|account| std::cmp::Reverse(account.inventory.freshness.confirmed));
        accounts
            .into_iter()
            .map(|account| {
                let inventory = &account.inventory;
                json!({
                    "id": format!("{}/{}", account.provider.name(), account.name()),
                    "provider": account.provider.name(),
                    "account": account.name(),
                    "lastExecutionStartMs": inventory.freshness.confirmed,
                    "lastError": account.problem(),
                    "version": inventory.version,
                    "totalServerGroups": inventory.server_groups.len(),
                    "totalLoadBalancers": inventory.load_balancers.len(),
                })
            })
            .collect()
    }
}
