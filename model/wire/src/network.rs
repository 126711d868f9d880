//! What a cloud's network is made of, and who may reach what: networks, subnets and security groups, as clouddriver answers
//! them.

use gennaker_naming::Moniker;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Object;

/// A security group: who may reach what belongs to it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SecurityGroup {
    /// The id for the provider; the name where it has none.
    pub id: String,
    /// The name.
    pub name: String,
    /// The account.
    pub account_name: String,
    /// The region.
    pub region: String,
    /// The provider, under the name that the web UI reads first.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider.
    pub cloud_provider: String,
    /// The name's parts.
    pub moniker: Moniker,
    /// The application of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The network's id, where the cloud has networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_id: Option<String>,
    /// Who may reach it; each has `protocol` and `portRanges`, and either `range` or `securityGroup`.
    pub inbound_rules: Vec<Object>,
    /// What it may reach.
    pub outbound_rules: Vec<Object>,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

impl SecurityGroup {
    /// What lists show of it.
    pub fn summary(&self) -> Value {
        let mut summary = json!({ "id": self.id, "name": self.name, "moniker": self.moniker });
        if let Some(network) = &self.vpc_id {
            summary["vpcId"] = json!(network);
        }
        summary
    }
}

/// A network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Network {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The provider.
    pub cloud_provider: String,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// A part of a network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subnet {
    /// The id.
    pub id: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The provider, as lists of subnets name it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is for: stages choose subnets by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What the provider adds, for example `vpcId` and `availabilityZone`.
    #[serde(flatten)]
    pub other: Object,
}
