//! Instances: one, with the server group that it belongs to.

use gennaker_wire::{Instance, ServerGroup};
use serde_json::{Value, json};

use super::{Error, Result, View};

impl View {
    /// An instance by its id or name, with what clients want to know of its server group.
    ///
    /// # Errors
    /// If there is none, or nothing is known of the account yet.
    pub(crate) fn instance(&self, account: &str, region: &str, id: &str) -> Result<Value> {
        let (group, instance) = self.find_instance(account, region, id)?;
        let mut fields = match serde_json::to_value(instance) {
            Ok(Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let added = [
            ("account", json!(group.account)),
            ("region", json!(group.region)),
            ("cloudProvider", json!(group.cloud_provider)),
            ("provider", json!(group.cloud_provider)),
            ("providerType", json!(group.cloud_provider)),
            ("application", json!(group.moniker.app)),
            ("cluster", json!(group.cluster)),
            ("moniker", json!(group.moniker)),
            ("serverGroup", json!(group.name)),
            ("loadBalancers", json!(group.load_balancers)),
        ];
        for (name, value) in added {
            fields.entry(name).or_insert(value);
        }
        Ok(Value::Object(fields))
    }

    /// The id of an instance for its provider.
    ///
    /// # Errors
    /// As [`View::instance`].
    pub(crate) fn instance_id(&self, account: &str, region: &str, id: &str) -> Result<String> {
        self.find_instance(account, region, id).map(|(_, instance)| instance.id.clone())
    }

    fn find_instance(&self, account: &str, region: &str, id: &str) -> Result<(&ServerGroup, &Instance)> {
        let found = self.inventory(account)?.and_then(|inventory| inventory.instance(id));
        found
            .filter(|(group, _)| group.region == region)
            .ok_or_else(|| Error::not_found(format!("Instance not found (id: {id})")))
    }
}
