//! `enableServerGroup`, `disableServerGroup`: a server group into traffic, or out of it.
//!
//! With `desiredPercentage` below 100 only so many of its instances leave traffic, and the server group stays enabled.
//!
//! Upstream: `EnableServerGroupStage`, `DisableServerGroupStage`.

use gennaker_wire::Object;

use super::{
    guard::{ALLOWED, Guards},
    health::{determine_health_providers, wait_for_disabled, wait_for_down_instances, wait_for_up_instances},
    on_group::GroupTask,
    operation::monitor,
    refresh::force_cache_refresh,
    target::{OnTargets, TargetStage, target_schema},
};
use crate::{Catalogue, Field, Schema, TaskTemplate};

/// The stage types, which are the operations' names too.
pub(super) const ENABLE: &str = "enableServerGroup";
pub(super) const DISABLE: &str = "disableServerGroup";

const ENABLE_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.EnableServerGroupTask";
const DISABLE_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.DisableServerGroupTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    catalogue.add_stage(OnTargets(EnableStage));
    catalogue.add_stage(OnTargets(DisableStage));
    let task = |class, operation, removes| GroupTask { class, operation, removes, notes_target: true, guards };
    catalogue.add_task(task(ENABLE_TASK, ENABLE, None));
    catalogue.add_task(task(DISABLE_TASK, DISABLE, Some("Disabling")));
}

struct EnableStage;

impl TargetStage for EnableStage {
    fn kind(&self) -> &'static str {
        ENABLE
    }

    fn schema(&self) -> Schema {
        target_schema("Puts a server group into traffic.")
    }

    fn tasks(&self, _context: &Object) -> Vec<TaskTemplate> {
        vec![
            determine_health_providers(),
            TaskTemplate::new("enableServerGroup", ENABLE_TASK),
            monitor("monitorServerGroup"),
            wait_for_up_instances(),
            force_cache_refresh(),
        ]
    }
}

struct DisableStage;

impl TargetStage for DisableStage {
    fn kind(&self) -> &'static str {
        DISABLE
    }

    fn schema(&self) -> Schema {
        target_schema("Takes a server group out of traffic.")
            .with(Field::number("desiredPercentage", "The share of its instances that leaves traffic.").default(100))
    }

    fn tasks(&self, _context: &Object) -> Vec<TaskTemplate> {
        vec![
            determine_health_providers(),
            TaskTemplate::new("disableServerGroup", DISABLE_TASK),
            monitor("monitorServerGroup"),
            wait_for_down_instances(),
            wait_for_disabled(),
            force_cache_refresh(),
        ]
    }

    fn findings(&self) -> &'static [&'static str] {
        &[ALLOWED]
    }
}
