//! Applications as front50 keeps them.

use serde::{Deserialize, Serialize};

use crate::Object;

/// An application.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    /// The name; front50 keeps it in upper case and compares it in lower case.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// Whom to ask.
    pub email: Option<String>,
    /// When it was last changed, epoch milliseconds as text.
    pub update_ts: Option<String>,
    /// When it was created, epoch milliseconds as text.
    pub create_ts: Option<String>,
    /// Who changed it last.
    pub last_modified_by: Option<String>,
    /// The clouds that it uses, separated by commas.
    pub cloud_providers: Option<String>,
    /// What else was sent.
    #[serde(flatten)]
    pub other: Object,
}
