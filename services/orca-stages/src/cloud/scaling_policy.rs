//! `upsertScalingPolicy`, `deleteScalingPolicy`: when a server group grows and shrinks by itself.
//!
//! Upstream: the stages and tasks of these names.

use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use super::operation_stage::{OperationStage, OperationTask, Prepared, required};
use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    server_group::{operation::monitor, refresh::force_cache_refresh, settings::regions},
};

const UPSERT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.scalingpolicy.UpsertScalingPolicyTask";
const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.scalingpolicy.DeleteScalingPolicyTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(
        OperationStage::new(
            "upsertScalingPolicy",
            || schema("Writes a scaling policy of a server group."),
            || vec![TaskTemplate::new("upsertScalingPolicy", UPSERT), monitor("monitorUpsert"), force_cache_refresh()],
        )
        .changing_cluster(),
    );
    catalogue.add_stage(
        OperationStage::new(
            "deleteScalingPolicy",
            || schema("Removes a scaling policy of a server group.").with(Field::text("policyName", "Its name.")),
            || vec![TaskTemplate::new("deleteScalingPolicy", DELETE), monitor("monitorDelete"), force_cache_refresh()],
        )
        .changing_cluster(),
    );
    catalogue.add_task(OperationTask { class: UPSERT, prepare: |settings| prepare("upsertScalingPolicy", settings) });
    catalogue.add_task(OperationTask { class: DELETE, prepare: |settings| prepare("deleteScalingPolicy", settings) });
}

fn schema(description: &'static str) -> Schema {
    Schema::of(description)
        .with(Field::text("credentials", "The account.").required())
        .with(Field::text("cloudProvider", "The cloud.").default("aws"))
        .with(Field::text("region", "Its region.").required())
        .with(Field::text("serverGroupName", "The server group; asgName is read too."))
}

fn prepare(operation: &str, settings: &Object) -> Result<Prepared, TaskError> {
    let name = settings.text("serverGroupName").map_or_else(|| required(settings, "asgName"), Ok)?;
    let region = regions(settings)?.into_iter().next().unwrap_or_default();
    Ok(Prepared::whole(operation, settings).keeping("deploy.server.groups", json!({ region: [name] })))
}
