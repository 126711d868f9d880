//! `destroyServerGroup`: removes a server group, after it was taken out of traffic.
//!
//! `skipDisableBeforeDestroy: true` leaves the `disableServerGroup` stage out.
//!
//! Upstream: `DestroyServerGroupStage`, `WaitForDestroyedServerGroupTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};

use super::{
    guard::{ALLOWED, Guards},
    on_group::GroupTask,
    operation::monitor,
    settings::{account, deployed},
    switch::DISABLE,
    target::{OnTargets, TargetStage, target_schema},
};
use crate::{Catalogue, Field, NewStage, Next, Schema, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

/// The stage type, which is the operation's name too.
pub(super) const DESTROY: &str = "destroyServerGroup";

const DESTROY_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.DestroyServerGroupTask";
const GONE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForDestroyedServerGroupTask";
const BULK_GONE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.BulkWaitForDestroyedServerGroupTask";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_stage(OnTargets(DestroyStage));
    let (operation, removes) = (DESTROY, Some("Destroying"));
    catalogue.add_task(GroupTask { class: DESTROY_TASK, operation, removes, notes_target: false, guards });
    catalogue.add_task(WaitForDestroyedTask { class: GONE });
    catalogue.add_task(WaitForDestroyedTask { class: BULK_GONE });
}

/// The task that waits until several server groups are gone.
pub(super) fn wait_for_all_destroyed() -> TaskTemplate {
    TaskTemplate::new("waitForDestroyedServerGroup", BULK_GONE)
}

struct DestroyStage;

impl TargetStage for DestroyStage {
    fn kind(&self) -> &'static str {
        DESTROY
    }

    fn schema(&self) -> Schema {
        target_schema("Takes a server group out of traffic and removes it.").with(
            Field::flag("skipDisableBeforeDestroy", "Whether it is removed without being disabled first.")
                .default(false),
        )
    }

    fn before(&self, context: &Object) -> Vec<NewStage> {
        if context.boolean("skipDisableBeforeDestroy") == Some(true) {
            return Vec::new();
        }
        vec![NewStage::then(DISABLE, DISABLE, context.clone())]
    }

    fn tasks(&self, _context: &Object) -> Vec<TaskTemplate> {
        vec![
            TaskTemplate::new("destroyServerGroup", DESTROY_TASK),
            monitor("monitorServerGroup"),
            TaskTemplate::new("waitForDestroyedServerGroup", GONE),
        ]
    }

    fn findings(&self) -> &'static [&'static str] {
        &[ALLOWED]
    }
}

/// Waits until clouddriver knows none of the stage's server groups any more; tells which instances are left.
struct WaitForDestroyedTask {
    class: &'static str,
}

#[async_trait]
impl Task for WaitForDestroyedTask {
    fn class(&self) -> &'static str {
        self.class
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(1800))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let account = account(settings)?;
        for (region, name) in deployed(settings) {
            match context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await {
                Ok(group) => {
                    let left: Vec<String> = group.instances.into_iter().map(|instance| instance.name).collect();
                    return Ok(TaskResult::running(Next::Soon).with_context("remainingInstances", left));
                }
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(TaskResult::succeeded().with_context("remainingInstances", Vec::<String>::new()))
    }
}
