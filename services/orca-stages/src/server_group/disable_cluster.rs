//! `disableCluster`: takes all server groups of a cluster out of traffic but the newest, never the one that was just deployed.
//!
//! Upstream: `DisableClusterStage`, `DisableClusterTask`, `WaitForClusterDisableTask`. Where upstream then waits a fixed 90 s
//! for connections to drain, the operation itself ends when they have.

use std::collections::BTreeMap;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{HealthState, Object, ObjectExt, Operation, ServerGroup};
use serde_json::json;

use super::{
    health::{determine_health_providers, wait_for_down_instances},
    operation::{monitor, submit},
    refresh::force_cache_refresh,
    replacement,
    settings::{DEPLOYED, account, cluster, deployed, provider, regions},
    strategy,
    switch::operation,
};
use crate::{
    Catalogue, ComposeContext, Composition, Next, StageDefinition, StageView, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const DISABLE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.cluster.DisableClusterTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DisableClusterStage);
    catalogue.add_task(DisableClusterTask);
}

struct DisableClusterStage;

#[async_trait]
impl StageDefinition for DisableClusterStage {
    fn kind(&self) -> &'static str {
        "disableCluster"
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        let problems = [account(context).err(), regions(context).err()];
        problems.into_iter().flatten().map(|problem| problem.message).collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![
            determine_health_providers(),
            TaskTemplate::new("disableCluster", DISABLE),
            monitor("monitorDisableCluster"),
            force_cache_refresh(),
            TaskTemplate { name: "waitForClusterDisable".to_owned(), ..wait_for_down_instances() },
            force_cache_refresh(),
        ];
        Ok(Composition { tasks, ..Composition::default() })
    }
}

struct DisableClusterTask;

#[async_trait]
impl Task for DisableClusterTask {
    fn class(&self) -> &'static str {
        DISABLE
    }

    /// The first step chooses and has its choice recorded, the second one submits it: a step that is made again after a crash
    /// must not choose among what the operation has already changed.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        if !settings.contains_key(DEPLOYED) {
            let chosen = choose(context, &account, &provider).await?;
            if !chosen.is_empty() {
                replacement::check(context, &[]).await?;
            }
            let result =
                if chosen.is_empty() { TaskResult::succeeded() } else { TaskResult::running(Next::At(context.now)) };
            return Ok(result.with_context(DEPLOYED, json!(chosen)));
        }
        let operations: Vec<Operation> = deployed(settings)
            .into_iter()
            .map(|(region, name)| {
                let group = ServerGroup { name, region, ..ServerGroup::default() };
                operation("disableServerGroup", settings, &group, &account)
            })
            .collect();
        submit(context, &provider, &account, &operations).await
    }
}

/// The names of the server groups that leave traffic, by region.
async fn choose(
    context: &TaskContext,
    account: &str,
    provider: &str,
) -> Result<BTreeMap<String, Vec<String>>, TaskError> {
    let settings = context.view.context();
    let (cluster, regions) = (cluster(&context.view)?, regions(settings)?);
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver
        .cluster_server_groups(&context.caller, &cluster.application, account, &cluster.name, provider)
        .await;
    let groups = match found {
        Ok(groups) => groups,
        Err(error) if error.kind() == Kind::NotFound => {
            return match settings.boolean("continueIfClusterNotFound") {
                Some(true) => Ok(BTreeMap::new()),
                _ => Err(TaskError::invalid(format!("there is no cluster {} in account {account}", cluster.name))),
            };
        }
        Err(error) => return Err(error.into()),
    };
    let kept = just_deployed(&context.view);
    let remaining = settings.integer("remainingEnabledServerGroups").unwrap_or(1);
    let larger = settings.boolean("preferLargerOverNewer") == Some(true);
    let mut chosen: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for region in regions {
        let here: Vec<&ServerGroup> = groups.iter().filter(|group| group.region == region).collect();
        for group in to_disable(&here, &kept, remaining, larger) {
            chosen.entry(region.clone()).or_default().push(group.name.clone());
        }
    }
    Ok(chosen)
}

/// What the deployments that this stage belongs to, or follows, have created: as `(region, name)`.
fn just_deployed(view: &StageView) -> Vec<(String, String)> {
    let ancestors = view.ancestors();
    let deploys = ancestors.iter().filter(|stage| stage.kind == strategy::CREATE || stage.kind == "cloneServerGroup");
    deploys.flat_map(|stage| deployed(&stage.context)).collect()
}

/// The groups of one region that leave traffic: those in traffic, except what was just deployed, what is newer than it, and as
/// many of the newest (or largest) as are to remain.
fn to_disable<'a>(
    groups: &[&'a ServerGroup],
    kept: &[(String, String)],
    remaining: i64,
    larger: bool,
) -> Vec<&'a ServerGroup> {
    let is_kept =
        |group: &ServerGroup| kept.iter().any(|(region, name)| *region == group.region && *name == group.name);
    let oldest_kept = groups.iter().filter(|group| is_kept(group)).map(|group| group.created_time).min();
    let mut others: Vec<&ServerGroup> = groups
        .iter()
        .copied()
        .filter(|group| !is_kept(group) && oldest_kept.is_none_or(|oldest| group.created_time <= oldest))
        .collect();
    let spared = usize::try_from(remaining).unwrap_or(0).saturating_sub(groups.len() - others.len());
    others.retain(|group| is_active(group));
    others.sort_by_key(|group| {
        let size = if larger { group.instances.len() } else { 0 };
        std::cmp::Reverse((size, group.created_time, group.moniker.sequence))
    });
    others.split_off(spared.min(others.len()))
}

fn is_active(group: &ServerGroup) -> bool {
    !group.disabled || group.instances.iter().any(|instance| instance.health_state == HealthState::Up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_base::Timestamp;

    fn group(name: &str, created: i64, disabled: bool) -> ServerGroup {
        let created_time = Some(Timestamp::from_millis(created));
        ServerGroup { name: name.into(), region: "here".into(), created_time, disabled, ..ServerGroup::default() }
    }

    fn names(groups: &[ServerGroup], kept: &[&str], remaining: i64) -> Vec<String> {
        let kept: Vec<_> = kept.iter().map(|name| ("here".to_owned(), (*name).to_owned())).collect();
        let groups: Vec<_> = groups.iter().collect();
        to_disable(&groups, &kept, remaining, false).into_iter().map(|group| group.name.clone()).collect()
    }

    #[test]
    fn everything_in_traffic_leaves_but_the_new_group() {
        let groups =
            [group("a-v001", 1, false), group("a-v002", 2, true), group("a-v003", 3, false), group("a-v004", 4, false)];
        assert_eq!(names(&groups, &["a-v003"], 1), ["a-v001"], "what is newer than the new one stays");
        assert_eq!(names(&groups, &["a-v004"], 1), ["a-v003", "a-v001"]);
        assert_eq!(names(&groups, &["a-v004"], 2), ["a-v001"], "the newest of the others remains");
        assert_eq!(names(&groups, &[], 1), ["a-v003", "a-v001"], "without a deployment the newest remains");
    }
}
