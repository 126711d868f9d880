//! The server group that a deployment replaces, or copies from.
//!
//! The settings name it (`source`), or a word for it (`target`), or it is found among what the cluster runs: the newest that is
//! enabled, in the region of the deployment; with `useSourceCapacity` the largest of these. None enabled, the newest disabled
//! one. Upstream: `SourceResolver`, `DetermineSourceServerGroupTask`.

use std::cmp::Reverse;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_clients::{Caller, Clients};
use gennaker_wire::{Object, ObjectExt, ServerGroup};
use serde_json::{Value, json};

use super::settings::{account, cluster, provider, regions};
use crate::{Catalogue, StageView, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const CLASS: &str = "com.netflix.spinnaker.orca.kato.pipeline.strategy.DetermineSourceServerGroupTask";

/// What the stage named as its source; null if it named none.
pub(super) const REQUESTED: &str = "requestedSource";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(DetermineSourceTask);
}

/// The task that notes what is replaced.
pub(super) fn determine_source() -> TaskTemplate {
    TaskTemplate::new("determineSourceServerGroup", CLASS)
}

/// The server group that the stage's deployment replaces, as its context says it; none if nothing runs there.
pub(super) async fn find(view: &StageView, caller: &Caller, clients: &Clients) -> Result<Option<Object>, TaskError> {
    let settings = view.context();
    let target = settings.text("target").filter(|target| !target.is_empty());
    if let Some(given) = settings.object("source") {
        let name = given.text("clusterName").filter(|name| !name.is_empty());
        let (Some(target), Some(name)) = (target, name) else { return Ok(Some(given.clone())) };
        // Somewhere else, perhaps.
        let account = given.text("account").map_or_else(|| account(settings), Ok)?;
        let region = given.text("region").unwrap_or_default();
        return resolve(caller, clients, (&account, &name, &provider(settings), &region, &target)).await;
    }
    if let Some(target) = target {
        let cluster = match settings.text("targetCluster").filter(|_| !settings.contains_key("cluster")) {
            Some(name) => name,
            None => cluster(view)?.name,
        };
        let region = region(settings)?;
        let found =
            resolve(caller, clients, (&account(settings)?, &cluster, &provider(settings), &region, &target)).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let (account, cluster) = (account(settings)?, cluster(view)?);
    let groups = clients
        .clouddriver
        .cluster_server_groups(caller, &cluster.application, &account, &cluster.name, &provider(settings))
        .await;
    let groups = match groups {
        Ok(groups) => groups,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let found = newest(&groups, &region(settings)?, uses_capacity(settings, None) == Some(true));
    Ok(found.map(|group| described(&account, group)))
}

/// The server group that a word means now.
async fn resolve(
    caller: &Caller,
    clients: &Clients,
    (account, cluster, provider, region, target): (&str, &str, &str, &str, &str),
) -> Result<Option<Object>, TaskError> {
    let application = gennaker_wire::naming::Moniker::parse(cluster).app.unwrap_or_else(|| cluster.to_owned());
    let found =
        clients.clouddriver.target_server_group(caller, &application, account, cluster, provider, region, target).await;
    match found {
        Ok(group) => Ok(Some(described(account, &group))),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn described(account: &str, group: &ServerGroup) -> Object {
    [("asgName", &*group.name), ("serverGroupName", &*group.name), ("account", account), ("region", &*group.region)]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect()
}

/// The region of the deployment.
fn region(settings: &Object) -> Result<String, TaskError> {
    let of_zones = || settings.object("availabilityZones")?.keys().next().cloned();
    settings
        .text("region")
        .or_else(of_zones)
        .map_or_else(|| Ok(regions(settings)?.into_iter().next().unwrap_or_default()), Ok)
}

/// The newest server group of the region, or the largest; an enabled one if there is any.
fn newest<'a>(groups: &'a [ServerGroup], region: &str, by_size: bool) -> Option<&'a ServerGroup> {
    let here = groups.iter().filter(|group| group.region == region);
    here.max_by_key(|group| {
        let age = (group.created_time, group.moniker.sequence);
        let size = if by_size { group.instances.len() } else { 0 };
        // Among the largest it is the oldest, as upstream sorts them.
        (!group.disabled, size, by_size.then_some(Reverse(age)), age)
    })
}

/// Whether the capacity of the source is to be used: by its own word, else by the stage's.
fn uses_capacity(settings: &Object, source: Option<&Object>) -> Option<bool> {
    let own = source.and_then(|source| source.boolean("useSourceCapacity"));
    own.or_else(|| settings.boolean("useSourceCapacity"))
}

/// Notes what is replaced under `source`; `{}` if nothing is, so that nobody looks again and finds what was just deployed.
struct DetermineSourceTask;

#[async_trait]
impl Task for DetermineSourceTask {
    fn class(&self) -> &'static str {
        CLASS
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let found = find(&context.view, &context.caller, &context.clients).await?;
        let uses_capacity = uses_capacity(settings, found.as_ref());
        if found.is_none() && uses_capacity == Some(true) {
            return without_capacity(settings);
        }
        let source = found.map_or_else(Object::new, |found| {
            let kept = ["asgName", "serverGroupName", "account", "region"].into_iter();
            let kept = kept.filter_map(|name| Some((name.to_owned(), found.get(name)?.clone())));
            kept.chain(uses_capacity.map(|uses| ("useSourceCapacity".to_owned(), json!(uses)))).collect()
        });
        let asked = settings.get("source").cloned().unwrap_or_default();
        Ok(TaskResult::succeeded().with_context("source", source).with_context(REQUESTED, asked))
    }
}

/// Takes back what the task found: another run looks for itself.
pub(super) fn forget(context: &mut Object) {
    match context.remove(REQUESTED) {
        Some(Value::Null) => {
            context.remove("source");
        }
        Some(requested) => {
            context.insert("source".to_owned(), requested);
        }
        None => {}
    }
}

/// What there is to be done where a capacity is to be copied and there is none.
fn without_capacity(settings: &Object) -> Result<TaskResult, TaskError> {
    let prefers = settings.boolean("preferSourceCapacity") == Some(true);
    if prefers && settings.get("capacity").is_some_and(|capacity| !capacity.is_null()) {
        return Ok(TaskResult::succeeded());
    }
    let place = regions(settings).ok().and_then(|regions| regions.into_iter().next()).unwrap_or_default();
    Err(TaskError::new(
        Kind::Invalid,
        "IllegalStateException",
        format!(
            "useSourceCapacity asks for the size of what runs, but the cluster has no server group in {}/{place}: \
             set capacity for its first deployment, and preferSourceCapacity if it may be used",
            account(settings).unwrap_or_default(),
        ),
    ))
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;
    use gennaker_wire::Instance;

    use super::*;

    fn group(name: &str, created: i64, disabled: bool, size: usize) -> ServerGroup {
        let created_time = Some(Timestamp::from_millis(created));
        let instances = vec![Instance::default(); size];
        ServerGroup {
            name: name.into(),
            region: "here".into(),
            created_time,
            disabled,
            instances,
            ..ServerGroup::default()
        }
    }

    #[test]
    fn the_source_is_the_newest_enabled_group() {
        let groups = [group("a-v001", 1, false, 1), group("a-v002", 2, false, 1), group("a-v003", 3, true, 5)];
        let name =
            |groups: &[ServerGroup], region, by_size| newest(groups, region, by_size).map(|one| one.name.clone());
        assert_eq!(name(&groups, "here", false).as_deref(), Some("a-v002"));
        assert_eq!(name(&groups[2..], "here", false).as_deref(), Some("a-v003"));
        assert_eq!(name(&groups, "there", false), None);
    }

    #[test]
    fn whose_capacity_is_used_is_the_largest() {
        let groups = [group("a-v001", 1, false, 3), group("a-v002", 2, false, 3), group("a-v003", 3, false, 1)];
        assert_eq!(newest(&groups, "here", true).map(|group| &*group.name), Some("a-v001"));
    }

    #[test]
    fn without_a_source_its_capacity_can_be_replaced_only_if_the_stage_says_so() {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let settings = json!({"account": "a", "region": "here", "capacity": {"desired": 1}});
        assert!(without_capacity(&object(settings.clone())).is_err());
        let mut settings = object(settings);
        settings.insert("preferSourceCapacity".into(), true.into());
        assert_eq!(without_capacity(&settings), Ok(TaskResult::succeeded()));
        settings.shift_remove("capacity");
        assert!(without_capacity(&settings).is_err());
    }
}
