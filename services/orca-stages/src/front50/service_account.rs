//! `updatePipelinePermissions`: the service account of a pipeline with roles.
//!
//! A stage that saves pipelines begins with it if `tasks.useManagedServiceAccounts` is set. Who has which roles is not known before
//! sign-in is built, so it refuses, as upstream's does where fiat is off. Upstream: `SaveServiceAccountTask`.

use async_trait::async_trait;
use gennaker_base::Kind;

use crate::{Catalogue, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const TASK: &str = "com.netflix.spinnaker.orca.front50.tasks.SaveServiceAccountTask";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_task(SaveServiceAccountTask);
}

/// The task under its name.
pub(super) fn task() -> TaskTemplate {
    TaskTemplate::new("updatePipelinePermissions", TASK)
}

/// Whether an account is one that was made for a pipeline's roles.
pub(super) fn is_managed(account: &str) -> bool {
    account.ends_with("@managed-service-account") || account.ends_with("@shared-managed-service-account")
}

struct SaveServiceAccountTask;

#[async_trait]
impl Task for SaveServiceAccountTask {
    fn class(&self) -> &'static str {
        TASK
    }

    async fn step(&self, _context: &TaskContext) -> Result<TaskResult, TaskError> {
        let message = "Fiat is not enabled, cannot save roles: unset tasks.useManagedServiceAccounts";
        Err(TaskError::new(Kind::Unsupported, "UnsupportedOperationException", message))
    }
}
