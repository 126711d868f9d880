//! A templated pipeline as it is saved. Upstream: `TemplatedPipelineModelMutator`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    load::{self, Loader},
    merge,
    model::{Config, Template},
};
use crate::{
    Answers, Object,
    jinja::{Renderer, Tags, is_template},
    problem::Failure,
    read,
};

/// What a pipeline says of how many executions may run, when it is saved.
const CONCURRENT: [&str; 4] = ["limitConcurrent", "maxConcurrentExecutions", "keepWaitingPipelines", "parallel"];
/// What may have expressions in a saved pipeline.
const RENDERED: [&str; 4] = ["triggers", "parameterConfig", "notifications", "expectedArtifacts"];

pub(super) fn mutate(pipeline: &mut Object, answers: &Arc<Answers>) -> Result<(), Failure> {
    let is_templated = pipeline.get("type").and_then(Value::as_str) == Some("templatedPipeline");
    let Some(Value::Object(config)) = pipeline.get("config").filter(|_| is_templated) else { return Ok(()) };
    let config = Config::of(config).map_err(Failure::Unexpected)?;
    let template = template(&config, answers)?;
    if let Some(template) = &template {
        inherit(template, &config, pipeline);
    }
    name_in_config(pipeline);
    apply(&config, pipeline)?;
    let scope = load::scope(template.as_ref(), &config, None);
    let modules = template.and_then(|template| template.modules).map(Into::into);
    let renderer = Renderer::new(Tags { answers: answers.clone(), modules, scope: scope.clone(), ..Tags::default() });
    for name in RENDERED {
        if let Some(Value::Array(items)) = pipeline.get(name) {
            let rendered = items.iter().map(|item| renderer.deep(item, &scope)).collect::<Result<Value, _>>()?;
            pipeline.insert(name.to_owned(), rendered);
        }
    }
    Ok(())
}

/// The template, if it is the same whatever the trigger is and can be loaded.
fn template(config: &Config, answers: &Arc<Answers>) -> Result<Option<Template>, Failure> {
    let Some(source) = config.source.as_deref().filter(|source| !is_template(source)) else { return Ok(None) };
    let loader = Loader { answers, config: Some(config), trigger: None };
    match loader.load_from(source) {
        Ok(templates) => merge::templates(templates).map(Some),
        Err(Failure::Loading(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn inherit(template: &Template, config: &Config, pipeline: &mut Object) {
    let own = &template.configuration;
    if config.inherits("concurrentExecutions") {
        limit(pipeline, &own.concurrent);
    }
    for (what, name, list) in [
        ("triggers", "triggers", &own.triggers),
        ("parameters", "parameterConfig", &own.parameters),
        ("notifications", "notifications", &own.notifications),
        ("expectedArtifacts", "expectedArtifacts", &own.expected_artifacts),
    ] {
        if config.inherits(what) {
            pipeline.insert(name.to_owned(), json!(list));
        }
    }
}

fn limit(pipeline: &mut Object, concurrent: &Object) {
    let given = CONCURRENT.into_iter().filter_map(|name| Some((name.to_owned(), concurrent.get(name)?.clone())));
    pipeline.extend(given);
}

/// Who the pipeline is stands in its configuration, too.
fn name_in_config(pipeline: &mut Object) {
    let names = [("id", "pipelineConfigId"), ("name", "name"), ("application", "application")];
    let given = names.into_iter().filter_map(|(of, name)| Some((name.to_owned(), pipeline.get(of)?.clone())));
    let given: Object = given.collect();
    if let Some(Value::Object(inner)) = pipeline.get_mut("config").and_then(|config| config.get_mut("pipeline")) {
        inner.extend(given);
    }
}

fn apply(config: &Config, pipeline: &mut Object) -> Result<(), Failure> {
    limit(pipeline, &config.concurrent);
    type Merge = fn(Option<Vec<Object>>, Option<Vec<Object>>) -> Option<Vec<Object>>;
    let lists: [(&str, &Vec<Object>, Merge); 4] = [
        ("triggers", &config.triggers, merge::distinct),
        ("parameterConfig", &config.parameters, merge::named::<Object>),
        ("notifications", &config.notifications, merge::named::<Object>),
        ("expectedArtifacts", &config.expected_artifacts, merge::distinct),
    ];
    for (name, own, merge) in lists.into_iter().filter(|(_, own, _)| !own.is_empty()) {
        let known = read::objects(pipeline, name).map_err(Failure::Unexpected)?;
        pipeline.insert(name.to_owned(), json!(merge(known, Some(own.clone()))));
    }
    Ok(())
}
