//! What can be configured: upstream's keys of `echo.yml`.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

/// The configuration of echo. Each group stands under upstream's key, so that whoever starts the service sets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How pipelines are read: `front50`.
    #[serde(skip)]
    pub front50: Front50Options,
    /// How pipelines are started: `orca`.
    #[serde(skip)]
    pub orca: OrcaOptions,
    /// Git webhooks: `trigger.git`.
    #[serde(skip)]
    pub git: GitOptions,
    /// What artifacts of webhooks are read by: `webhooks.artifacts`.
    #[serde(skip)]
    pub webhook_artifacts: WebhookArtifacts,
    /// Types of events that anybody may send as webhooks, besides `webhook`, `git` and `cdevents`: `webhooks.types`; none by
    /// default.
    #[serde(skip)]
    pub webhook_types: Vec<String>,
    /// Whether there is somebody who says who may do what: `services.fiat.enabled`. Without, a trigger's `runAsUser` counts
    /// for nothing, as upstream has it.
    #[serde(skip)]
    pub fiat: FiatOptions,
    /// When certain triggers start nothing: `quietPeriod`.
    #[serde(skip)]
    pub quiet_period: QuietPeriod,
    /// How cron triggers fire: `scheduler`.
    #[serde(skip)]
    pub scheduler: SchedulerOptions,
}

/// How cron triggers fire: `scheduler`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SchedulerOptions {
    /// Whether this node may fire them; true by default, upstream's `services.echo.cron.enabled`. Of all nodes that may, one
    /// does.
    pub enabled: bool,
    /// How their expressions are read.
    pub cron: CronOptions,
    /// How times are made up for at which no node was there.
    pub compensation_job: CompensationJob,
}

impl Default for SchedulerOptions {
    fn default() -> Self {
        SchedulerOptions { enabled: true, cron: CronOptions::default(), compensation_job: CompensationJob::default() }
    }
}

/// How cron expressions are read: `scheduler.cron`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CronOptions {
    /// The time zone that they are in; `global.spinnaker.timezone`, else `America/Los_Angeles`, by default.
    pub timezone: String,
}

impl Default for CronOptions {
    fn default() -> Self {
        CronOptions { timezone: "America/Los_Angeles".to_owned() }
    }
}

/// How times are made up for at which no node was there: `scheduler.compensationJob`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CompensationJob {
    /// Whether they are; true by default. Upstream's is off, since it may start a pipeline twice.
    pub enabled: bool,
    /// How late a time may be that is made up for, in milliseconds; 600,000 by default.
    pub window_ms: u64,
}

impl Default for CompensationJob {
    fn default() -> Self {
        CompensationJob { enabled: true, window_ms: 600_000 }
    }
}

impl CompensationJob {
    pub(crate) fn window(&self) -> Duration {
        Duration::from_millis(self.window_ms)
    }
}

/// How pipelines are read: `front50`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Front50Options {
    /// How often they are read without an event, in milliseconds; 30,000 by default. A front50 that says with an `ETag`
    /// whether they changed is asked before each event besides.
    pub polling_interval_ms: u64,
}

impl Default for Front50Options {
    fn default() -> Self {
        Front50Options { polling_interval_ms: 30_000 }
    }
}

impl Front50Options {
    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.polling_interval_ms.max(10))
    }
}

/// How pipelines are started: `orca`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrcaOptions {
    /// Whether any are; true by default.
    pub enabled: bool,
    /// How many starts are under way at a time, 16 by default.
    pub pipeline_initiator_threadpool_size: usize,
    /// How often upstream tries, 5 by default. Here this, times the delay, is for how long a start is tried.
    pub pipeline_initiator_retry_count: u32,
    /// The longest wait between two tries in milliseconds, 5,000 by default.
    pub pipeline_initiator_retry_delay_millis: u64,
}

impl Default for OrcaOptions {
    fn default() -> Self {
        OrcaOptions {
            enabled: true,
            pipeline_initiator_threadpool_size: 16,
            pipeline_initiator_retry_count: 5,
            pipeline_initiator_retry_delay_millis: 5_000,
        }
    }
}

/// Git webhooks: `trigger.git`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GitOptions {
    /// What signs the webhooks of triggers that have no `secret` of their own; none by default.
    pub shared_secret: String,
}

/// What artifacts of webhooks are read by: `webhooks.artifacts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookArtifacts {
    /// Whether any are; false by default.
    pub enabled: bool,
    /// The templates, by sources; none by default.
    pub sources: Vec<WebhookArtifactSource>,
}

/// A template of `webhooks.artifacts.sources`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookArtifactSource {
    /// The source of the webhooks, which their path ends with.
    pub source: String,
    /// A file of Jinja that makes a JSON list of artifacts; it is read for each webhook.
    pub template_path: PathBuf,
}

/// Who says who may do what: `services.fiat`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FiatOptions {
    /// Whether there is somebody; false by default.
    pub enabled: bool,
}

/// A time in which pipelines that respect it are not started by certain triggers: `quietPeriod`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuietPeriod {
    /// Whether there is one, if both its ends are set; true by default.
    pub enabled: bool,
    /// Its first moment, as `2026-12-24T00:00:00Z`.
    pub start_iso: String,
    /// Its last moment.
    pub end_iso: String,
    /// The types of triggers that do not start anything then; none by default.
    pub suppressed_trigger_types: Vec<String>,
}

impl Default for QuietPeriod {
    fn default() -> Self {
        QuietPeriod {
            enabled: true,
            start_iso: String::new(),
            end_iso: String::new(),
            suppressed_trigger_types: Vec::new(),
        }
    }
}
