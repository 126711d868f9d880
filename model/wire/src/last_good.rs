//! Which version of a cluster was the last good one, and why.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

/// The last good version of a cluster in one region: what a return goes back to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LastGood {
    /// The account.
    pub account: String,
    /// The cluster.
    pub cluster: String,
    /// The provider.
    pub cloud_provider: String,
    /// The region.
    pub region: String,
    /// The server group to return from: the newest that is enabled; `None` if none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The server group to return to; `None` if there is none, and `reason` says why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_good: Option<String>,
    /// Why this one, in a sentence.
    pub reason: String,
    /// Every other server group of the cluster, the newest first.
    pub candidates: Vec<GoodCandidate>,
}

/// A server group that might be returned to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GoodCandidate {
    /// The server group.
    pub name: String,
    /// Whether it may be returned to.
    pub good: bool,
    /// Why, or why not.
    pub reason: String,
    /// Since when it is known to have served well; `None` if that was never seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub served: Option<Timestamp>,
    /// Whether it is kept out of traffic now.
    pub disabled: bool,
    /// How many instances it has now.
    pub instances: u32,
    /// How many of them could serve at once: healthy, whatever the load balancer was told.
    pub ready: u32,
}
