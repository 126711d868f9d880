//! The settings of the stages.

use std::collections::BTreeSet;

use gennaker_http::outbound::UrlRuleOptions;
use serde::{Deserialize, Serialize};

use crate::webhook;

/// What operators decide about stages. The parts stand at different places in `orca.yml`, as they do upstream.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// `webhook`.
    pub webhook: webhook::Options,
    /// `user-configured-url-restrictions`: the URLs that pipelines may name.
    pub urls: UrlRuleOptions,
    /// `tasks.core`.
    pub tasks: TaskOptions,
}

/// The settings of tasks that touch no cloud: `tasks.core`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskOptions {
    /// Of `BindProducedArtifactsTask`.
    pub bind_produced_artifacts_task: BindProducedArtifactsOptions,
}

/// What a task that binds artifacts keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BindProducedArtifactsOptions {
    /// Of `artifacts` and `resolvedExpectedArtifacts` those that stay out of the stage's outputs; none.
    pub exclude_keys_from_outputs: BTreeSet<String>,
}

/// Why there is no catalogue of stages with these settings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// The webhooks' are wrong.
    #[error(transparent)]
    Webhook(#[from] webhook::Error),
}
