//! orca's settings.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine;

/// The settings under `orca` in `orca.yml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// How many executions this node drives at a time.
    pub active_executions: usize,
    /// An execution whose next due time is further away than so many milliseconds is released from memory.
    pub release_after_ms: u64,
    /// How long one step of a task may take, in milliseconds.
    pub step_deadline_ms: u64,
    /// What lists of executions show: `tasks.controller`.
    #[serde(skip)]
    pub lists: Lists,
    /// Taking over executions from another orca: `executions.import`.
    #[serde(skip)]
    pub import: Import,
    /// Deleting old executions: `pollers.oldPipelineCleanup`.
    #[serde(skip)]
    pub cleanup: Cleanup,
    /// What echo is told: `echo`.
    #[serde(skip)]
    pub echo: Echo,
    /// Changes of one cluster by several executions: `clusterLocks`.
    #[serde(skip)]
    pub cluster_locks: ClusterLocks,
}

/// The settings under `clusterLocks` in `orca.yml`: what becomes of a stage that is about to change a cluster while a stage of another
/// execution does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterLocks {
    /// What becomes of it; by default it goes on, as upstream has it.
    pub mode: ClusterLockMode,
    /// With the mode `wait`, after how many minutes it is refused all the same; 60 by default.
    pub wait_minutes: u64,
}

/// What becomes of a stage whose cluster is being changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClusterLockMode {
    /// It goes on.
    #[default]
    None,
    /// It waits for the other one's end, in the order of arrival.
    Wait,
    /// It fails.
    Refuse,
}

impl Default for ClusterLocks {
    fn default() -> Self {
        ClusterLocks { mode: ClusterLockMode::None, wait_minutes: 60 }
    }
}

/// The settings under `echo` in `orca.yml`: what echo is told of executions.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Echo {
    /// Whether it is told anything; yes by default.
    pub enabled: bool,
    /// What it is told besides the ends of executions.
    pub events: EchoEvents,
}

/// The settings under `echo.events`: events of executions that go on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EchoEvents {
    /// Whether there are any. By default only for an echo at `services.echo.baseUrl`: ours does nothing with them yet.
    pub progress: Option<bool>,
    /// Whether those of tasks are left out; no by default.
    pub ignore_task_events: bool,
    /// Whether those of tasks carry the whole execution; yes by default.
    pub include_full_execution: bool,
}

impl Default for EchoEvents {
    fn default() -> Self {
        EchoEvents { progress: None, ignore_task_events: false, include_full_execution: true }
    }
}

impl Echo {
    /// Whether it is told of executions while they go on.
    pub(crate) fn tells_progress(&self) -> bool {
        self.enabled && self.events.progress == Some(true)
    }
}

impl Default for Echo {
    fn default() -> Self {
        Echo { enabled: true, events: EchoEvents::default() }
    }
}

/// The settings under `pollers.oldPipelineCleanup` in `orca.yml`: executions of pipelines that are deleted by their age.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cleanup {
    /// Whether any are; no by default.
    pub enabled: bool,
    /// How many days after their end; 30 by default.
    pub threshold_days: u32,
    /// So many of each pipeline are kept whatever their age; 5 by default.
    pub minimum_pipeline_executions: u32,
}

impl Default for Cleanup {
    fn default() -> Self {
        Cleanup { enabled: false, threshold_days: 30, minimum_pipeline_executions: 5 }
    }
}

/// The settings under `tasks.controller` in `orca.yml`: what lists of executions show.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Lists {
    /// Executions that started longer ago are history, 14 days by default: lists show them only where there is nothing else.
    pub days_of_execution_history: u32,
    /// How many of a pipeline's executions are shown that are all history, 2 by default.
    pub number_of_old_pipeline_executions_to_include: u32,
    /// Whether the executions of disabled pipelines are left out of an application's list; no by default.
    pub exclude_executions_of_disabled_pipelines: bool,
    /// Which failed stages `GET /pipelines/failedStages` finds.
    pub failed_stages: FailedStages,
}

impl Default for Lists {
    fn default() -> Self {
        Lists {
            days_of_execution_history: 14,
            number_of_old_pipeline_executions_to_include: 2,
            exclude_executions_of_disabled_pipelines: false,
            failed_stages: FailedStages::default(),
        }
    }
}

/// The settings under `tasks.controller.failedStages`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FailedStages {
    /// Only stages whose failure fails the pipeline; yes by default (upstream has no default: unset, its endpoint fails).
    pub only_include_stages_that_fail_pipelines: bool,
}

impl Default for FailedStages {
    fn default() -> Self {
        FailedStages { only_include_stages_that_fail_pipelines: true }
    }
}

/// The settings under `executions.import`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Import {
    /// Whether `POST /admin/executions` takes executions; no by default.
    pub enabled: bool,
}

impl Default for Options {
    fn default() -> Self {
        let engine = engine::Options::default();
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Options {
            active_executions: engine.active,
            release_after_ms: millis(engine.release_after),
            step_deadline_ms: millis(engine.step_deadline),
            lists: Lists::default(),
            import: Import::default(),
            cleanup: Cleanup::default(),
            echo: Echo::default(),
            cluster_locks: ClusterLocks::default(),
        }
    }
}

impl From<&Options> for engine::Options {
    fn from(options: &Options) -> Self {
        engine::Options {
            active: options.active_executions,
            release_after: Duration::from_millis(options.release_after_ms),
            step_deadline: Duration::from_millis(options.step_deadline_ms),
            retention: options.cleanup.enabled.then(|| engine::Retention {
                age: Duration::from_secs(24 * 3600).saturating_mul(options.cleanup.threshold_days),
                keep: options.cleanup.minimum_pipeline_executions,
            }),
            echo: options.echo.clone(),
            cluster_locks: options.cluster_locks.clone(),
        }
    }
}
