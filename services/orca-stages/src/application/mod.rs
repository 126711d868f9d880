//! Applications and projects in front50: the web UI and `spin` write them only in this way.
//!
//! Upstream: orca-applications.

mod delete;
mod name;
mod project;
mod upsert;

use gennaker_base::Kind;
use gennaker_clients::{Caller, Front50Client};
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{Catalogue, Options, TaskError};

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options) {
    upsert::register(catalogue, options.tasks.upsert_application);
    delete::register(catalogue, options.tasks.delete_application);
    project::register(catalogue);
}

/// The application in the settings, with its name.
fn application(context: &Object) -> Result<(String, &Object), String> {
    let Some(application) = context.object("application") else {
        return Err(
            "the job needs an application: {\"application\": {\"name\": \"...\", \"email\": \"...\"}}".to_owned()
        );
    };
    match application.text("name").filter(|name| !name.trim().is_empty()) {
        Some(name) => Ok((name, application)),
        None => Err("the application needs a name".to_owned()),
    }
}

/// The application as front50 has it now, as upstream keeps it in a stage.
async fn existing(front50: &Front50Client, caller: &Caller, name: &str) -> Result<Option<Object>, TaskError> {
    match front50.application(caller, name).await {
        Ok(found) => match serde_json::to_value(found) {
            Ok(Value::Object(fields)) => Ok(Some(kept(fields))),
            _ => Ok(Some(Object::new())),
        },
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The fields of an application itself: without those that are not set, and without who may use it, which front50 keeps apart.
fn kept(mut fields: Object) -> Object {
    fields
        .retain(|name, value| !value.is_null() && !matches!(name.as_str(), "permissions" | "requiredGroupMembership"));
    fields
}
