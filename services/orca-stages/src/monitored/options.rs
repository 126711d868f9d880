//! The settings under `monitored-deploy` in `orca.yml`.

use serde::{Deserialize, Serialize};

/// Deployments that are judged while they grow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MonitoredDeployOptions {
    /// Whether there are any; no by default.
    pub enabled: bool,
    /// The monitors; none by default.
    pub deployment_monitors: Vec<DeploymentMonitorOptions>,
}

/// A deployment monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentMonitorOptions {
    /// What pipelines call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where it is, for example `http://monitor.example.com/`.
    pub base_url: String,
    /// Whom to ask about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_contact: Option<String>,
    /// For how many minutes it may say that it does not know yet; 30 by default.
    pub max_analysis_minutes: u64,
    /// Whether a deployment fails when its monitor does; yes by default.
    pub fail_on_error: bool,
    /// Whether the web UI offers it; no by default.
    pub stable: bool,
}

impl Default for DeploymentMonitorOptions {
    fn default() -> Self {
        DeploymentMonitorOptions {
            id: String::new(),
            name: String::new(),
            base_url: String::new(),
            support_contact: None,
            max_analysis_minutes: 30,
            fail_on_error: true,
            stable: false,
        }
    }
}
