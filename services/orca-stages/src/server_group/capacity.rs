//! Capacities that are noted and put back around a deployment; `resize/` pins them.
//!
//! | stage | |
//! |---|---|
//! | `captureSourceServerGroupCapacity` | notes the capacity of `source` and asks for the same one: minimum and desired number alike |
//! | `applySourceServerGroupCapacity` | gives the new server group the minimum that was noted |
//!
//! Upstream: the stages and tasks of these names, and `CreateServerGroupStage`'s own use of them.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Operation, Stage};
use serde_json::{Value, json};

use super::{
    operation::{monitor, submit},
    refresh::force_cache_refresh,
    settings::{DEPLOYED, account, deployed, provider},
    strategy::CREATE,
};
use crate::{
    Catalogue, ComposeContext, Composition, NewStage, StageDefinition, StageView, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const CAPTURE: &str =
    "com.netflix.spinnaker.orca.clouddriver.pipeline.providers.aws.CaptureSourceServerGroupCapacityTask";
const APPLY: &str = "com.netflix.spinnaker.orca.clouddriver.pipeline.providers.aws.ApplySourceServerGroupCapacityTask";

/// The stage that notes a capacity.
pub(super) const CAPTURE_STAGE: &str = "captureSourceServerGroupCapacity";
/// The stage that puts a minimum back.
pub(super) const APPLY_STAGE: &str = "applySourceServerGroupCapacity";
/// What a stage has noted.
pub(super) const SNAPSHOT: &str = "sourceServerGroupCapacitySnapshot";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(CaptureStage);
    catalogue.add_stage(ApplyStage);
    catalogue.add_task(CaptureTask);
    catalogue.add_task(ApplyTask);
}

/// The task that notes the capacity of `source`.
pub(super) fn snapshot() -> TaskTemplate {
    TaskTemplate::new("snapshotSourceServerGroup", CAPTURE)
}

/// The stage that gives the new server group the minimum that was noted.
pub(super) fn restore(settings: &Object) -> Result<NewStage, TaskError> {
    let mut context = Object::new();
    context.insert("credentials".to_owned(), account(settings)?.into());
    context.insert("cloudProvider".to_owned(), provider(settings).into());
    Ok(NewStage::then(APPLY_STAGE, "restoreMinCapacityFromSnapshot", context))
}

/// Whether the stage asks for the capacity of what it replaces.
fn asks(settings: &Object) -> bool {
    let of_source = settings.object("source").and_then(|source| source.boolean("useSourceCapacity"));
    of_source.or_else(|| settings.boolean("useSourceCapacity")) == Some(true)
}

struct CaptureStage;

#[async_trait]
impl StageDefinition for CaptureStage {
    fn kind(&self) -> &'static str {
        CAPTURE_STAGE
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![snapshot()], ..Composition::default() })
    }
}

struct ApplyStage;

#[async_trait]
impl StageDefinition for ApplyStage {
    fn kind(&self) -> &'static str {
        APPLY_STAGE
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![
            TaskTemplate::new("restoreMinCapacity", APPLY),
            monitor("waitForCapacityMatch"),
            force_cache_refresh(),
        ];
        Ok(Composition { tasks, ..Composition::default() })
    }
}

struct CaptureTask;

#[async_trait]
impl Task for CaptureTask {
    fn class(&self) -> &'static str {
        CAPTURE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        if !asks(settings) {
            return Ok(TaskResult::succeeded());
        }
        let no_longer = |result: TaskResult| result.with_context("useSourceCapacity", false);
        let source = settings.object("source");
        let name = source.and_then(|source| source.text("asgName").or_else(|| source.text("serverGroupName")));
        let (Some(source), Some(name)) = (source, name) else {
            if settings.boolean("preferSourceCapacity") == Some(true) {
                return Ok(no_longer(TaskResult::succeeded()));
            }
            return Err(TaskError::invalid("useSourceCapacity asks for the size of what runs, and nothing runs yet"));
        };
        let account = source.text("account").map_or_else(|| account(settings), Ok)?;
        let region = source.text("region").unwrap_or_default();
        let group = match context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await {
            Ok(group) => group,
            Err(error) if error.kind() == Kind::NotFound => return Ok(TaskResult::succeeded()),
            Err(error) => return Err(error.into()),
        };
        let mut noted = source.clone();
        noted.insert("useSourceCapacity".to_owned(), false.into());
        let capacity = group.capacity;
        let asked = json!({ "min": capacity.desired, "desired": capacity.desired, "max": capacity.max });
        Ok(no_longer(TaskResult::succeeded())
            .with_context("source", noted)
            .with_context(SNAPSHOT, json!(capacity))
            .with_context("capacity", asked))
    }
}

