//! `createServerGroup`, `cloneServerGroup`: the tasks that submit the operation.
//!
//! Upstream: `CreateServerGroupTask`, `CloneServerGroupTask`.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Operation};

use super::{
    operation::submit,
    settings::{account, provider, regions},
    source::REQUESTED,
    strategy::{CLONE, CREATE},
};
use crate::{Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const CREATE_CLASS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.CreateServerGroupTask";
const CLONE_CLASS: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.CloneServerGroupTask";

/// Fields of the context that are the stage's own and not the operation's.
const STAGE_FIELDS: [&str; 11] = [
    "type",
    "name",
    "strategy",
    "failPipeline",
    "continuePipeline",
    "completeOtherBranchesThenFail",
    "stageTimeoutMs",
    "rollback",
    "clusters",
    "savedCapacity",
    REQUESTED,
];

/// Adds the tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(CreateTask { class: CREATE_CLASS, operation: CREATE, notification: "createdeploy" });
    catalogue.add_task(CreateTask { class: CLONE_CLASS, operation: CLONE, notification: "createcopylastasg" });
}

/// The task that creates a server group.
pub(super) fn create() -> TaskTemplate {
    TaskTemplate::new(CREATE, CREATE_CLASS)
}

/// The task that creates one like another.
pub(super) fn clone() -> TaskTemplate {
    TaskTemplate::new(CLONE, CLONE_CLASS)
}

struct CreateTask {
    class: &'static str,
    operation: &'static str,
    notification: &'static str,
}

#[async_trait]
impl Task for CreateTask {
    fn class(&self) -> &'static str {
        self.class
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
            description.insert("region".to_owned(), region(settings)?.into());
        }
        let operation = Operation { name: self.operation.to_owned(), description };
        let result = submit(context, &provider, &account, &[operation]).await?;
        Ok(result.with_context("notification.type", self.notification))
    }
}

/// Where it is created: in the stage's region, else in that of the server group that it is like.
fn region(settings: &Object) -> Result<String, TaskError> {
    let of_source = || settings.object("source").and_then(|source| source.text("region"));
    match (regions(settings), of_source()) {
        (Ok(regions), _) => Ok(regions.into_iter().next().unwrap_or_default()),
        (Err(_), Some(region)) => Ok(region),
        (Err(error), None) => Err(error),
    }
}
