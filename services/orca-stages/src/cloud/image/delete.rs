//! `deleteImage`: removes images.
//!
//! Upstream: `DeleteImageStage`, `DeleteImageTask`. It does not wait for the end of the operation, and neither does this.

use gennaker_wire::{Object, ObjectExt, Operation};
use serde_json::json;

use crate::{
    Catalogue, Field, Schema, TaskError, TaskTemplate,
    cloud::operation_stage::{OperationStage, OperationTask, Prepared, required},
};

const DELETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.image.DeleteImageTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(OperationStage::new(
        "deleteImage",
        || {
            Schema::of("Removes images.")
                .with(Field::text("credentials", "The account.").required())
                .with(Field::text("cloudProvider", "The cloud.").required())
                .with(Field::text("region", "Their region.").required())
                .with(Field::list("imageIds", "Their ids.", []).required())
        },
        || vec![TaskTemplate::new("deleteImage", DELETE)],
    ));
    catalogue.add_task(OperationTask { class: DELETE, prepare: delete });
}

fn delete(settings: &Object) -> Result<Prepared, TaskError> {
    let (account, region) = (required(settings, "credentials")?, required(settings, "region")?);
    let operations = settings.texts("imageIds").into_iter().map(|id| {
        let description = json!({ "credentials": account, "region": region, "imageId": id });
        Operation { name: "deleteImage".to_owned(), description: description.as_object().cloned().unwrap_or_default() }
    });
    Ok(Prepared { operations: operations.collect(), ..Prepared::default() }
        .keeping("delete.region", region.clone())
        .keeping("delete.account.name", account.clone()))
}
