//! `checkIfApplicationExists`: whether the application of a stage is known, before anything is made under its name.
//!
//! front50 is asked, and clouddriver where front50 does not know it. By default an unknown application is only noted, in the output
//! `checkIfApplicationExistsWarning`; with `tasks.clouddriver.checkIfApplicationExistsTask.auditModeEnabled: false` it fails.
//!
//! Upstream: `AbstractCheckIfApplicationExistsTask` and its kin.

use async_trait::async_trait;
use gennaker_base::Kind;

use super::target::application;
use crate::{Catalogue, CheckIfApplicationExistsOptions, Task, TaskContext, TaskError, TaskResult, TaskTemplate};

const OF_SERVER_GROUP: &str =
    "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.CheckIfApplicationExistsForServerGroupTask";

/// Adds the task.
pub(super) fn register(catalogue: &mut Catalogue, options: &CheckIfApplicationExistsOptions) {
    catalogue.add_task(CheckTask { options: *options });
}

/// The task that looks whether the application is known.
pub(super) fn check_application() -> TaskTemplate {
    TaskTemplate::new("checkIfApplicationExists", OF_SERVER_GROUP)
}

struct CheckTask {
    options: CheckIfApplicationExistsOptions,
}

#[async_trait]
impl Task for CheckTask {
    fn class(&self) -> &'static str {
        OF_SERVER_GROUP
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let name = application(settings).unwrap_or_else(|| context.view.execution.application.clone());
        match context.clients.front50.application(&context.caller, &name).await {
            Ok(_) => return Ok(TaskResult::succeeded()),
            Err(error) if error.kind() == Kind::NotFound => {}
            Err(error) if self.options.audit_mode_enabled => {
                tracing::debug!(application = %name, %error, "front50 does not say whether it exists");
            }
            Err(error) => return Err(error.into()),
        }
        let mut unknown = format!("did not find application: {name} in front50");
        if self.options.check_clouddriver {
            match context.clients.clouddriver.application(&context.caller, &name).await {
                Ok(_) => return Ok(TaskResult::succeeded()),
                Err(error) if error.kind() == Kind::NotFound || self.options.audit_mode_enabled => {
                    unknown.push_str(" and in clouddriver");
                }
                Err(error) => return Err(error.into()),
            }
        }
        if self.options.audit_mode_enabled {
            return Ok(TaskResult::succeeded().with_output("checkIfApplicationExistsWarning", unknown));
        }
        let message = format!("{unknown}: create the application first");
        Err(TaskError::new(Kind::NotFound, "NotFoundException", message))
    }
}
