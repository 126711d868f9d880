//! What can be configured.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The configuration of front50.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// What every object's key begins with: `front50` by default, upstream's `rootFolder`.
    pub root_folder: String,
    /// How often another node's changes are looked for, in milliseconds; 1,000 by default.
    pub poll_ms: u64,
    /// How often everything is listed even if nothing says that it changed, in milliseconds; 60,000 by default. Upstream
    /// marks no deletions, and files put there by hand are marked by nobody.
    pub refresh_ms: u64,
    /// Whether a save with `staleCheck` is refused if the submitted `updateTs` is not the stored one. Off by default, as
    /// upstream accepts the parameter and ignores the submitted `updateTs`.
    pub refuse_stale: bool,
    /// The service accounts for which tokens may be made: they are written at the start, with the roles that are given
    /// here. None by default. Upstream's `service-accounts`, which stands at the root of `front50.yml`.
    #[serde(skip)]
    pub service_accounts: Vec<ServiceAccountOptions>,
}

/// A configured service account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ServiceAccountOptions {
    /// Its name; an entry without one is left out.
    pub name: String,
    /// Its roles.
    pub member_of: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            root_folder: "front50".to_owned(),
            poll_ms: 1_000,
            refresh_ms: 60_000,
            refuse_stale: false,
            service_accounts: Vec::new(),
        }
    }
}

impl Options {
    pub(crate) fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms.max(10))
    }

    pub(crate) fn refresh(&self) -> Duration {
        Duration::from_millis(self.refresh_ms)
    }
}
