//! Monikers: the parts of a name, as upstream's JSON has them.

/// The parts of a server group's or other resource's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Moniker {
    /// The application.
    pub app: Option<String>,
    /// The cluster.
    pub cluster: Option<String>,
    /// The detail.
    pub detail: Option<String>,
    /// The stack.
    pub stack: Option<String>,
    /// The sequence number.
    pub sequence: Option<i32>,
}
