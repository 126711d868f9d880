//! What the next instances of a server group run: `updateLaunchConfig` (also `modifyAsgLaunchConfiguration`, as it was called once) and
//! `updateLaunchTemplate`.
//!
//! ```json
//! {"type": "updateLaunchConfig", "credentials": "local", "cloudProvider": "local", "region": "local", "asgName": "shop-v003",
//!  "environment": {"COLOUR": "green"}}
//! ```
//!
//! Instances that are there stay as they are: a rolling push replaces them. The cloud is told all of the stage's settings and takes
//! of them what it knows.
//!
//! Upstream: `UpdateLaunchConfigStage`, `ModifyAsgLaunchConfigurationStage`, `UpdateLaunchTemplateStage`,
//! `AbstractUpdateLaunchSettingsTask`. What that adds for Amazon (the image of an earlier stage, leave to launch it) comes with that
//! cloud.

use gennaker_wire::Object;
use serde_json::{Value, json};

use super::operation_stage::{OperationStage, OperationTask, Prepared, required};
use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    server_group::{
        on_group::asked,
        operation::monitor,
        refresh::force_cache_refresh,
        settings::{DEPLOYED, account, provider},
        target::named,
    },
};

/// The stage types, of which the first and the last are the operations' names too.
const CONFIG: &str = "updateLaunchConfig";
const ASG: &str = "modifyAsgLaunchConfiguration";
const TEMPLATE: &str = "updateLaunchTemplate";

const CONFIG_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.UpdateLaunchConfigTask";
const TEMPLATE_TASK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.UpdateLaunchTemplateTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    for (kind, tasks) in [
        (CONFIG, config_tasks as fn() -> Vec<TaskTemplate>),
        (ASG, config_tasks),
        (TEMPLATE, || updating(TaskTemplate::new(TEMPLATE, TEMPLATE_TASK))),
    ] {
        catalogue.add_stage(OperationStage::new(kind, schema, tasks).changing_cluster());
    }
    catalogue.add_task(OperationTask {
        class: CONFIG_TASK,
        prepare: |settings| {
            let (account, region) = (account(settings)?, required(settings, "region")?);
            Ok(update(CONFIG, settings)?
                .keeping("notification.type", "modifyasglaunchconfiguration")
                .keeping("modifyasglaunchconfiguration.account.name", account)
                .keeping("modifyasglaunchconfiguration.region", region))
        },
    });
    catalogue.add_task(OperationTask {
        class: TEMPLATE_TASK,
        prepare: |settings| {
            let (account, region) = (account(settings)?, required(settings, "region")?);
            Ok(update(TEMPLATE, settings)?
                .keeping("notification.type", "modifyservergrouplaunchtemplate")
                .keeping("modifyservergrouplaunchtemplate.account.name", account)
                .keeping("modifyservergrouplaunchtemplate.region", region))
        },
    });
}

fn config_tasks() -> Vec<TaskTemplate> {
    updating(TaskTemplate::new(CONFIG, CONFIG_TASK))
}

fn updating(task: TaskTemplate) -> Vec<TaskTemplate> {
    vec![task, monitor("monitorModification"), force_cache_refresh()]
}

fn schema() -> Schema {
    Schema::of("Changes what the next instances of a server group run.")
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
        .with(Field::text("region", "Its region.").required())
        .with(Field::text("asgName", "The server group; or serverGroupName."))
}

fn update(operation: &str, settings: &Object) -> Result<Prepared, TaskError> {
    let missing = || TaskError::invalid("the stage names no server group: set asgName (or serverGroupName)");
    let name = named(settings).ok_or_else(missing)?;
    let region = required(settings, "region")?;
    let mut description = asked(settings);
    let own: [(&str, Value); 4] = [
        ("asgName", name.as_str().into()),
        ("serverGroupName", name.as_str().into()),
        ("credentials", account(settings)?.into()),
        ("cloudProvider", provider(settings).into()),
    ];
    description.extend(own.into_iter().map(|(field, value)| (field.to_owned(), value)));
    Ok(Prepared::of(operation, description).keeping(DEPLOYED, json!({ region: [name] })))
}
