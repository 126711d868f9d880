//! Stages that change what front50 keeps: pipelines, their order, and plugins.
//!
//! gate sends them what is to be kept as base 64 of its JSON, so that no expression in it is evaluated on the way.
//!
//! Upstream: orca-front50. Not here: `upsertDeliveryConfig` and `deleteDeliveryConfig` (managed delivery), `loadPluginRelease`,
//! `runMultiplePipelines`. The stage `pipeline` has a module of its own.

mod delete_pipeline;
mod encoded;
mod monitor;
mod plugin_info;
mod reorder_pipelines;
mod save_from_artifact;
mod save_pipeline;
mod service_account;

use gennaker_clients::{Caller, Front50Client};
use gennaker_wire::{Object, ObjectExt};
use http::Method;

pub(crate) use self::encoded::{decoded, illegal};
use crate::{Catalogue, Options, TaskContext, TaskError, TemplateLookup};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options, templates: &TemplateLookup) {
    save_pipeline::register(catalogue, &options.tasks, templates);
    service_account::register(catalogue);
    monitor::register(catalogue, &options.tasks.monitor_front50_task);
    delete_pipeline::register(catalogue);
    reorder_pipelines::register(catalogue);
    save_from_artifact::register(catalogue);
    plugin_info::register(catalogue);
}

/// Why a call to front50 failed, as upstream's clients read it.
pub(crate) fn refused(method: &Method) -> impl Fn(gennaker_clients::Error) -> TaskError {
    move |error| TaskError::of_call(method, &error)
}

/// The place of a pipeline that does not say it: the one that front50 has it at.
async fn keep_place(front50: &Front50Client, caller: &Caller, pipeline: &mut Object) -> Result<(), TaskError> {
    if pipeline.contains_key("index") {
        return Ok(());
    }
    let Some(id) = pipeline.text("id").filter(|id| !id.is_empty()) else { return Ok(()) };
    let kept = front50.pipeline_config(caller, &id).await.map_err(refused(&Method::GET))?;
    if let Some(mut kept) = kept {
        pipeline.insert("index".to_owned(), kept.shift_remove("index").unwrap_or_default());
    }
    Ok(())
}

/// The pipeline of a stage: an object, or base 64.
fn pipeline(context: &TaskContext) -> Result<Object, TaskError> {
    let settings = context.view.context();
    match settings.get("pipeline") {
        None => Err(illegal("pipeline context must be provided")),
        Some(serde_json::Value::Object(pipeline)) => Ok(pipeline.clone()),
        Some(_) => encoded::object(settings, "pipeline"),
    }
}
