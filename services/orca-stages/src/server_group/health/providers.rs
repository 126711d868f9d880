//! `determineHealthProviders`: which sources of health count, where the stage does not say.
//!
//! An application with `platformHealthOnly` (and without `platformHealthOnlyShowOverride`, which leaves it to each stage) trusts the
//! platform alone. Upstream: `DetermineHealthProvidersTask`, and `getHealthProviderName` of each cloud's server group creator.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::ObjectExt;

use crate::{
    Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::{settings::provider, target::application},
};

const CLASS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.DetermineHealthProvidersTask";
const INTERESTING: &str = "interestingHealthProviderNames";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(DetermineHealthProvidersTask);
}

/// The task that decides which sources of health count.
pub(crate) fn determine_health_providers() -> TaskTemplate {
    TaskTemplate::new("determineHealthProviders", CLASS)
}

/// The platform's own source of health.
fn platform(provider: &str) -> Option<&'static str> {
    Some(match provider {
        "local" => "LocalAgent",
        "aws" => "Amazon",
        "gce" => "Google",
        "ecs" => "ecs",
        "oracle" => "Oracle",
        "alicloud" => "AlibabaCloud",
        "huaweicloud" => "HuaweiCloud",
        "tencentcloud" => "TencentCloud",
        "cloudrun" => "Cloudrun",
        _ => return None,
    })
}

struct DetermineHealthProvidersTask;

#[async_trait]
impl Task for DetermineHealthProvidersTask {
    fn class(&self) -> &'static str {
        CLASS
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(300))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (Some(platform), false) = (platform(&provider(settings)), settings.contains_key(INTERESTING)) else {
            return Ok(TaskResult::succeeded());
        };
        let Some(name) = application(settings) else { return Ok(TaskResult::succeeded()) };
        let application = match context.clients.front50.application(&context.caller, &name).await {
            Ok(application) => application.other,
            // All sources count then, which asks for more, never for less.
            Err(error) => {
                tracing::debug!(application = %name, %error, "its sources of health are not known");
                return Ok(TaskResult::succeeded());
            }
        };
        let only = application.boolean("platformHealthOnly") == Some(true);
        let left_to_stages = application.boolean("platformHealthOnlyShowOverride") == Some(true);
        Ok(match only && !left_to_stages {
            true => TaskResult::succeeded().with_context(INTERESTING, vec![platform]),
            false => TaskResult::succeeded(),
        })
    }
}
