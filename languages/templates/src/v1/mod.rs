//! Templates of schema `1`: Jinja, modules, partials, loops, conditions, injection and inheritance.
//!
//! A pipeline's configuration stands under `config`: `{"schema": "1", "pipeline": {"application", "name", "template": {"source"},
//! "variables"}, "configuration": {"inherit": [...], "triggers", "parameters", "notifications", "expectedArtifacts",
//! "concurrentExecutions"}, "stages", "modules", "partials"}`.

mod convert;
mod generate;
mod inherit;
mod load;
mod merge;
mod model;
mod mutate;
mod render;
mod shown;
mod stages;
#[cfg(test)]
mod tests;
pub(crate) mod validate;
mod variables;

use std::sync::Arc;

use serde_json::Value;

pub use self::convert::convert;
use self::{
    generate::generate,
    load::{Loader, render_source},
    model::{Config, Template, Variable},
};
pub(crate) use self::{
    merge::distinct,
    model::Template as SavedTemplate,
    variables::{check as check_variables, pipeline as pipeline_in_words},
};
use crate::{
    Answers, Object,
    problem::{Failure, Problem},
};

/// The pipeline that a templated one is started as. Its errors are all that is wrong; warnings count if it has `"plan": true`.
///
/// `id` makes the ids of stages. With `"plan": true` a `template` that the pipeline has goes before the one of its source.
///
/// # Errors
/// What is wrong with the template or the configuration.
pub fn expand(
    pipeline: &Object,
    answers: &Arc<Answers>,
    id: &mut dyn FnMut() -> String,
) -> Result<Object, Vec<Problem>> {
    let request = Request::of(pipeline);
    let (mut config, mut template) = loaded(&request, answers).map_err(Failure::into_problems)?;
    for problems in [validate::config(&config, &template), validate::template(&template, &config)] {
        if problems.iter().any(|problem| request.is_plan || problem.severity == crate::Severity::Fatal) {
            return Err(problems);
        }
    }
    mutated(&mut template, &mut config, answers, &request.trigger).map_err(Failure::into_problems)?;
    generate(&template, &config, &request, id).map_err(Failure::into_problems)
}

/// Gives a templated pipeline that is to be saved the triggers, parameters, notifications and expected artifacts of its configuration
/// and those that it inherits, so that others see them without its template. Upstream: `TemplatedPipelineModelMutator`.
///
/// # Errors
/// If the configuration cannot be read or rendered. A template that cannot be loaded is none: nothing is inherited.
pub fn mutate(pipeline: &mut Object, answers: &Arc<Answers>) -> Result<(), String> {
    mutate::mutate(pipeline, answers).map_err(|failure| failure.text())
}

/// The template at a source, with all that it inherits.
///
/// # Errors
/// Why it cannot be loaded.
pub fn resolve(source: &str, answers: &Arc<Answers>) -> Result<Object, String> {
    let loader = Loader { answers, config: None, trigger: None };
    let templates = loader.load_from(source).map_err(|failure| failure.text())?;
    Ok(merge::templates(templates).map_err(|failure| failure.text())?.to_json())
}

/// The source with its expressions rendered, for a trigger of an earlier execution.
///
/// # Errors
/// Why it cannot be rendered.
pub fn rendered_source(
    source: &str,
    application: &str,
    trigger: &Object,
    answers: &Arc<Answers>,
) -> Result<String, String> {
    render_source(source, Some(application), trigger, answers).map_err(|failure| failure.text())
}

/// What a templated pipeline says besides its configuration. Upstream: `TemplatedPipelineRequest`.
pub(crate) struct Request<'p> {
    pub(crate) pipeline: &'p Object,
    pub(crate) trigger: Object,
    pub(crate) is_plan: bool,
}

impl<'p> Request<'p> {
    pub(crate) fn of(pipeline: &'p Object) -> Self {
        let trigger = pipeline.get("trigger").and_then(Value::as_object).cloned().unwrap_or_default();
        Request { pipeline, trigger, is_plan: pipeline.get("plan") == Some(&Value::Bool(true)) }
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        crate::read::text(self.pipeline, name).ok().flatten()
    }

    fn objects(&self, name: &str) -> Vec<Object> {
        crate::read::objects(self.pipeline, name).ok().flatten().unwrap_or_default()
    }

    /// A field about how many executions may run, or what upstream takes for it.
    pub(crate) fn limit(&self, name: &str) -> Value {
        let default = match name {
            "limitConcurrent" => true.into(),
            "maxConcurrentExecutions" => 0.into(),
            _ => false.into(),
        };
        self.pipeline.get(name).filter(|value| !value.is_null()).cloned().unwrap_or(default)
    }
}

/// The fields about how many executions may run.
pub(crate) const LIMITS: [&str; 3] = ["limitConcurrent", "maxConcurrentExecutions", "keepWaitingPipelines"];

/// The configuration and its template. Upstream: `V1TemplateLoaderHandler`.
fn loaded(request: &Request<'_>, answers: &Arc<Answers>) -> Result<(Config, Template), Failure> {
    let config = request.pipeline.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut config = Config::of(&config).map_err(Failure::Unexpected)?;
    config.notifications.extend(request.objects("notifications"));
    let inline = request.pipeline.get("template").and_then(Value::as_object).filter(|_| request.is_plan).cloned();
    if let Some(template) = inline {
        let loader = Loader { answers, config: Some(&config), trigger: Some(&request.trigger) };
        let template = merge::templates(loader.load(template)?)?;
        return Ok((config, template));
    }
    let Some(source) = &config.source else {
        // Nobody's: the configuration has all.
        let variable = |(name, value): (&String, &Value)| Variable::named(name, value);
        let template = Template { variables: config.variables.iter().map(variable).collect(), ..Template::default() };
        return Ok((config, template));
    };
    let source = render_source(source, config.application.as_deref(), &request.trigger, answers)?;
    config.source = Some(source.clone());
    let loader = Loader { answers, config: Some(&config), trigger: Some(&request.trigger) };
    let mut template = merge::templates(loader.load_from(&source)?)?;
    template.source.get_or_insert(source);
    Ok((config, template))
}

/// The template with everything of the configuration in it. Upstream: `GraphMutator`.
fn mutated(
    template: &mut Template,
    config: &mut Config,
    answers: &Arc<Answers>,
    trigger: &Object,
) -> Result<(), Failure> {
    variables::assign_defaults(&template.variables, config)?;
    template.modules = merge::identifiable(template.modules.take(), config.modules.clone());
    template.partials =
        merge::identifiable(Some(std::mem::take(&mut template.partials)), Some(config.partials.clone()))
            .unwrap_or_default();
    inherit::drop_what_is_not_inherited(template, config);
    render::render(template, config, answers, trigger)?;
    stages::put_together(template, config)?;
    inherit::control_stages(template)?;
    stages::drop_conditional(template);
    Ok(())
}
