//! `disableCluster`, `shrinkCluster`, `scaleDownCluster`: one operation on all server groups of a cluster but a few.
//!
//! | stage | does | to | spares |
//! |---|---|---|---|
//! | `disableCluster` | disables | those in traffic | `remainingEnabledServerGroups` (1), the newest or, with `preferLargerOverNewer`, the largest |
//! | `shrinkCluster` | destroys | those out of traffic, with `allowDeleteActive` all | `shrinkToSize` (1), the newest or, with `retainLargerOverNewer`, the largest |
//! | `scaleDownCluster` | scales to nothing | those out of traffic, with `allowScaleDownActive` all | `remainingFullSizeServerGroups` (1), as `disableCluster` |
//!
//! What a deployment has just created is never touched; [`choice`] has the rules. `shrinkCluster` with `allowDeleteActive` disables
//! first, unless `runDisableClusterStep` is false.
//!
//! Upstream: `AbstractClusterWideClouddriverOperationStage` and its kin. Where upstream's `WaitForClusterDisableTask` then waits
//! 90 s for connections to drain, the operation itself ends when they have.

mod choice;
mod task;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, ServerGroup};
use serde_json::json;

use self::{
    choice::{Among, Rule},
    task::{ClusterTask, WaitForClusterTask},
};
use super::{
    changed::by_name,
    destroy::DESTROY,
    guard::{ALLOWED, Guards},
    health::{all_down, determine_health_providers},
    operation::{self, monitor},
    refresh::force_cache_refresh,
    resize::RESIZE,
    settings::{DEPLOYED, account, regions},
    switch::DISABLE,
    target::with_strategy_parameters,
};
use crate::{
    Catalogue, ChangedCluster, ComposeContext, Composition, Field, NewStage, Schema, StageDefinition, StageView,
    TaskError, TaskTemplate,
};

const DISABLE_CLUSTER: &str = "disableCluster";
const DISABLE_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.DisableClusterTask";
const WAIT_DISABLE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.WaitForClusterDisableTask";
const SHRINK_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.ShrinkClusterTask";
const WAIT_SHRINK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.WaitForClusterShrinkTask";
const SCALE_DOWN_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.ScaleDownClusterTask";
const WAIT_SCALE_DOWN: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.WaitForScaleDownClusterTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue, guards: Guards) {
    let kinds = [
        (&DISABLE_ALL, DISABLE, is_out_of_traffic as fn(&Object, &ServerGroup) -> Result<bool, TaskError>),
        (&SHRINK, DESTROY, is_gone),
        (&SCALE_DOWN, RESIZE, is_empty),
    ];
    for (kind, operation, over) in kinds {
        catalogue.add_stage(ClusterStage { kind });
        catalogue.add_task(ClusterTask { kind, operation, guards });
        catalogue.add_task(WaitForClusterTask { class: kind.wait.1, over });
    }
}

/// A stage type of this module.
struct ClusterKind {
    kind: &'static str,
    description: &'static str,
    /// The task that acts: its class; its name is the stage's type.
    acts: &'static str,
    monitor: &'static str,
    /// The task that waits: its name and class.
    wait: (&'static str, &'static str),
    /// The settings: how many are spared, whether larger ones are, and whether those in traffic come into question.
    remaining: &'static str,
    larger_first: &'static str,
    active_too: Option<&'static str>,
}

static DISABLE_ALL: ClusterKind = ClusterKind {
    kind: DISABLE_CLUSTER,
    description: "Takes all server groups of a cluster out of traffic but a few.",
    acts: DISABLE_TASK,
    monitor: "monitorDisableCluster",
    wait: ("waitForClusterDisable", WAIT_DISABLE),
    remaining: "remainingEnabledServerGroups",
    larger_first: "preferLargerOverNewer",
    active_too: None,
};

static SHRINK: ClusterKind = ClusterKind {
    kind: "shrinkCluster",
    description: "Destroys all server groups of a cluster but a few.",
    acts: SHRINK_TASK,
    monitor: "monitorShrinkCluster",
    wait: ("waitForClusterShrink", WAIT_SHRINK),
    remaining: "shrinkToSize",
    larger_first: "retainLargerOverNewer",
    active_too: Some("allowDeleteActive"),
};

static SCALE_DOWN: ClusterKind = ClusterKind {
    kind: "scaleDownCluster",
    description: "Scales all server groups of a cluster down to nothing but a few.",
    acts: SCALE_DOWN_TASK,
    monitor: "monitorScaleDownCluster",
    wait: ("waitForScaleDownCluster", WAIT_SCALE_DOWN),
    remaining: "remainingFullSizeServerGroups",
    larger_first: "preferLargerOverNewer",
    active_too: Some("allowScaleDownActive"),
};

