//! clouddriver's settings.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The settings under `clouddriver` in `clouddriver.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How many tasks this node runs at a time, 500 by default; more wait for room, here or on another node.
    pub active_operations: usize,
    /// How long one operation may take, in milliseconds, an hour by default; then its task fails and may be resumed.
    pub operation_deadline_ms: u64,
    /// How long a forced refresh of a cache waits for the cloud's word, in milliseconds, 5 s by default.
    pub refresh_wait_ms: u64,
    /// How long a server group must serve well to count as a good version, in milliseconds, a minute by default.
    pub good_after_ms: u64,
    /// A folder whose files define accounts, looked at every second; none by default.
    pub accounts_folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            active_operations: 500,
            operation_deadline_ms: 3_600_000,
            refresh_wait_ms: 5_000,
            good_after_ms: 60_000,
            accounts_folder: None,
        }
    }
}
