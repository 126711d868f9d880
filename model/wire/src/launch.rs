//! What instances are launched from: images, instance types and key pairs, as clouddriver answers them.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Object;

/// What instances are launched from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Image {
    /// The id, for example `ami-1234`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The account that sees it.
    pub account: String,
    /// The region.
    pub region: String,
    /// The provider.
    pub cloud_provider: String,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_time: Option<Timestamp>,
    /// What it is tagged with; values are texts.
    #[serde(skip_serializing_if = "Object::is_empty")]
    pub tags: Object,
    /// What the provider adds.
    #[serde(flatten)]
    pub other: Object,
}

/// A size in which instances come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InstanceType {
    /// The name, for example `m5.large`.
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

/// A key pair that instances are launched with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct KeyPair {
    /// The name.
    pub key_name: String,
    /// The public key's fingerprint.
    pub key_fingerprint: String,
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
