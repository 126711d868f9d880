//! `destroyServerGroup`: removes a server group.
//!
//! Upstream: `DestroyServerGroupStage`, which disables the server group first; so does this one, unless it is out of traffic.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::Object;

use super::{
    operation::monitor,
    settings::{account, deployed},
    switch::{ServerGroupTask, compose_on_targets, target_problems},
};
use crate::{
    Catalogue, ComposeContext, Composition, NewStage, Next, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const DESTROY: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.DestroyServerGroupTask";
const GONE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.WaitForDestroyedServerGroupTask";

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(DestroyStage);
    catalogue.add_task(ServerGroupTask { class: DESTROY, operation: "destroyServerGroup" });
    catalogue.add_task(WaitForDestroyedTask);
}

struct DestroyStage;

#[async_trait]
impl StageDefinition for DestroyStage {
    fn kind(&self) -> &'static str {
        "destroyServerGroup"
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        target_problems(context)
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = vec![
            TaskTemplate::new("destroyServerGroup", DESTROY),
            monitor("monitorServerGroup"),
            TaskTemplate::new("waitForDestroyedServerGroup", GONE),
        ];
        let mut composition = compose_on_targets("destroyServerGroup", tasks, context).await?;
        if let Some(own) = &composition.context
            && in_traffic(context, own).await?
        {
            composition.before.push(NewStage::then("disableServerGroup", "disableServerGroup", own.clone()));
        }
        Ok(composition)
    }
}

/// Whether the server group that the stage is about is there and enabled.
async fn in_traffic(context: &ComposeContext, own: &Object) -> Result<bool, TaskError> {
    let account = account(own)?;
    for (region, name) in deployed(own) {
        match context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await {
            Ok(group) if !group.disabled => return Ok(true),
            Ok(_) => {}
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

struct WaitForDestroyedTask;

#[async_trait]
impl Task for WaitForDestroyedTask {
    fn class(&self) -> &'static str {
        GONE
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(1800))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let account = account(settings)?;
        for (region, name) in deployed(settings) {
            match context.clients.clouddriver.server_group(&context.caller, &account, &region, &name).await {
                Ok(_) => return Ok(TaskResult::running(Next::Soon)),
                Err(error) if error.kind() == Kind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(TaskResult::succeeded())
    }
}
