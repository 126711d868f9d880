//! `saveSnapshot`, `restoreSnapshot`, `deleteSnapshot`: the state of an application's infrastructure is kept and put back.
//!
//! Upstream: the stages and tasks of these names.

use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::json;

use super::operation_stage::{OperationStage, OperationTask, Prepared, required};
use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    server_group::{operation::monitor, settings::account},
};

const SAVE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.snapshot.SaveSnapshotTask";
const RESTORE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.snapshot.RestoreSnapshotTask";
const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.snapshot.DeleteSnapshotTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new("saveSnapshot", save_schema, || {
        vec![TaskTemplate::new("saveSnapshot", SAVE), monitor("monitorSnapshot")]
    }));
    catalogue.add_stage(OperationStage::new("restoreSnapshot", restore_schema, || {
        vec![TaskTemplate::new("restoreSnapshot", RESTORE), monitor("monitorRestore")]
    }));
    catalogue.add_stage(OperationStage::new("deleteSnapshot", delete_schema, || {
        vec![TaskTemplate::new("deleteSnapshot", DELETE), monitor("monitorDeleteSnapshot")]
    }));
    catalogue.add_task(OperationTask { class: SAVE, prepare: save });
    catalogue.add_task(OperationTask { class: RESTORE, prepare: restore });
    catalogue.add_task(OperationTask { class: DELETE, prepare: delete });
}

fn schema(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account; account is read too."))
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
}

fn save_schema() -> Schema {
    schema("Keeps the state of an application's infrastructure.")
        .with(Field::text("applicationName", "The application.").required())
}

fn restore_schema() -> Schema {
    save_schema().with(Field::any("snapshotTimestamp", "Which one, by its time."))
}

fn delete_schema() -> Schema {
    schema("Removes snapshots.")
        .with(Field::text("region", "Their region.").required())
        .with(Field::list("snapshotIds", "Their ids.", []).required())
}

fn save(settings: &Object) -> Result<Prepared, TaskError> {
    Ok(Prepared::whole("saveSnapshot", settings)
        .keeping("snapshot.application", json!(settings.get("applicationName")))
        .keeping("snapshot.account.name", account(settings)?))
}

fn restore(settings: &Object) -> Result<Prepared, TaskError> {
    Ok(Prepared::whole("restoreSnapshot", settings)
        .keeping("restore.application", json!(settings.get("applicationName")))
        .keeping("restore.snapshot", json!(settings.get("snapshotTimestamp")))
        .keeping("restore.account.name", account(settings)?))
}

fn delete(settings: &Object) -> Result<Prepared, TaskError> {
    let (account, region) = (account(settings)?, required(settings, "region")?);
    let operations = settings.texts("snapshotIds").into_iter().map(|id| {
        let description = json!({ "credentials": account, "region": region, "snapshotId": id });
        Operation {
            name: "deleteSnapshot".to_owned(),
            description: description.as_object().cloned().unwrap_or_default(),
        }
    });
    Ok(Prepared { operations: operations.collect(), ..Prepared::default() }
        .keeping("delete.region", region.clone())
        .keeping("delete.account.name", account.clone()))
}
