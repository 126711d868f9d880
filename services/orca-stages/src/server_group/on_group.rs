//! One operation on the server group of a stage: the task that most stages on server groups have.
//!
//! Upstream: `AbstractServerGroupTask`.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::{Value, json};

use super::{
    guard::{self, Guards},
    operation::submit,
    replacement,
    settings::{DEPLOYED, account, provider},
    switch::DISABLE,
    target::{Target, target},
};
use crate::{Task, TaskContext, TaskError, TaskResult};

/// Fields of the context that are findings of tasks or the engine's own, and no part of what the cloud is asked for.
const NOT_ASKED: [&str; 10] = [
    "kato.tasks",
    "kato.last.task.id",
    "kato.task.lastStatus",
    "stageDetails",
    "restartDetails",
    "failPipeline",
    "continuePipeline",
    "completeOtherBranchesThenFail",
    "notifications",
    guard::ALLOWED,
];

/// Submits one operation on the stage's server group.
pub(super) struct GroupTask {
    /// The class.
    pub(super) class: &'static str,
    /// The operation's name.
    pub(super) operation: &'static str,
    /// What a traffic guard calls it, if it takes the server group out of traffic.
    pub(super) removes: Option<&'static str>,
    /// Whether it notes the server group under `targetop.asg.{operation}` too.
    pub(super) notes_target: bool,
    /// The traffic guards.
    pub(super) guards: Guards,
}

#[async_trait]
impl Task for GroupTask {
    fn class(&self) -> &'static str {
        self.class
    }

    /// Where a guard watches the cluster, the first step has its verdict recorded and the second one submits.
    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let target = target(&context.view)?;
        if let Some(action) = self.removes
            && !is_partial(settings)
            && !guard::was_allowed(settings, self.operation)
        {
            let verdict = self.guards.removal(context, &target, &account(settings)?, action).await?;
            if let Some(result) = guard::heed(context, verdict, self.operation, true)? {
                return Ok(result);
            }
        }
        if self.operation == DISABLE {
            replacement::check(context, &[&target.name]).await?;
        }
        let result = submit_on(context, &target, self.operation, Object::new()).await?;
        if !self.notes_target {
            return Ok(result);
        }
        Ok(result
            .with_context(&format!("targetop.asg.{}.name", self.operation), target.name)
            .with_context(&format!("targetop.asg.{}.regions", self.operation), vec![target.region]))
    }
}

/// Whether only a share of the instances is meant, and the server group stays in traffic.
pub(super) fn is_partial(settings: &Object) -> bool {
    settings.number("desiredPercentage").is_some_and(|percentage| percentage != 0.0 && percentage < 100.0)
}

/// Submits the operation on the target, with these fields besides the stage's settings, and notes what was acted on.
pub(super) async fn submit_on(
    context: &TaskContext,
    target: &Target,
    name: &str,
    more: Object,
) -> Result<TaskResult, TaskError> {
    let settings = context.view.context();
    let (account, provider) = (account(settings)?, provider(settings));
    let mut description = asked(settings);
    description.extend(named(target, &account, &provider));
    description.extend(more);
    let operation = Operation { name: name.to_owned(), description };
    let result = submit(context, &provider, &account, &[operation]).await?;
    Ok(result
        .with_context("asgName", target.name.as_str())
        .with_context("serverGroupName", target.name.as_str())
        .with_context(DEPLOYED, json!({ &target.region: [target.name] })))
}

/// What the stage asks the cloud for: its settings without what tasks have found out.
pub(crate) fn asked(settings: &Object) -> Object {
    settings
        .iter()
        .filter(|(name, _)| !NOT_ASKED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The fields of an operation that name its server group.
pub(super) fn named(target: &Target, account: &str, provider: &str) -> Object {
    let fields: [(&str, Value); 6] = [
        ("credentials", account.into()),
        ("accountName", account.into()),
        ("serverGroupName", target.name.as_str().into()),
        ("asgName", target.name.as_str().into()),
        ("cloudProvider", provider.into()),
        (target.location.kind.singular(), target.location.value.as_str().into()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
