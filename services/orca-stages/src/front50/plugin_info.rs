//! `upsertPluginInfo`, `deletePluginInfo`, `setPreferredPluginRelease`: what front50 knows of plugins.
//!
//! Upstream: `UpsertPluginInfoTask`, `DeletePluginInfoTask`, `SetPreferredPluginReleaseTask`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use http::Method;
use serde_json::Value;

use super::{illegal, refused};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const UPSERT: &str = "com.netflix.spinnaker.orca.front50.tasks.UpsertPluginInfoTask";
const DELETE: &str = "com.netflix.spinnaker.orca.front50.tasks.DeletePluginInfoTask";
const PREFER: &str = "com.netflix.spinnaker.orca.front50.tasks.SetPreferredPluginReleaseTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    for (kind, task, class) in [
        ("upsertPluginInfo", "upsertPluginInfo", UPSERT),
        ("deletePluginInfo", "deletePluginInfo", DELETE),
        ("setPreferredPluginRelease", "setPreferredPluginVersion", PREFER),
    ] {
        catalogue.add_stage(PluginStage { kind, task, class });
    }
    catalogue.add_task(UpsertPluginInfoTask);
    catalogue.add_task(DeletePluginInfoTask);
    catalogue.add_task(SetPreferredPluginReleaseTask);
}

struct PluginStage {
    kind: &'static str,
    task: &'static str,
    class: &'static str,
}

#[async_trait]
impl StageDefinition for PluginStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        match self.class {
            UPSERT => Schema::of("Creates a plugin's description, or replaces it.")
                .with(Field::object("pluginInfo", "The plugin: its id and releases.", []).required()),
            DELETE => Schema::of("Deletes a plugin's description.")
                .with(Field::text("pluginInfoId", "The id of the plugin.").required()),
            _ => Schema::of("Says which release of a plugin is preferred.")
                .with(Field::text("pluginId", "The id of the plugin.").required())
                .with(Field::text("preferredVersion", "The version of the release.").required()),
        }
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(self.task, self.class)], ..Composition::default() })
    }
}

fn text(context: &TaskContext, name: &str) -> Result<String, TaskError> {
    context.view.context().text(name).ok_or_else(|| illegal(format!("Key '{name}' must be provided.")))
}

struct UpsertPluginInfoTask;

#[async_trait]
impl Task for UpsertPluginInfoTask {
    fn class(&self) -> &'static str {
        UPSERT
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let info = context.view.context().get("pluginInfo").filter(|info| info.is_object());
        let info: &Value = info.ok_or_else(|| illegal("Key 'pluginInfo' must be provided."))?;
        let kept = context.clients.front50.upsert_plugin_info(&context.caller, info).await;
        Ok(TaskResult::succeeded().with_context("pluginInfo", kept.map_err(refused(&Method::POST))?))
    }
}

struct DeletePluginInfoTask;

#[async_trait]
impl Task for DeletePluginInfoTask {
    fn class(&self) -> &'static str {
        DELETE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let id = text(context, "pluginInfoId")?;
        let status = match context.clients.front50.delete_plugin_info(&context.caller, &id).await {
            Ok(()) => 204,
            Err(error) if error.kind() == Kind::NotFound => 404,
            Err(error) => return Err(TaskError::of_call(&Method::DELETE, &error)),
        };
        Ok(TaskResult::succeeded().with_context("front50ResponseStatus", status).with_context("pluginInfoId", id))
    }
}

struct SetPreferredPluginReleaseTask;

#[async_trait]
impl Task for SetPreferredPluginReleaseTask {
    fn class(&self) -> &'static str {
        PREFER
    }

    fn timeout(&self) -> Option<std::time::Duration> {
        Some(std::time::Duration::from_secs(120))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (id, version) = (text(context, "pluginId")?, text(context, "preferredVersion")?);
        let front50 = &context.clients.front50;
        front50.prefer_plugin_release(&context.caller, &id, &version).await.map_err(refused(&Method::PUT))?;
        Ok(TaskResult::succeeded())
    }
}
