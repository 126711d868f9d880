//! Pipelines from v2 templates. Upstream: `V2TemplateLoaderHandler`, `V2TemplateLoader`, `V2Util.planPipeline`.

use gennaker_clients::Caller;
use gennaker_templates::{Problem, v2};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{super::start::drop_nulls, invalid};
use crate::{
    app::{
        Refusal,
        start::{Asked, Error, UNKNOWN_APPLICATION},
    },
    engine::Engine,
};

/// The type of artifacts that are templates in front50.
const IN_FRONT50: &str = "front50/pipelineTemplate";
/// The largest template that is fetched, in bytes.
const LARGEST: usize = 8 << 20;
const SCHEME: &str = "spinnaker://";
const SUMMARY: &str = "expressionEvaluationSummary";

/// The pipeline, and whether it is only planned.
pub(super) async fn expanded(engine: &Engine, caller: &Caller, pipeline: &Object) -> Result<(Object, bool), Error> {
    let config = v2::Config::of(pipeline).map_err(invalid)?;
    let trigger = pipeline.object("trigger").cloned().unwrap_or_default();
    let expressions = engine.expressions();
    let mut template = match config.template() {
        None => config.own_template(),
        Some(artifact) => {
            let scope = v2::scope(&config, None, &trigger);
            let artifact = expressions.in_names(caller, artifact, &scope).await;
            fetched(engine, caller, &artifact).await?
        }
    };
    let scope = v2::scope(&config, Some(&template), &trigger);
    let mut evaluated = Vec::new();
    for variable in v2::variables(&template) {
        evaluated.push(match variable {
            Some(variable) => Some(expressions.in_names(caller, &variable, &scope).await),
            None => None,
        });
    }
    v2::put_variables(&mut template, evaluated);
    let made = v2::generate(pipeline, &config, &template).map_err(invalid)?;
    Ok((made, pipeline.boolean("plan") == Some(true)))
}

/// The template that an artifact is: of front50, or of whatever clouddriver reads for it.
async fn fetched(engine: &Engine, caller: &Caller, artifact: &Object) -> Result<Object, Error> {
    let clients = engine.clients();
    let reference = artifact.text("reference").unwrap_or_default();
    let found = if artifact.text("type").as_deref() == Some(IN_FRONT50) {
        let Some((id, tag, digest)) = parts(&reference) else {
            let wrong =
                format!("'{IN_FRONT50}' references must be specified as '{SCHEME}<templateId>', got: {reference}");
            return Err(unexpected(wrong).into());
        };
        clients.front50.v2_pipeline_template(caller, id, tag, digest).await.map(Value::Object)
    } else {
        let content = clients.clouddriver.artifact(caller, artifact, LARGEST).await;
        content.map(|content| serde_json::from_slice(&content).unwrap_or_default())
    };
    match found {
        Ok(Value::Object(template)) => Ok(template),
        Ok(_) => Err(unexpected(format!("the template {reference} is no JSON object")).into()),
        Err(error) if error.kind().is_transient() => Err(error.into()),
        Err(error) => Err(unexpected(format!("the template {reference} cannot be had: {}", error.message())).into()),
    }
}

fn unexpected(cause: String) -> Refusal {
    let message = Some("unexpected error".to_owned());
    invalid(vec![Problem { message, cause: Some(cause), ..Problem::default() }])
}

/// The id of a template with its tag or digest: `spinnaker://ID`, `spinnaker://ID:TAG`, `spinnaker://ID@sha256:DIGEST`.
fn parts(reference: &str) -> Option<(&str, Option<&str>, Option<&str>)> {
    let id = reference.strip_prefix(SCHEME).filter(|id| !id.is_empty())?;
    if let Some((id, digest)) = id.split_once('@') {
        return Some((id, None, Some(digest.strip_prefix("sha256:").unwrap_or(digest))));
    }
    Some(match id.split_once(':') {
        Some((id, tag)) => (id, Some(tag), None),
        None => (id, None, None),
    })
}

/// A v2 pipeline as it would start, its expressions evaluated as far as they can be before: `POST /v2/pipelineTemplates/plan`.
///
/// # Errors
/// What is wrong with it; or variables without values.
pub(crate) async fn plan(engine: &Engine, asked: &Asked, mut pipeline: Object) -> Result<Object, Error> {
    pipeline.insert("plan".to_owned(), true.into());
    let pipeline = match super::expanded(engine, asked, &pipeline).await? {
        Some(made) => made.pipeline,
        None => pipeline,
    };
    if let Some(errors) = pipeline.get("errors").and_then(Value::as_array).filter(|errors| !errors.is_empty()) {
        return Err(Refusal { errors: errors.clone(), ..Refusal::invalid("Pipeline template is invalid") }.into());
    }
    let mut pipeline = pipeline;
    pipeline.entry("application").or_insert_with(|| UNKNOWN_APPLICATION.into());
    let mut planned = engine.expressions().planned(&asked.onward(), &pipeline).await;
    let missing = planned.object(SUMMARY).into_iter().flat_map(Object::keys);
    let missing: Vec<Value> =
        missing.filter_map(|name| name.strip_prefix("templateVariables.")).map(Value::from).collect();
    if !missing.is_empty() {
        let message = "these template variables have no value";
        return Err(Refusal { errors: missing, ..Refusal::invalid(message) }.into());
    }
    planned.entry("source").or_insert_with(|| json!({ "type": "templatedPipeline", "version": "v2" }));
    drop_nulls(&mut planned);
    Ok(planned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_names_a_template_its_tag_or_its_digest() {
        assert_eq!(parts("spinnaker://t"), Some(("t", None, None)));
        assert_eq!(parts("spinnaker://t:stable"), Some(("t", Some("stable"), None)));
        assert_eq!(parts("spinnaker://t@sha256:ab"), Some(("t", None, Some("ab"))));
        assert_eq!(parts("http://t"), None);
        assert_eq!(parts("spinnaker://"), None);
    }
}
