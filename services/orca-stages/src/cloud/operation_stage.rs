//! A stage that is an operation with what follows it, told by a table: its tasks, and what the first of them asks the cloud for.
//!
//! ```text
//! deleteLoadBalancer = deleteLoadBalancer (an OperationTask), forceCacheRefresh, monitorDelete
//! ```

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use crate::{
    ComposeContext, Composition, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult, TaskTemplate,
    server_group::{
        on_group::asked,
        operation::submit,
        settings::{account, provider},
    },
};

/// A stage type of some tasks that are always the same.
pub(super) struct OperationStage {
    /// The type.
    pub(super) kind: &'static str,
    /// What it reads.
    pub(super) schema: fn() -> Schema,
    /// Its tasks.
    pub(super) tasks: fn() -> Vec<TaskTemplate>,
    /// Fields that a run leaves for itself, and that another run must not find.
    pub(super) findings: &'static [&'static str],
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

    fn prepare_restart(&self, context: &mut Object) {
        for field in self.findings {
            context.remove(*field);
        }
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
