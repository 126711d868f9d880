//! Stages that change pipeline templates, and the look-up of templates.
//!
//! Upstream: orca-pipelinetemplate.

mod delete;
mod lookup;
mod plan_dependents;
mod save;
mod update;

pub use self::lookup::TemplateLookup;
use crate::{
    Catalogue, TaskContext, TaskError,
    front50::{decoded, illegal},
};
use gennaker_wire::Object;
use serde_json::Value;

/// The setting that has the template.
const TEMPLATE: &str = "pipelineTemplate";

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, templates: &TemplateLookup) {
    save::register(catalogue);
    update::register(catalogue, templates);
    delete::register(catalogue);
}

/// The template of a stage.
fn template(settings: &Object) -> Result<Object, TaskError> {
    let encoded = "'pipelineTemplate' context key must be a base64-encoded string: Ensure you're on the most recent version of gate";
    match settings.get(TEMPLATE) {
        None => return Err(illegal("Missing required task parameter (pipelineTemplate)")),
        Some(Value::String(_)) => {}
        Some(_) => return Err(illegal(encoded)),
    }
    match decoded(settings, TEMPLATE)? {
        Value::Object(template) => Ok(template),
        _ => Err(illegal("pipelineTemplate is base 64 of a JSON object")),
    }
}

/// The id of a template that is saved under a tag.
fn tagged(id: &str, tag: Option<&str>) -> String {
    match tag.filter(|tag| !tag.is_empty()) {
        Some(tag) => format!("{id}:{tag}"),
        None => id.to_owned(),
    }
}

/// The template of a stage and its id, if it may be saved.
fn checked(context: &TaskContext, check: fn(&Object) -> Result<String, String>) -> Result<(Object, String), TaskError> {
    let template = template(context.view.context())?;
    let id = check(&template).map_err(illegal)?;
    Ok((template, id))
}
