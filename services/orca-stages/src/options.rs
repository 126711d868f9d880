//! The settings of stages and tasks, by upstream's names in `orca.yml`.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use gennaker_http::outbound::{SetupError, UrlRuleOptions};
use serde::{Deserialize, Serialize};

use crate::{JobOptions, MonitoredDeployOptions, webhook};

/// What the catalogue is made with: [`crate::Catalogue::new`]. The parts stand at different places in `orca.yml`, as they do
/// upstream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Under `tasks`.
    pub tasks: TasksOptions,
    /// Under `dryrun`.
    pub dryrun: DryRunOptions,
    /// Under `webhook`.
    pub webhook: webhook::Options,
    /// Under `job`: the jobs that operators have prepared.
    pub job: Arc<JobOptions>,
    /// Under `trafficGuards`.
    pub traffic_guards: TrafficGuardsOptions,
    /// Under `rollback`.
    pub rollback: RollbackOptions,
    /// Under `monitoredDeploy`: the deployment monitors.
    pub monitored_deploy: MonitoredDeployOptions,
    /// Under `user-configured-url-restrictions`: the URLs that pipelines may name.
    pub urls: UrlRuleOptions,
}

/// Why there is no catalogue of stages with these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// The webhooks' are wrong.
    #[error(transparent)]
    Webhook(#[from] webhook::Error),
    /// The rules for URLs are wrong.
    #[error(transparent)]
    Urls(#[from] SetupError),
    /// A deployment monitor's are wrong.
    #[error("monitored-deploy.deploymentMonitors: the monitor {id:?} cannot be used: {problem}")]
    Monitor {
        /// Its id.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

/// The settings of single tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TasksOptions {
    /// What tasks that touch no cloud do.
    pub core: CoreTasksOptions,
    /// When stages that are held back to certain hours may run.
    pub execution_window: ExecutionWindowOptions,
    /// How an application is written.
    pub upsert_application: PaceOptions,
    /// How an application is deleted.
    pub delete_application: PaceOptions,
    /// Whether pipelines with roles get service accounts when they are saved; no by default.
    pub use_managed_service_accounts: bool,
    /// The conditions that hold deployments back.
    pub evaluate_condition: EvaluateConditionOptions,
    /// What tasks that ask clouddriver do.
    pub clouddriver: ClouddriverTasksOptions,
    /// How it is watched whether front50 shows what was saved.
    pub monitor_front50_task: MonitorFront50Options,
}

/// How `MonitorFront50Task` looks at front50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MonitorFront50Options {
    /// How often in a row a pipeline has to be shown as saved; 0 by default: it is not looked for.
    pub success_threshold: u32,
    /// By how many milliseconds it may seem older than the stage that saved it; 5,000 by default.
    pub grace_period_ms: u64,
}

impl Default for MonitorFront50Options {
    fn default() -> Self {
        MonitorFront50Options { success_threshold: 0, grace_period_ms: 5000 }
    }
}

/// The settings of tasks that touch no cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CoreTasksOptions {
    /// Of `BindProducedArtifactsTask`.
    pub bind_produced_artifacts_task: BindProducedArtifactsOptions,
}

/// What a task that binds artifacts keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BindProducedArtifactsOptions {
    /// Of `artifacts` and `resolvedExpectedArtifacts` those that stay out of the stage's outputs; none by default.
    pub exclude_keys_from_outputs: BTreeSet<String>,
}

/// The hours of `restrictedExecutionWindow`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecutionWindowOptions {
    /// The time zone that hours and days are meant in, by its IANA name; `America/Los_Angeles` by default.
    pub timezone: String,
}

impl Default for ExecutionWindowOptions {
    fn default() -> Self {
        ExecutionWindowOptions { timezone: "America/Los_Angeles".to_owned() }
    }
}

/// How long a task may take and how rarely it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaceOptions {
    /// The longest wait between two looks, in milliseconds; 10,000 by default.
    pub backoff_ms: u64,
    /// The time after which it fails, in milliseconds; an hour by default.
    pub timeout_ms: u64,
}

impl Default for PaceOptions {
    fn default() -> Self {
        PaceOptions { backoff_ms: 10_000, timeout_ms: 3_600_000 }
    }
}

impl PaceOptions {
    pub(crate) fn longest_wait(&self) -> Duration {
        Duration::from_millis(self.backoff_ms)
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// Dry runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DryRunOptions {
    /// Whether `"dryRun": true` of a trigger is heeded. It is not by default, as in upstream: such an execution runs like any other.
    pub enabled: bool,
}

/// How a server group is gone back from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RollbackOptions {
    /// Going back to a server group that is still there.
    pub explicit_rollback: ExplicitRollbackOptions,
}

/// Going back to a server group that is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExplicitRollbackOptions {
    /// How many seconds clouddriver may take to say how large each server group is; 5 by default.
    pub timeout: u64,
}

impl Default for ExplicitRollbackOptions {
    fn default() -> Self {
        ExplicitRollbackOptions { timeout: 5 }
    }
}

impl ExplicitRollbackOptions {
    pub(crate) fn lookup(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

/// What traffic guards ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TrafficGuardsOptions {
    /// The share of a guarded cluster's instances that are up, more than which has to stay so: from 0 to below 0.5; 0 by default,
    /// and for any other number. One that stays is enough then.
    pub min_capacity_ratio: f64,
}

/// The conditions that hold deployments back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EvaluateConditionOptions {
    /// Whether any do; no by default.
    pub enabled: bool,
    /// Whether nobody waits for them any more; no by default.
    pub skip_wait: bool,
    /// How many milliseconds a deployment waits at least, once a condition applies; five minutes by default.
    pub backoff_wait_ms: u64,
    /// How many milliseconds it waits at most; two hours by default.
    pub wait_timeout_ms: u64,
    /// The clusters that they apply to.
    pub clusters: Vec<String>,
    /// The names of those that apply now.
    pub active_conditions: Vec<String>,
}

impl Default for EvaluateConditionOptions {
    fn default() -> Self {
        EvaluateConditionOptions {
            enabled: false,
            skip_wait: false,
            backoff_wait_ms: 300_000,
            wait_timeout_ms: 7_200_000,
            clusters: Vec::new(),
            active_conditions: Vec::new(),
        }
    }
}

/// The settings of tasks that ask clouddriver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClouddriverTasksOptions {
    /// Of `checkIfApplicationExists`.
    pub check_if_application_exists_task: CheckIfApplicationExistsOptions,
}

/// What is done about an application that nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CheckIfApplicationExistsOptions {
    /// Whether clouddriver is asked where front50 does not know it; yes by default.
    pub check_clouddriver: bool,
    /// Whether it is only noted, instead of failing the stage; yes by default.
    pub audit_mode_enabled: bool,
}

impl Default for CheckIfApplicationExistsOptions {
    fn default() -> Self {
        CheckIfApplicationExistsOptions { check_clouddriver: true, audit_mode_enabled: true }
    }
}