impl ClusterKind {
    fn rule(&self, settings: &Object) -> Rule {
        let among = match self.active_too {
            None => Among::Active,
            Some(field) if settings.boolean(field) == Some(true) => Among::All,
            Some(_) => Among::Inactive,
        };
        Rule {
            among,
            remaining: settings.integer(self.remaining).unwrap_or(1),
            larger_first: settings.boolean(self.larger_first) == Some(true),
        }
    }

    /// Whether a cluster that is not there is as good as done.
    fn needs_no_cluster(&self, settings: &Object) -> bool {
        let nothing_left = self.acts == SHRINK_TASK && settings.integer(self.remaining) == Some(0);
        nothing_left || settings.boolean("continueIfClusterNotFound") == Some(true)
    }
}

struct ClusterStage {
    kind: &'static ClusterKind,
}

#[async_trait]
impl StageDefinition for ClusterStage {
    fn kind(&self) -> &'static str {
        self.kind.kind
    }

    fn schema(&self) -> Schema {
        let kind = self.kind;
        let schema = Schema::of(kind.description)
            .with(Field::text("credentials", "The account; account is read too."))
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::list("regions", "The regions; or region.", []))
            .with(Field::any("cluster", "The cluster; or moniker."))
            .with(Field::integer(kind.remaining, "How many are spared.").default(1))
            .with(Field::flag(kind.larger_first, "Whether larger ones are spared before newer ones.").default(false))
            .with(
                Field::flag("continueIfClusterNotFound", "Whether a cluster that is not there is no failure.")
                    .default(false),
            );
        match kind.active_too {
            Some(name) => {
                schema.with(Field::flag(name, "Whether those in traffic come into question too.").default(false))
            }
            None => {
                schema.with(Field::number("desiredPercentage", "The share of each that leaves traffic.").default(100))
            }
        }
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let mut problems = self.schema().problems(context);
        let missing = [account(context).err(), regions(context).err()];
        problems.extend(missing.into_iter().flatten().map(|problem| problem.message));
        problems
    }

    fn settings(&self, view: &StageView) -> Object {
        with_strategy_parameters(view)
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(&self.settings(view)).into_iter().collect()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let settings = self.settings(&context.view);
        let kind = self.kind;
        let tasks = vec![
            determine_health_providers(),
            TaskTemplate::new(kind.kind, kind.acts),
            monitor(kind.monitor),
            force_cache_refresh(),
            TaskTemplate::new(kind.wait.0, kind.wait.1),
            force_cache_refresh(),
        ];
        let before = disable_before(kind, &settings).into_iter().collect();
        Ok(Composition { context: Some(settings), before, tasks, ..Composition::default() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        for field in [DEPLOYED, ALLOWED, task::REMAINING] {
            context.remove(field);
        }
        operation::forget(context);
    }
}

/// The stage that takes out of traffic what is then destroyed.
fn disable_before(kind: &ClusterKind, settings: &Object) -> Option<NewStage> {
    let says = |name: &str, default| settings.boolean(name).unwrap_or(default);
    if kind.acts != SHRINK_TASK || !says("allowDeleteActive", false) || !says("runDisableClusterStep", true) {
        return None;
    }
    let mut own = settings.clone();
    let size = settings.get("shrinkToSize").cloned();
    own.insert("continueIfClusterNotFound".to_owned(), (settings.integer("shrinkToSize") == Some(0)).into());
    own.insert("remainingEnabledServerGroups".to_owned(), json!(size));
    own.insert("preferLargerOverNewer".to_owned(), json!(settings.get("retainLargerOverNewer")));
    Some(NewStage::then(DISABLE_CLUSTER, DISABLE_CLUSTER, own))
}

fn is_out_of_traffic(settings: &Object, group: &ServerGroup) -> Result<bool, TaskError> {
    all_down(settings, group)
}

fn is_gone(_settings: &Object, _group: &ServerGroup) -> Result<bool, TaskError> {
    Ok(false)
}

fn is_empty(_settings: &Object, group: &ServerGroup) -> Result<bool, TaskError> {
    Ok(group.instances.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_destroyed_in_traffic_is_disabled_first() {
        let settings = |value: serde_json::Value| value.as_object().cloned().expect("an object");
        let active = settings(json!({"allowDeleteActive": true, "shrinkToSize": 0, "retainLargerOverNewer": true}));
        let before = disable_before(&SHRINK, &active).expect("a stage");
        assert_eq!(before.kind, "disableCluster");
        assert_eq!(before.context["remainingEnabledServerGroups"], 0);
        assert_eq!(before.context["preferLargerOverNewer"], true);
        assert_eq!(before.context["continueIfClusterNotFound"], true);
        let without = settings(json!({"allowDeleteActive": true, "runDisableClusterStep": false}));
        assert_eq!(disable_before(&SHRINK, &without), None);
        assert_eq!(disable_before(&SHRINK, &settings(json!({"shrinkToSize": 0}))), None);
        assert_eq!(disable_before(&SCALE_DOWN, &active), None);
    }
}
