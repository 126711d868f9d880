//! `enableServerGroup`, `disableServerGroup`: a server group into traffic, or out of it.
//!
//! Upstream: `EnableServerGroupStage`, `DisableServerGroupStage`, `TargetServerGroupLinearStageSupport`. The server group is named
//! (`serverGroupName`), or found by a word (`target`: `current_asg_dynamic`, `ancestor_asg_dynamic`, `oldest_asg_dynamic`)
//! when the stage starts.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation, ServerGroup};
use serde_json::json;

use super::{
    health::{determine_health_providers, wait_for_disabled, wait_for_down_instances, wait_for_up_instances},
    operation::{monitor, submit},
    refresh::force_cache_refresh,
    replacement,
    settings::{DEPLOYED, account, cluster, provider, regions},
};
use crate::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const ENABLE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.EnableServerGroupTask";
const DISABLE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.DisableServerGroupTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(SwitchStage { kind: "enableServerGroup", tasks: enable_tasks });
    catalogue.add_stage(SwitchStage { kind: "disableServerGroup", tasks: disable_tasks });
    catalogue.add_task(ServerGroupTask { class: ENABLE, operation: "enableServerGroup" });
    catalogue.add_task(ServerGroupTask { class: DISABLE, operation: "disableServerGroup" });
}

fn enable_tasks() -> Vec<TaskTemplate> {
    vec![
        determine_health_providers(),
        TaskTemplate::new("enableServerGroup", ENABLE),
        monitor("monitorServerGroup"),
        wait_for_up_instances(),
        force_cache_refresh(),
    ]
}

fn disable_tasks() -> Vec<TaskTemplate> {
    vec![
        determine_health_providers(),
        TaskTemplate::new("disableServerGroup", DISABLE),
        monitor("monitorServerGroup"),
        wait_for_down_instances(),
        wait_for_disabled(),
        force_cache_refresh(),
    ]
}

struct SwitchStage {
    kind: &'static str,
    tasks: fn() -> Vec<TaskTemplate>,
}

#[async_trait]
impl StageDefinition for SwitchStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        target_problems(context)
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        compose_on_targets(self.kind, (self.tasks)(), context).await
    }
}

/// What is wrong with the target of a stage that acts on a server group.
pub(super) fn target_problems(context: &Object) -> Vec<String> {
    let mut problems: Vec<String> =
        [account(context).err(), regions(context).err()].into_iter().flatten().map(|problem| problem.message).collect();
    if named(context).is_none() && context.text("target").is_none() {
        problems.push("the stage names no server group: set serverGroupName, or target and cluster".to_owned());
    }
    problems
}

/// The tasks on the named server group; where a word stands for it, on the one that it means now, and with several regions one
/// stage for each of them.
pub(super) async fn compose_on_targets(
    kind: &str,
    tasks: Vec<TaskTemplate>,
    context: &ComposeContext,
) -> Result<Composition, TaskError> {
    let settings = context.view.context();
    let regions = regions(settings)?;
    let mut contexts = Vec::new();
    for region in &regions {
        let name = match named(settings) {
            Some(name) => name,
            None => resolve(context, region).await?.name,
        };
        let mut own = settings.clone();
        for several in ["regions", "zones", "namespaces"] {
            own.remove(several);
        }
        own.insert("region".to_owned(), region.clone().into());
        own.insert("serverGroupName".to_owned(), name.clone().into());
        own.insert("asgName".to_owned(), name.clone().into());
        own.insert(DEPLOYED.to_owned(), json!({ region: [name] }));
        contexts.push(own);
    }
    if contexts.len() == 1 {
        return Ok(Composition { context: contexts.pop(), tasks, ..Composition::default() });
    }
    let before = contexts.into_iter().map(|own| {
        let name = own.text("serverGroupName").unwrap_or_default();
        NewStage::then(kind, &format!("{kind} {name}"), own)
    });
    Ok(Composition { before: before.collect(), ..Composition::default() })
}

fn named(context: &Object) -> Option<String> {
    context.text("serverGroupName").or_else(|| context.text("asgName")).filter(|name| !name.is_empty())
}

/// The server group that the stage's target word means now.
async fn resolve(context: &ComposeContext, region: &str) -> Result<ServerGroup, TaskError> {
    let settings = context.view.context();
    let cluster = cluster(&context.view)?;
    let target = settings.text("target").unwrap_or_default();
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver
        .target_server_group(
            &context.caller,
            &cluster.application,
            &account(settings)?,
            &cluster.name,
            &provider(settings),
            region,
            &target,
        )
        .await?;
    Ok(found)
}

/// Submits one operation on the stage's server group.
pub(super) struct ServerGroupTask {
    /// The class.
    pub(super) class: &'static str,
    /// The operation's name.
    pub(super) operation: &'static str,
}

#[async_trait]
impl Task for ServerGroupTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let name = named(settings).ok_or_else(|| TaskError::invalid("the stage names no server group"))?;
        let region = regions(settings)?.into_iter().next().unwrap_or_default();
        if self.class == DISABLE {
            replacement::check(context, &[&name]).await?;
        }
        let group = ServerGroup { name, region, ..ServerGroup::default() };
        submit(context, &provider, &account, &[operation(self.operation, settings, &group, &account)]).await
    }
}

/// An operation on a server group: what names it, and how gently it is done.
pub(super) fn operation(name: &str, settings: &Object, group: &ServerGroup, account: &str) -> Operation {
    let mut description = Object::new();
    for (field, value) in [
        ("credentials", json!(account)),
        ("accountName", json!(account)),
        ("serverGroupName", json!(group.name)),
        ("asgName", json!(group.name)),
        ("region", json!(group.region)),
        ("cloudProvider", json!(provider(settings))),
    ] {
        description.insert(field.to_owned(), value);
    }
    for kept in ["drainTimeoutMs", "desiredPercentage"] {
        if let Some(value) = settings.get(kept) {
            description.insert(kept.to_owned(), value.clone());
        }
    }
    Operation { name: name.to_owned(), description }
}