/// Submits the resize that puts a minimum back; does nothing where none was noted, or nothing is left to put it back on: by then
/// the deployment is over, and it is none of its failures.
struct ApplyTask;

#[async_trait]
impl Task for ApplyTask {
    fn class(&self) -> &'static str {
        APPLY
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let Some(noting) = noting(&context.view) else { return Ok(TaskResult::succeeded()) };
        let Some(noted) = noting.context.object(SNAPSHOT).cloned() else { return Ok(TaskResult::succeeded()) };
        let Some(target) = target(context, &noting).await? else { return Ok(TaskResult::succeeded()) };
        let Target { account, region, name, provider } = &target;
        let group = match context.clients.clouddriver.server_group(&context.caller, account, region, name).await {
            Ok(group) => group,
            Err(error) if error.kind().is_transient() => return Err(error.into()),
            Err(error) => {
                tracing::warn!(server_group = %name, %error, "its minimum was not put back");
                return Ok(TaskResult::succeeded());
            }
        };
        let current = i64::from(group.capacity.min);
        let least = noted.integer("min").unwrap_or(current).min(current);
        let capacity = match provider.as_str() {
            // It resizes in part: the rest is left to its own scaling.
            "aws" => json!({ "min": least }),
            "cloudfoundry" => Value::Object(noted),
            _ => json!({ "min": least, "desired": group.capacity.desired, "max": group.capacity.max }),
        };
        let description = json!({
            "credentials": account,
            "region": region,
            "asgName": name,
            "serverGroupName": name,
            "cloudProvider": provider,
            "capacity": capacity,
        });
        let description = description.as_object().cloned().unwrap_or_default();
        let operation = Operation { name: "resizeServerGroup".to_owned(), description };
        Ok(submit(context, provider, account, &[operation])
            .await?
            .with_context("asgName", name.as_str())
            .with_context("serverGroupName", name.as_str())
            .with_context(DEPLOYED, json!({ region: [name] })))
    }
}

/// The stage that has noted a capacity: one that this follows, else one beside it.
fn noting(view: &StageView) -> Option<Stage> {
    let has_noted = |stage: &&std::sync::Arc<Stage>| stage.context.contains_key(SNAPSHOT);
    let ancestors = view.ancestors();
    let found = ancestors.iter().find(has_noted).or_else(|| {
        let beside = view.stages.iter().filter(|stage| stage.parent_stage_id == view.stage.parent_stage_id);
        beside.into_iter().find(has_noted)
    });
    found.map(|stage| (**stage).clone())
}

/// A server group whose minimum is put back.
struct Target {
    account: String,
    region: String,
    name: String,
    provider: String,
}

/// The server group that the stage names under `target`, else the one that was deployed.
async fn target(context: &TaskContext, noting: &Stage) -> Result<Option<Target>, TaskError> {
    let settings = context.view.context();
    if let Some(given) = settings.object("target") {
        let name = given.text("serverGroupName").or_else(|| given.text("asgName")).unwrap_or_default();
        return Ok(Some(Target {
            account: given.text("account").map_or_else(|| account(settings), Ok)?,
            region: given.text("region").unwrap_or_default(),
            name,
            provider: given.text("cloudProvider").unwrap_or_else(|| provider(settings)),
        }));
    }
    let deploying = deploying(context, noting).await?;
    let Some((region, name)) = deployed(&deploying).into_iter().next() else { return Ok(None) };
    let region = deploying.text("region").unwrap_or(region);
    Ok(Some(Target { account: account(settings)?, region, name, provider: provider(&deploying) }))
}

/// The context of the stage that has deployed: of a custom strategy it stands in the strategy's pipeline.
async fn deploying(context: &TaskContext, noting: &Stage) -> Result<Object, TaskError> {
    if noting.context.text("strategy").as_deref() != Some("custom") {
        return Ok(noting.context.clone());
    }
    let is_child = |stage: &&std::sync::Arc<Stage>| {
        stage.kind == "pipeline" && stage.parent_stage_id.as_deref() == Some(&noting.id)
    };
    let child = context.view.stages.iter().find(is_child).and_then(|stage| stage.context.text("executionId"));
    let Some(child) = child else { return Ok(Object::new()) };
    let execution = context.clients.orca.execution(&context.caller, &child).await?;
    let mut stages = execution.stages.into_iter();
    let found =
        stages.find(|stage| stage.kind.split('_').next() == Some(CREATE) && stage.context.contains_key(DEPLOYED));
    Ok(found.map(|stage| stage.context).unwrap_or_default())
}
