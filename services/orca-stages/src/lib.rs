//! The stage catalogue: each stage type is one file with its settings, its tasks under upstream's names, and its synthetic
//! stages. The engine in `gennaker-orca` runs them and knows none of them.
//!
//! To add a stage: write a file beside its kin that implements [`StageDefinition`], implement [`Task`] for each task that no
//! other stage has, and name both in [`Catalogue::new`]. `docs/how-to/add-a-stage.md` walks through it.
//!
//! # Guarantees that a task can rely on, and must keep
//! * A task is recorded as running before its first step; each step may be run again by another node after a crash, with the
//!   same [`TaskContext::request_id`] and a higher fence. So a step does at most one side effect, under that id.
//! * A step sees a snapshot of its execution. What it found out goes into its [`TaskResult`] and is recorded before anything
//!   that follows from it happens.

mod application;
mod artifacts;
mod catalogue;
mod cloud;
mod core;
mod definition;
mod dry_run;
mod front50;
mod monitored;
mod options;
mod pipeline;
mod schema;
mod server_group;
mod task;
mod template;
mod view;
pub mod webhook;

pub use self::{
    artifacts::artifact_view,
    catalogue::Catalogue,
    cloud::{JobOptions, JobParameter, PreconfiguredJob},
    core::{EXECUTION_WINDOW, authentication_for, window_stage, without_window},
    definition::{
        CancelContext, ChangedCluster, ComposeContext, Composition, NewStage, StageDefinition, TaskLimits, TaskTemplate,
    },
    monitored::{DeploymentMonitorOptions, MonitoredDeployOptions},
    options::{
        BindProducedArtifactsOptions, CheckIfApplicationExistsOptions, ClouddriverTasksOptions, CoreTasksOptions,
        DryRunOptions, EvaluateConditionOptions, ExecutionWindowOptions, ExplicitRollbackOptions,
        MonitorFront50Options, Options, OptionsError, PaceOptions, RollbackOptions, TasksOptions, TrafficGuardsOptions,
    },
    schema::{Field, Schema},
    task::{Evaluate, FailedCall, Next, Task, TaskContext, TaskError, TaskResult},
    template::TemplateLookup,
    view::StageView,
};
