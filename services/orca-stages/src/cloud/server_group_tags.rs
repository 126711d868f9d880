//! `upsertServerGroupTags`: writes tags on a server group, in each of its regions.
//!
//! Upstream: `UpsertServerGroupTagsStage`, `UpsertServerGroupTagsTask`.

use gennaker_wire::Object;
use serde_json::{Value, json};

use super::operation_stage::{OperationStage, OperationTask, Prepared};
use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    server_group::{operation::monitor, refresh::force_cache_refresh, settings::regions, target::named},
};

const UPSERT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.servergroup.UpsertServerGroupTagsTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(
        "upsertServerGroupTags",
        || {
            Schema::of("Writes tags on a server group.")
                .with(Field::text("credentials", "The account; account is read too."))
                .with(Field::text("cloudProvider", "The cloud.").default("aws"))
                .with(Field::list("regions", "Its regions; or region.", []))
                .with(Field::text("serverGroupName", "The server group; asgName is read too."))
                .with(Field::any("tags", "The tags."))
        },
        || {
            vec![
                TaskTemplate::new("upsertServerGroupTags", UPSERT),
                monitor("monitorModification"),
                force_cache_refresh(),
            ]
        },
    ));
    catalogue.add_task(OperationTask { class: UPSERT, prepare });
}

fn prepare(settings: &Object) -> Result<Prepared, TaskError> {
    let name =
        named(settings).ok_or_else(|| TaskError::invalid("the stage names no server group: set serverGroupName"))?;
    let groups: Object = regions(settings)?.into_iter().map(|region| (region, json!([name]))).collect::<Object>();
    let mut prepared = Prepared::whole("upsertServerGroupTags", settings);
    for operation in &mut prepared.operations {
        operation.description.insert("serverGroupName".to_owned(), name.clone().into());
    }
    Ok(prepared
        .keeping("asgName", name.clone())
        .keeping("serverGroupName", name)
        .keeping("deploy.server.groups", Value::Object(groups)))
}
