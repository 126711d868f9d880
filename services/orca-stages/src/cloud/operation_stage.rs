//! A stage that is an operation with what follows it, told by a table: its tasks, and what the first of them asks the cloud for.
//!
//! ```text
//! deleteLoadBalancer = deleteLoadBalancer (an OperationTask), forceCacheRefresh, monitorDelete
//! ```

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use crate::{
    ChangedCluster, ComposeContext, Composition, Schema, StageDefinition, StageView, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
    server_group::{
        changed::by_name,
        on_group::asked,
        operation::{self, submit},
        settings::{account, provider},
    },
};

/// A stage type of some tasks that are always the same.
pub(super) struct OperationStage {
    kind: &'static str,
    schema: fn() -> Schema,
    tasks: fn() -> Vec<TaskTemplate>,
    findings: &'static [&'static str],
    changes_cluster: bool,
}

impl OperationStage {
    /// A stage of that type, what it reads, and its tasks.
    pub(super) fn new(kind: &'static str, schema: fn() -> Schema, tasks: fn() -> Vec<TaskTemplate>) -> Self {
        OperationStage { kind, schema, tasks, findings: &[], changes_cluster: false }
    }

    /// The same, whose run leaves these fields for itself: another run must not find them.
    pub(super) fn leaving(self, findings: &'static [&'static str]) -> Self {
        OperationStage { findings, ..self }
    }

    /// The same, which changes the cluster of the server group that its settings name.
    pub(super) fn changing_cluster(self) -> Self {
        OperationStage { changes_cluster: true, ..self }
    }
}

#[async_trait]
impl StageDefinition for OperationStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        (self.schema)()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: (self.tasks)(), ..Composition::default() })
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        by_name(view.context()).filter(|_| self.changes_cluster).into_iter().collect()
    }

    fn prepare_restart(&self, context: &mut Object) {
        for field in self.findings {
            context.remove(*field);
        }
        operation::forget(context);
    }
}

/// What a task asks the cloud for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Prepared {
    /// The operations; none, and there is nothing to be done.
    pub(super) operations: Vec<Operation>,
    /// What the context keeps of it, besides the operation's task.
    pub(super) kept: Vec<(&'static str, Value)>,
    /// Whether they are for no cloud in particular: they go to `/ops`.
    pub(super) any_cloud: bool,
}

impl Prepared {
    /// One operation that is described by the stage's settings.
    pub(super) fn whole(name: &str, settings: &Object) -> Self {
        Prepared::of(name, asked(settings))
    }

    /// One operation.
    pub(super) fn of(name: &str, description: Object) -> Self {
        let operations = vec![Operation { name: name.to_owned(), description }];
        Prepared { operations, ..Prepared::default() }
    }

    /// Keeps a field in the context.
    pub(super) fn keeping(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.kept.push((name, value.into()));
        self
    }
}

/// Submits what the stage's settings ask for.
pub(super) struct OperationTask {
    /// The class.
    pub(super) class: &'static str,
    /// What is asked for; a function of the settings, so that a repetition asks for the same.
    pub(super) prepare: fn(&Object) -> Result<Prepared, TaskError>,
}

#[async_trait]
impl Task for OperationTask {
    fn class(&self) -> &'static str {
        self.class
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        submit_prepared(context, (self.prepare)(context.view.context())?).await
    }
}

/// Submits what was prepared, and keeps what is to be kept.
pub(super) async fn submit_prepared(context: &TaskContext, prepared: Prepared) -> Result<TaskResult, TaskError> {
    let settings = context.view.context();
    let kind = prepared.operations.first().map(|operation| operation.name.to_ascii_lowercase());
    let Some(kind) = kind else { return Ok(keep(TaskResult::succeeded(), prepared.kept)) };
    let result = if prepared.any_cloud {
        let clouddriver = &context.clients.clouddriver;
        let submitted = clouddriver.submit_any(&context.caller, &context.request_id, &prepared.operations).await?;
        TaskResult::succeeded()
            .with_context("notification.type", kind)
            .with_context("kato.last.task.id", json!({ "id": submitted.id }))
    } else {
        submit(context, &provider(settings), &account(settings)?, &prepared.operations).await?
    };
    Ok(keep(result, prepared.kept))
}

fn keep(result: TaskResult, kept: Vec<(&'static str, Value)>) -> TaskResult {
    kept.into_iter().fold(result, |result, (name, value)| result.with_context(name, value))
}

/// A field of the settings that nothing goes without.
pub(super) fn required(settings: &Object, name: &str) -> Result<String, TaskError> {
    let found = settings.text(name).filter(|text| !text.is_empty());
    found.ok_or_else(|| TaskError::invalid(format!("{name} is missing: set it")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gennaker_wire::{Execution, Stage};

    use super::*;
    use crate::Catalogue;

    #[test]
    fn what_changes_a_server_group_changes_its_cluster() {
        let catalogue = Catalogue::standard();
        let changed = |kind: &str| {
            let context = json!({"credentials": "a", "region": "here", "serverGroupName": "shop-web-v003"});
            let context = context.as_object().cloned().expect("an object");
            let stage = Arc::new(Stage { context, ..Stage::default() });
            let execution = Arc::new(Execution::default());
            let view = StageView { execution, stages: Arc::new([stage.clone()]), stage };
            let clusters = catalogue.stage(kind).expect("it is there").clusters(&view).into_iter();
            clusters.map(|cluster| cluster.name).collect::<Vec<_>>()
        };
        for kind in [
            "updateLaunchConfig",
            "modifyAsgLaunchConfiguration",
            "updateLaunchTemplate",
            "upsertScalingPolicy",
            "deleteScalingPolicy",
            "terminateInstances",
            "terminateInstanceAndDecrementServerGroup",
            "detachInstances",
            "rebootInstances",
            "registerInstancesWithLoadBalancer",
            "deregisterInstancesFromLoadBalancer",
            "mapLoadBalancers",
            "unmapLoadBalancers",
        ] {
            assert_eq!(changed(kind), ["shop-web"], "{kind}");
        }
        for kind in ["upsertServerGroupTags", "upsertLoadBalancer", "determineTargetReference"] {
            assert!(changed(kind).is_empty(), "{kind}");
        }
    }
}
