//! Who owns an execution, and how that is told to others.

use crate::Epoch;

/// A node in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// The node's name.
    pub node: String,
    /// Its epoch.
    pub epoch: Epoch,
}

/// Who asks for a side effect: the receiver refuses a lower epoch than the highest it has seen for that execution.
/// On the wire: `X-Gennaker-Fence: <execution>/<epoch>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Fence {
    /// The asking execution.
    pub execution: String,
    /// The epoch of its owner.
    pub epoch: Epoch,
}
