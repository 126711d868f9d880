//! Pipelines as front50 keeps them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Object;

/// A pipeline config.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pipeline {
    /// The id, made by front50 for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name, unique in its application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Whether its triggers are off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Its place in its application, from 0; the web UI cannot do without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// The stages, each a JSON object with `refId`, `requisiteStageRefIds`, `type`, `name` and its type's settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<Value>>,
    /// The triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggers: Option<Vec<Value>>,
    /// When it was last changed, epoch milliseconds as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_ts: Option<String>,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified_by: Option<String>,
    /// What else was sent.
    #[serde(flatten)]
    pub other: Object,
}
