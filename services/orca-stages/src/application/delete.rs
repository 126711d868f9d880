//! `deleteApplication`: deletes an application on which nothing depends.
//!
//! It is refused while the application has clusters or security groups. One that is gone already is deleted. Upstream:
//! `VerifyApplicationHasNoDependenciesTask`, `DeleteApplicationTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Status};
use serde_json::{Value, json};

use super::{application, existing};
use crate::{
    Catalogue, ComposeContext, Composition, Field, PaceOptions, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const VERIFY: &str = "com.netflix.spinnaker.orca.applications.tasks.VerifyApplicationHasNoDependenciesTask";
const DELETE: &str = "com.netflix.spinnaker.orca.applications.tasks.DeleteApplicationTask";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue, pace: PaceOptions) {
    catalogue.add_stage(DeleteApplicationStage);
    catalogue.add_task(VerifyNoDependenciesTask);
    catalogue.add_task(DeleteApplicationTask { pace });
}

struct DeleteApplicationStage;

#[async_trait]
impl StageDefinition for DeleteApplicationStage {
    fn kind(&self) -> &'static str {
        "deleteApplication"
    }

    fn schema(&self) -> Schema {
        let name = Field::text("name", "The name.").required();
        Schema::of("Deletes an application on which nothing depends.")
            .with(Field::object("application", "The application.", [name]).required())
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        application(context).err().into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks =
            vec![TaskTemplate::new("verifyNoDependencies", VERIFY), TaskTemplate::new("deleteApplication", DELETE)];
        Ok(Composition { tasks, ..Composition::default() })
    }
}

struct VerifyNoDependenciesTask;

#[async_trait]
impl Task for VerifyNoDependenciesTask {
    fn class(&self) -> &'static str {
        VERIFY
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (name, _) = application(context.view.context()).map_err(TaskError::invalid)?;
        let dependencies = dependencies(context, &name).await?;
        if dependencies.is_empty() {
            return Ok(TaskResult::succeeded());
        }
        let errors: Vec<_> =
            dependencies.iter().map(|what| format!("the application still has {what}: remove them first")).collect();
        let exception = json!({ "details": { "error": "Application has outstanding dependencies", "errors": errors } });
        Ok(TaskResult::ended(Status::Terminal).with_context("exception", exception))
    }
}

/// What clouddriver knows of the application that would be left behind.
async fn dependencies(context: &TaskContext, name: &str) -> Result<Vec<&'static str>, TaskError> {
    let clouddriver = &context.clients.clouddriver;
    let found = match clouddriver.application(&context.caller, name).await {
        Ok(found) => found,
        // Whoever has no application has no security groups of it, as upstream has it.
        Err(error) if error.kind() == Kind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let has_clusters = found.get("clusters").is_some_and(|clusters| match clusters {
        Value::Object(accounts) => !accounts.is_empty(),
        Value::Array(clusters) => !clusters.is_empty(),
        _ => false,
    });
    let groups = match clouddriver.search(&context.caller, name, "securityGroups").await {
        Ok(found) => found,
        Err(error) if error.kind() == Kind::NotFound => Value::Null,
        Err(error) => return Err(error.into()),
    };
    let mut found = Vec::new();
    found.extend(has_clusters.then_some("clusters"));
    found.extend(names_application(&groups, name).then_some("security groups"));
    Ok(found)
}

/// Whether a search's first page of results has one of the application.
fn names_application(pages: &Value, name: &str) -> bool {
    let results = pages.get(0).and_then(|page| page.get("results")?.as_array());
    results
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .any(|result| result.text("application").is_some_and(|application| application.eq_ignore_ascii_case(name)))
}

struct DeleteApplicationTask {
    pace: PaceOptions,
}

#[async_trait]
impl Task for DeleteApplicationTask {
    fn class(&self) -> &'static str {
        DELETE
    }

    fn timeout(&self) -> Option<Duration> {
        Some(self.pace.timeout())
    }

    fn longest_wait(&self) -> Duration {
        self.pace.longest_wait()
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (name, _) = application(context.view.context()).map_err(TaskError::invalid)?;
        let result = TaskResult::succeeded()
            .with_context("notification.type", "deleteapplication")
            .with_context("application.name", name.clone());
        let (front50, caller) = (&context.clients.front50, &context.caller);
        let previous = existing(front50, caller, &name).await?;
        if previous.is_some() {
            gone(front50.delete_application(caller, &name).await)?;
        }
        // Also if the application is gone: perhaps by this task, before it was interrupted here.
        gone(front50.delete_permissions(caller, &name).await)?;
        Ok(previous.into_iter().fold(result, |result, previous| result.with_context("previousState", previous)))
    }
}

/// What is not there, or is not kept at all, need not be deleted.
fn gone(deleted: gennaker_clients::Result<()>) -> Result<(), TaskError> {
    match deleted {
        Err(error) if !matches!(error.kind(), Kind::NotFound | Kind::Unsupported) => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_results_of_the_application_itself_count() {
        let found = |results: Value| names_application(&json!([{ "results": results }]), "shop");
        assert!(found(json!([{"application": "shopping"}, {"application": "SHOP"}])));
        assert!(!found(json!([{"application": "shopping"}, {}])));
        assert!(!names_application(&json!([]), "shop"));
        assert!(!names_application(&Value::Null, "shop"));
    }
}
