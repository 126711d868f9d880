//! `createServerGroup`: finds out what runs now, creates the next server group of the cluster, waits until it serves, and then
//! does what its strategy asks for.
//!
//! Upstream: `CreateServerGroupStage`, `AbstractDeployStrategyStage`, `DetermineSourceServerGroupTask`, `CreateServerGroupTask`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation, ServerGroup};
use serde_json::{Value, json};

use super::{
    health::{determine_health_providers, wait_for_up_instances},
    operation::{monitor, submit},
    refresh::force_cache_refresh,
    settings::{account, cluster, deployed, provider, regions},
    strategy,
};
use crate::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

/// The stage type.
pub(super) const KIND: &str = "createServerGroup";

const SOURCE: &str = "com.netflix.spinnaker.orca.kato.pipeline.strategy.DetermineSourceServerGroupTask";
const CREATE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.CreateServerGroupTask";

/// Fields of the context that are the stage's own and not the operation's.
const STAGE_FIELDS: [&str; 9] = [
    "type",
    "name",
    "strategy",
    "failPipeline",
    "continuePipeline",
    "completeOtherBranchesThenFail",
    "stageTimeoutMs",
    "rollback",
    "clusters",
];

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(CreateServerGroupStage);
    catalogue.add_task(DetermineSourceTask);
    catalogue.add_task(CreateTask);
}

/// What is wrong with the settings of a server group.
pub(super) fn problems(settings: &Object) -> Vec<String> {
    let mut problems = strategy::problems(settings);
    if settings.object("rollback").and_then(|rollback| rollback.boolean("onFailure")) == Some(true) {
        problems.push("rollback.onFailure is not supported yet: remove it, and roll back by hand".to_owned());
    }
    for (field, missing) in [
        ("account", account(settings).is_err()),
        ("region", regions(settings).is_err() && !settings.contains_key("availabilityZones")),
    ] {
        if missing {
            problems.push(format!("{field} is missing"));
        }
    }
    problems
}

struct CreateServerGroupStage;

#[async_trait]
impl StageDefinition for CreateServerGroupStage {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        problems(&flattened(context))
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![
            TaskTemplate::new("determineSourceServerGroup", SOURCE),
            determine_health_providers(),
            TaskTemplate::new("createServerGroup", CREATE),
            monitor("monitorDeploy"),
            force_cache_refresh(),
            wait_for_up_instances(),
            force_cache_refresh(),
        ];
        Ok(Composition { context: Some(flattened(context.view.context())), tasks, ..Composition::default() })
    }

    async fn after(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        strategy::after(&context.view)
    }

    async fn on_failure(&self, context: &ComposeContext) -> Result<Vec<NewStage>, TaskError> {
        let settings = context.view.context();
        let destroy = settings.object("rollback").and_then(|rollback| rollback.boolean("destroyLatest"));
        if destroy != Some(true) {
            return Ok(Vec::new());
        }
        let provider = provider(settings);
        let account = account(settings)?;
        let stages = deployed(settings).into_iter().map(|(region, name)| {
            let context = json!({
                "cloudProvider": provider,
                "cloudProviderType": provider,
                "credentials": account,
                "region": region,
                "serverGroupName": name,
                "stageTimeoutMs": 300_000,
            });
            NewStage::then("destroyServerGroup", &format!("Destroy {name}"), into_object(context))
        });
        Ok(stages.collect())
    }
}

/// The settings of the cluster among those of the stage: upstream keeps them nested and reads them flat.
fn flattened(context: &Object) -> Object {
    let mut flat = context.clone();
    if let Some(Value::Object(cluster)) = flat.remove("cluster") {
        flat.extend(cluster);
    }
    flat
}

/// Notes the newest enabled server group of the cluster, which the strategy will replace; `{}` if there is none.
struct DetermineSourceTask;

#[async_trait]
impl Task for DetermineSourceTask {
    fn class(&self) -> &'static str {
        SOURCE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let (cluster, regions) = (cluster(&context.view)?, regions(settings)?);
        let clouddriver = &context.clients.clouddriver;
        let found = clouddriver
            .cluster_server_groups(&context.caller, &cluster.application, &account, &cluster.name, &provider)
            .await;
        let groups = match found {
            Ok(groups) => groups,
            Err(error) if error.kind() == Kind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let source = match source(&groups, &regions) {
            Some(group) => json!({
                "asgName": group.name,
                "serverGroupName": group.name,
                "account": account,
                "region": group.region,
            }),
            None => json!({}),
        };
        Ok(TaskResult::succeeded().with_context("source", source))
    }
}

/// The newest server group in these regions, an enabled one if there is any.
fn source<'a>(groups: &'a [ServerGroup], regions: &[String]) -> Option<&'a ServerGroup> {
    let here = groups.iter().filter(|group| regions.contains(&group.region));
    here.max_by_key(|group| (!group.disabled, group.created_time, group.moniker.sequence))
}

struct CreateTask;

#[async_trait]
impl Task for CreateTask {
    fn class(&self) -> &'static str {
        CREATE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (account, provider) = (account(settings)?, provider(settings));
        let mut description = settings.clone();
        for field in STAGE_FIELDS {
            description.remove(field);
        }
        description.insert("credentials".to_owned(), account.clone().into());
        description.insert("cloudProvider".to_owned(), provider.clone().into());
        if !description.contains_key("application") {
            description.insert("application".to_owned(), context.view.execution.application.clone().into());
        }
        if !description.contains_key("region") {
            description.insert("region".to_owned(), regions(settings)?.into_iter().next().into());
        }
        let operation = Operation { name: KIND.to_owned(), description };
        let result = submit(context, &provider, &account, &[operation]).await?;
        Ok(result.with_context("notification.type", "createdeploy"))
    }
}

/// The fields of a JSON object that was just written.
pub(super) fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_base::Timestamp;

    fn group(name: &str, created: i64, disabled: bool) -> ServerGroup {
        let created_time = Some(Timestamp::from_millis(created));
        ServerGroup { name: name.into(), region: "here".into(), created_time, disabled, ..ServerGroup::default() }
    }

    #[test]
    fn the_source_is_the_newest_enabled_group() {
        let here = ["here".to_owned()];
        let groups = [group("a-v001", 1, false), group("a-v002", 2, false), group("a-v003", 3, true)];
        assert_eq!(source(&groups, &here).map(|group| group.name.as_str()), Some("a-v002"));
        assert_eq!(source(&groups[2..], &here).map(|group| group.name.as_str()), Some("a-v003"));
        assert_eq!(source(&groups, &["there".to_owned()]), None);
    }

    #[test]
    fn cluster_settings_are_read_flat() {
        let context = into_object(json!({"account": "a", "cluster": {"account": "b", "stack": "web"}}));
        assert_eq!(Value::Object(flattened(&context)), json!({"account": "b", "stack": "web"}));
    }
}
