//! `upsertEntityTags`, `deleteEntityTags`, `bulkUpsertEntityTags`: tags on what clouds have. They are no cloud's own, so the
//! operations go to none in particular.
//!
//! Upstream: the stages and tasks of these names.

use gennaker_wire::Object;

use super::operation_stage::{OperationStage, OperationTask, Prepared};
use crate::{Catalogue, Field, Schema, TaskError, TaskTemplate, server_group::operation::monitor};

const UPSERT: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.entitytags.UpsertEntityTagsTask";
const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.entitytags.DeleteEntityTagsTask";
const BULK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.entitytags.BulkUpsertEntityTagsTask";

/// Adds the stages and their tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new("upsertEntityTags", upsert_schema, || {
        vec![TaskTemplate::new("upsertEntityTags", UPSERT), monitor("monitorUpsert")]
    }));
    catalogue.add_stage(OperationStage::new("deleteEntityTags", delete_schema, || {
        vec![TaskTemplate::new("deleteEntityTags", DELETE), monitor("monitorDelete")]
    }));
    catalogue.add_stage(OperationStage::new("bulkUpsertEntityTags", bulk_schema, || {
        vec![TaskTemplate::new("bulkUpsertEntityTags", BULK), monitor("monitorUpsert")]
    }));
    catalogue.add_task(OperationTask { class: UPSERT, prepare: |settings| submit("upsertEntityTags", settings) });
    catalogue.add_task(OperationTask { class: DELETE, prepare: |settings| submit("deleteEntityTags", settings) });
    catalogue.add_task(OperationTask {
        class: BULK,
        prepare: |settings| {
            let prepared = submit("bulkUpsertEntityTagsDescription", settings)?;
            Ok(prepared.keeping("notification.type", "bulkupsertentitytags"))
        },
    });
}

fn submit(operation: &str, settings: &Object) -> Result<Prepared, TaskError> {
    Ok(Prepared { any_cloud: true, ..Prepared::whole(operation, settings) })
}

fn upsert_schema() -> Schema {
    Schema::of("Writes tags on a thing of a cloud.")
        .with(Field::object("entityRef", "The thing.", []).required())
        .with(Field::list("tags", "The tags.", [Field::text("name", "Its name.").required()]).required())
        .with(Field::flag("isPartial", "Whether other tags stay.").default(true))
}

fn delete_schema() -> Schema {
    Schema::of("Removes tags from a thing of a cloud.")
        .with(Field::text("id", "The id of its tags.").required())
        .with(Field::list("tags", "The names of the tags; all without deleteAll is none.", []))
        .with(Field::flag("deleteAll", "Whether all are removed.").default(false))
}

fn bulk_schema() -> Schema {
    Schema::of("Writes tags on several things of clouds.")
        .with(Field::list("entityTags", "The tags of each, with its entityRef.", []).required())
}
