//! Lists that are shown as they are: networks, subnets, key pairs, instance types, and what only some clouds have.
//! Upstream's controllers of these names; a cloud that has none of a thing adds nothing to its list.

use gennaker_wire::{Image, Network, Object, ObjectExt as _, ServerGroup};
use serde_json::{Value, json};

use super::{Error, Result, View};
use crate::app::providers::AccountNow;

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum List {
    Networks,
    Subnets,
    KeyPairs,
    InstanceTypes,
    /// What only some clouds have, by upstream's name of the list.
    Other(&'static str),
}

impl List {
    fn of(self, account: &AccountNow) -> Vec<Value> {
        let inventory = &account.inventory;
        match self {
            List::Networks => inventory.networks.iter().map(|item| json!(item)).collect(),
            List::Subnets => inventory.subnets.iter().map(|item| json!(item)).collect(),
            List::KeyPairs => inventory.key_pairs.iter().map(|item| json!(item)).collect(),
            List::InstanceTypes => inventory.instance_types.iter().map(|item| json!(item)).collect(),
            List::Other(name) => {
                let items = inventory.other.get(name).into_iter().flat_map(|items| items.iter());
                items.map(|item| json!(item)).collect()
            }
        }
    }
}

impl View {
    /// A list of all clouds, or of one.
    pub(crate) fn list(&self, list: List, provider: Option<&str>) -> Vec<Value> {
        let accounts = self
            .accounts
            .iter()
            .filter(|account| provider.is_none_or(|provider| account.provider.name().eq_ignore_ascii_case(provider)));
        accounts.flat_map(|account| list.of(account)).collect()
    }

    /// All networks by cloud; each cloud's by name.
    pub(crate) fn networks_by_provider(&self) -> Value {
        let mut networks: Vec<&Network> =
            self.accounts.iter().flat_map(|account| account.inventory.networks.iter()).collect();
        networks.sort_by_key(|network| (network.name.to_lowercase(), &network.id, &network.account, &network.region));
        let mut by_provider = Object::new();
        for network in networks {
            let list = by_provider.entry(network.cloud_provider.clone()).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(json!(network));
            }
        }
        Value::Object(by_provider)
    }

    /// What a server group was launched from, in upstream's `ImageSummary`: its provider says so in `launchConfig`
    /// (`imageId`, `imageName`), and the image itself may be known.
    ///
    /// # Errors
    /// If the server group does not say what it was launched from.
    pub(crate) fn image_summary(&self, group: &ServerGroup) -> Result<Value> {
        let said = |name: &str| group.launch_config.text(name).or_else(|| group.other.text(name));
        let Some(id) = said("imageId") else {
            return Err(Error::not_found(format!("Image not found (server group: {})", group.name)));
        };
        let known = self.accounts.iter().find(|account| account.name() == group.account).and_then(|account| {
            account.inventory.images.iter().find(|image: &&Image| image.id == id && image.region == group.region)
        });
        let name = said("imageName").or_else(|| known.map(|image| image.name.clone()));
        let build = known.and_then(|image| image.other.get("buildInfo")).or_else(|| group.other.get("buildInfo"));
        Ok(json!({
            "serverGroupName": group.name,
            "imageId": id,
            "imageName": name.unwrap_or_else(|| id.clone()),
            "image": known.map(|image| json!(image)).unwrap_or_else(|| json!({ "imageId": id })),
            "buildInfo": build.cloned().unwrap_or(Value::Null),
        }))
    }
}
