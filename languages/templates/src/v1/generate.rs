//! The pipeline that comes of it. Upstream: `V1SchemaExecutionGenerator`.

use serde_json::{Value, json};

use super::{
    LIMITS, Request, merge,
    model::{Config, Stage, Template},
};
use crate::{Object, graph::Node as _, java, problem::Failure};

pub(super) fn generate(
    template: &Template,
    config: &Config,
    request: &Request<'_>,
    id: &mut dyn FnMut() -> String,
) -> Result<Object, Failure> {
    let mut pipeline = Object::new();
    let mut put = |name: &str, value: Value| drop(pipeline.insert(name.to_owned(), value));
    let own_id = request.text("id").or_else(|| config.pipeline_id.clone());
    put("id", own_id.unwrap_or_else(|| "unknown".to_owned()).into());
    put("application", config.application.clone().into());
    if let Some(source) = &template.source {
        put("source", json!({ "id": source, "type": "templatedPipeline", "version": "v1" }));
    }
    if let Some(execution) = request.text("executionId") {
        put("executionId", execution.into());
    }
    put("name", config.name.clone().unwrap_or_else(|| "Unnamed Execution".to_owned()).into());
    for name in LIMITS {
        let inherited = template.configuration.concurrent.get(name);
        put(name, inherited.cloned().unwrap_or_else(|| request.limit(name)));
    }
    let own = &template.configuration;
    for (name, what, inherited, given) in [
        ("notifications", "notifications", &own.notifications, &config.notifications),
        ("parameterConfig", "parameters", &own.parameters, &config.parameters),
        ("triggers", "triggers", &own.triggers, &config.triggers),
    ] {
        let list = match config.inherits(what) {
            true => merge::named(inherited.clone(), Some(given.clone())).unwrap_or_default(),
            false => given.clone(),
        };
        put(name, json!(list));
    }
    let mut artifacts = by_id(&config.expected_artifacts, &request.objects("expectedArtifacts"));
    if config.inherits("expectedArtifacts") {
        artifacts = by_id(own.expected_artifacts.as_deref().unwrap_or_default(), &artifacts);
    }
    put("expectedArtifacts", json!(artifacts));
    let stages = template.stages.iter().map(|made| stage(made, id));
    put("stages", stages.collect::<Result<Vec<_>, _>>()?.into());
    if !request.trigger.is_empty() {
        put("trigger", request.trigger.clone().into());
    }
    Ok(pipeline)
}

fn stage(made: &Stage, id: &mut dyn FnMut() -> String) -> Result<Value, Failure> {
    let Value::Object(settings) = &made.config else {
        return Err(Failure::Unexpected(format!("the settings of stage {} are no object", made.id())));
    };
    let mut stage = json!({
        "id": id(),
        "refId": made.id(),
        "type": made.kind,
        "name": made.name(),
        "requisiteStageRefIds": *made.requisites.borrow(),
    });
    if let Some(group) = &made.group {
        stage["group"] = group.as_str().into();
    }
    if let Value::Object(fields) = &mut stage {
        fields.extend(settings.clone());
    }
    Ok(stage)
}

/// Both, of those with the same id the second one, as a map of Java's has them.
fn by_id(first: &[Object], second: &[Object]) -> Vec<Object> {
    let mut merged: Vec<(String, Object)> = Vec::new();
    for artifact in first.iter().chain(second) {
        let id = artifact.get("id").map_or_else(|| "null".to_owned(), java::text);
        match merged.iter_mut().find(|(known, _)| *known == id) {
            Some((_, known)) => *known = artifact.clone(),
            None => merged.push((id, artifact.clone())),
        }
    }
    merged.into_iter().map(|(_, artifact)| artifact).collect()
}
