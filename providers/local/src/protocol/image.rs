//! Images: versions of programs that lie ready in a folder of the agent's machine.

use std::collections::BTreeMap;

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

/// A version of a program: the folder `images/<name>/<version>` of the agent's state folder, put there by whoever builds it,
/// as a whole (written elsewhere and renamed) and never changed.
///
/// A file `image.json` in it may say what is run: `{"command": "bin/shop", "args": ["--serve"]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// `<name>:<version>`.
    pub id: String,
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// When the folder was made or renamed last.
    pub created_at: Timestamp,
    /// What it runs unless a server group names something else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub command: String,
    /// The arguments of that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// What it is tagged with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Why it cannot be used, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Tags of an image: they are added to those that it has, or replace them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagRequest {
    /// The tags.
    pub tags: BTreeMap<String, String>,
}
