//! Waiting until the stage's instances are up, or down.
//!
//! Upstream: `WaitForUpInstanceHealthTask`, `WaitForDownInstanceHealthTask`. A restart may be over before anybody looks: an instance
//! that was launched after its stage began has been down, too. And what only its platform speaks of gets no traffic that anybody who
//! counts knows of: where it was to leave traffic, and not to be restarted, that is down enough.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Instance, ObjectExt, Stage};

use crate::{
    Catalogue, Next, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    cloud::operation_stage::required,
    server_group::{
        health::verdict::{interesting, is_down, is_known_to_platform_only, is_up},
        settings::account,
    },
};

const UP: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForUpInstanceHealthTask";
const DOWN: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.instance.WaitForDownInstanceHealthTask";

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(WaitTask { class: UP, over: |instance, names, _| is_up(instance, names) });
    catalogue.add_task(WaitTask {
        class: DOWN,
        over: |instance, names, stage| {
            let was_launched_since =
                instance.launch_time.zip(stage.start_time).is_some_and(|(launch, since)| launch > since);
            let is_to_restart = stage.context.text("notification.type").as_deref() == Some("rebootinstances");
            is_down(instance, names)
                || was_launched_since
                || (names.is_some() && !is_to_restart && is_known_to_platform_only(instance, names))
        },
    });
}

/// The task of that name that waits until the instances are up.
pub(super) fn wait_for_up(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, UP)
}

/// The task of that name that waits until the instances are down.
pub(in crate::cloud) fn wait_for_down(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, DOWN)
}

struct WaitTask {
    class: &'static str,
    /// Whether an instance is as its stage wants it, by the sources that count.
    over: fn(&Instance, Option<&[String]>, &Stage) -> bool,
}

#[async_trait]
impl Task for WaitTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let names = interesting(settings);
        if names.as_ref().is_some_and(Vec::is_empty) {
            return Ok(TaskResult::succeeded());
        }
        let (account, region) = (account(settings)?, required(settings, "region")?);
        let instances = settings.texts("instanceIds");
        if instances.is_empty() {
            return Err(TaskError::invalid("the stage names no instances to wait for: set instanceIds"));
        }
        for id in instances {
            let found = context.clients.clouddriver.instance(&context.caller, &account, &region, &id).await?;
            let instance: Instance = serde_json::from_value(found).map_err(|error| {
                TaskError::new(
                    Kind::Unavailable,
                    "SpinnakerHttpException",
                    format!("instance {id} cannot be read: {error}"),
                )
            })?;
            if !(self.over)(&instance, names.as_deref(), &context.view.stage) {
                return Ok(TaskResult::running(Next::Soon));
            }
        }
        Ok(TaskResult::succeeded())
    }
}
