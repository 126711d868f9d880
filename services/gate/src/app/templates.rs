//! Pipeline templates: what a task about one says, and who uses it. The rules are those of upstream's
//! `PipelineTemplatesController` and `V2PipelineTemplatesController`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt as _};
use http::Method;
use serde_json::{Value, json};

use super::optional::is_absent;

/// The application of tasks on templates that are not one application's own.
pub(crate) const APPLICATION: &str = "spinnaker";
/// The schema of version 2.
const SCHEMA: &str = "v2";
/// What upstream calls a field that a dependent pipeline does not have.
const UNKNOWN: &str = "UNKNOWN";

/// The template as jobs carry it.
pub(crate) fn encoded(template: &Object) -> String {
    STANDARD.encode(Value::Object(template.clone()).to_string())
}

/// The application of the task: the template's scope, if it has just one.
///
/// # Errors
/// `Invalid` if the scopes are no list of texts.
pub(crate) fn application(template: &Object) -> Result<String> {
    let scopes = template.object("metadata").and_then(|metadata| metadata.get("scopes"));
    match scopes {
        None => Ok(APPLICATION.to_owned()),
        Some(Value::Array(scopes)) => match scopes.as_slice() {
            [Value::String(only)] => Ok(only.clone()),
            scopes if scopes.iter().all(Value::is_string) => Ok(APPLICATION.to_owned()),
            _ => Err(invalid()),
        },
        Some(_) => Err(invalid()),
    }
}

fn invalid() -> Error {
    Error::invalid("Pipeline template is invalid")
}

/// What the task is called: the template's name stands in its metadata, or is its id.
pub(crate) fn described(what: &str, template: &Object) -> String {
    let name = template.object("metadata").and_then(|metadata| metadata.text("name"));
    let name = name.or_else(|| template.text("id")).unwrap_or_else(|| "null".to_owned());
    format!("{what} pipeline template '{name}'")
}

/// The template with the schema of version 2.
///
/// # Errors
/// `Invalid` if it says that it has another.
pub(crate) fn of_version_2(mut template: Object) -> Result<Object> {
    match template.get("schema") {
        None | Some(Value::Null) => {
            template.insert("schema".to_owned(), SCHEMA.into());
            Ok(template)
        }
        Some(schema) if *schema == SCHEMA => Ok(template),
        Some(_) => Err(Error::invalid("Pipeline template schema version is invalid")),
    }
}

/// A version of templates.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Version {
    /// The first; `recursive` also takes what templates of the template are used by.
    One { recursive: bool },
    /// The second.
    Two,
}

/// The pipelines that use a template: `[{"application": ..., "pipelineConfigId": ..., "pipelineName": ...}]`.
pub(crate) async fn dependents(clients: &Clients, caller: &Caller, id: &str, version: Version) -> Result<Value> {
    let call = match version {
        Version::One { recursive } => {
            Call::get(&["pipelineTemplates", id, "dependentPipelines"]).query("recursive", recursive)
        }
        Version::Two => Call::get(&["v2", "pipelineTemplates", id, "dependentPipelines"]),
    };
    let pipelines = clients.front50.forward(caller, call).await?;
    Ok(pipelines.as_array().into_iter().flatten().map(dependent).collect())
}

fn dependent(pipeline: &Value) -> Value {
    let text = |name: &str| pipeline[name].as_str().filter(|text| !text.is_empty()).unwrap_or(UNKNOWN);
    json!({ "application": text("application"), "pipelineConfigId": text("id"), "pipelineName": text("name") })
}

/// A template made of the pipeline of that id, as orca writes it.
///
/// # Errors
/// `NotFound` if there is no such pipeline.
pub(crate) async fn from_pipeline(clients: &Clients, caller: &Caller, id: &str) -> Result<Bytes> {
    let pipeline = clients.front50.forward(caller, Call::get(&["pipelines", id, "get"])).await;
    let pipeline = pipeline.map_err(|error| match is_absent(&error) {
        true => Error::not_found(format!("Pipeline config '{id}' could not be found")),
        false => error,
    })?;
    let call = Call::new(Method::POST, &["convertPipelineToTemplate"]).body(&pipeline)?;
    clients.orca.forward_bytes(caller, call).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn the_application_is_the_only_scope() {
        let of = |scopes: Value| application(&object(json!({ "metadata": { "scopes": scopes } })));
        assert_eq!(of(json!(["shop"])), Ok("shop".to_owned()));
        assert_eq!(of(json!([])), Ok(APPLICATION.to_owned()));
        assert_eq!(of(json!(["shop", "other"])), Ok(APPLICATION.to_owned()));
        assert!(of(json!("shop")).is_err() && of(json!([1])).is_err());
        assert_eq!(application(&Object::new()), Ok(APPLICATION.to_owned()));
    }

    #[test]
    fn names_and_schemas_are_upstreams() {
        let named = object(json!({"id": "t", "metadata": {"name": "Deploy"}}));
        assert_eq!(described("Create", &named), "Create pipeline template 'Deploy'");
        assert_eq!(described("Update", &object(json!({"id": "t"}))), "Update pipeline template 't'");
        assert_eq!(of_version_2(Object::new()).expect("it is")["schema"], "v2");
        assert!(of_version_2(object(json!({"schema": "1"}))).is_err());
    }

    #[test]
    fn who_uses_a_template_is_told_by_three_fields() {
        let expected = json!({"application": "shop", "pipelineConfigId": "p", "pipelineName": "UNKNOWN"});
        assert_eq!(dependent(&json!({"application": "shop", "id": "p", "name": null, "stages": []})), expected);
    }
}
