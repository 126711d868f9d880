//! Templates of schema `v2`: a pipeline with `${ templateVariables.… }`.
//!
//! The configuration is the templated pipeline itself: `{"schema": "v2", "application", "name", "template": ARTIFACT, "variables",
//! "exclude": [...], "triggers", "parameters", "notifications", "stages"}`. Its way, in which the caller evaluates expressions:
//!
//! 1. [`Config::of`] reads it; [`Config::template`] is the artifact of the template, which may name the trigger;
//! 2. the template is fetched; [`variables`] are those of its variables that may have expressions, evaluated in [`scope`];
//! 3. [`generate`] makes the pipeline.

mod variables;

use serde_json::{Value, json};

pub use self::variables::{put_variables, variables};
use crate::{
    Object,
    graph::{self, Inject, Links, Node, links},
    problem::{Failure, Problem},
    read,
    v1::{LIMITS, Request, distinct, validate},
};

/// The configuration of a templated pipeline.
#[derive(Debug, Clone)]
pub struct Config {
    application: Option<String>,
    pipeline_id: Option<String>,
    name: Option<String>,
    template: Option<Object>,
    variables: Object,
    stages: Vec<Object>,
    exclude: Vec<String>,
    triggers: Vec<Object>,
    parameters: Vec<Object>,
    notifications: Vec<Object>,
}

impl Config {
    /// That of a pipeline.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn of(pipeline: &Object) -> Result<Self, Vec<Problem>> {
        let is_own = pipeline.get("schema").and_then(Value::as_str) == Some("v2")
            && pipeline.get("template").is_some_and(|template| !template.is_null());
        let config = pipeline.get("config").and_then(Value::as_object).filter(|_| !is_own).unwrap_or(pipeline);
        Config::read(config).map_err(|problem| Failure::Unexpected(problem).into_problems())
    }

    fn read(of: &Object) -> Result<Self, String> {
        Ok(Config {
            application: read::text(of, "application")?,
            pipeline_id: read::text(of, "pipelineConfigId")?,
            name: read::text(of, "name")?,
            template: read::object(of, "template")?,
            variables: read::object(of, "variables")?.unwrap_or_default(),
            stages: read::objects(of, "stages")?.unwrap_or_default(),
            exclude: read::texts(of, "exclude")?.unwrap_or_default(),
            triggers: read::objects(of, "triggers")?.unwrap_or_default(),
            parameters: read::objects(of, "parameters")?.unwrap_or_default(),
            notifications: read::objects(of, "notifications")?.unwrap_or_default(),
        })
    }

    /// The artifact that the template is; `None` if there is none.
    pub fn template(&self) -> Option<&Object> {
        self.template.as_ref()
    }

    /// The template of a configuration without one: its variables, and nothing else.
    pub fn own_template(&self) -> Object {
        let variables = self.variables.iter().map(|(name, value)| json!({ "name": name, "defaultValue": value }));
        Object::from_iter([("variables".to_owned(), variables.collect())])
    }

    fn excludes(&self, what: &str) -> bool {
        self.exclude.iter().any(|excluded| excluded == what)
    }
}

/// What the expressions in an artifact of a template, and with a template those in its variables, may name.
pub fn scope(config: &Config, template: Option<&Object>, trigger: &Object) -> Object {
    let mut scope = Object::from_iter([
        ("application".to_owned(), config.application.clone().into()),
        ("pipelineTemplate".to_owned(), template.cloned().map_or(Value::Null, Value::Object)),
        ("trigger".to_owned(), Value::Object(trigger.clone())),
    ]);
    if let Some(template) = template {
        let defaults = variables::read(template).unwrap_or_default();
        let given = defaults.into_iter().filter(|variable| variable.is_nullable || !variable.default.is_null());
        scope.extend(given.map(|variable| (variable.name, variable.default)));
        scope.extend(config.variables.clone());
    }
    scope
}

/// The pipeline that it is started as. Warnings count if it has `"plan": true`.
///
/// # Errors
/// What is wrong with the template or the configuration.
pub fn generate(pipeline: &Object, config: &Config, template: &Object) -> Result<Object, Vec<Problem>> {
    let request = Request::of(pipeline);
    let schema = template.get("schema").and_then(Value::as_str);
    let is_protected = template.get("protect") == Some(&Value::Bool(true));
    let mut problems: Vec<Problem> = validate::wrong_schema("template", schema, "v2").into_iter().collect();
    problems.extend(validate::changed_although_protected(is_protected, !config.stages.is_empty()));
    if !problems.is_empty() {
        return Err(problems);
    }
    made(&request, config, template).map_err(Failure::into_problems)
}

fn made(request: &Request<'_>, config: &Config, template: &Object) -> Result<Object, Failure> {
    let variables = variables::read(template).map_err(Failure::Unexpected)?;
    let whose = [&config.application, &config.name, &config.pipeline_id].map(Option::as_deref);
    let values = variables::values(&variables, &config.variables, whose)?;
    let of_template = read::object(template, "pipeline").map_err(Failure::Unexpected)?.unwrap_or_default();
    let stages = read::each(&of_template, "stages", Stage::of).map_err(Failure::Unexpected)?.unwrap_or_default();
    let own = config.stages.iter().map(Stage::of).collect::<Result<Vec<_>, _>>().map_err(Failure::Unexpected)?;
    let stages = put_together(stages, &own)?;
    let mut pipeline = of_template;
    let mut put = |name: &str, value: Value| drop(pipeline.insert(name.to_owned(), value));
    put("stages", stages.iter().map(Stage::to_json).collect());
    let id = request.text("id").or_else(|| config.pipeline_id.clone());
    put("id", id.unwrap_or_else(|| "unknown".to_owned()).into());
    put("application", config.application.clone().into());
    if let Some(execution) = request.text("executionId") {
        put("executionId", execution.into());
    }
    put("name", config.name.clone().unwrap_or_else(|| "Unnamed Execution".to_owned()).into());
    for name in LIMITS {
        pipeline.entry(name).or_insert_with(|| request.limit(name));
    }
    for (what, name, own) in [
        ("notifications", "notifications", &config.notifications),
        ("parameters", "parameterConfig", &config.parameters),
        ("triggers", "triggers", &config.triggers),
    ] {
        let inherited = read::objects(&pipeline, name).map_err(Failure::Unexpected)?.unwrap_or_default();
        let list = match config.excludes(what) {
            true => own.clone(),
            false => distinct(Some(marked(inherited)), Some(own.clone())).unwrap_or_default(),
        };
        pipeline.insert(name.to_owned(), json!(list));
    }
    pipeline.insert("templateVariables".to_owned(), values.into());
    if !request.trigger.is_empty() {
        pipeline.insert("trigger".to_owned(), request.trigger.clone().into());
    }
    Ok(pipeline)
}

/// What comes from the template says so.
fn marked(mut inherited: Vec<Object>) -> Vec<Object> {
    inherited.iter_mut().for_each(|item| drop(item.insert("inherited".to_owned(), true.into())));
    inherited
}

/// The stages of template and configuration as one graph. Upstream: `V2ConfigStageInjectionTransform`.
fn put_together(mut stages: Vec<Stage>, own: &[Stage]) -> Result<Vec<Stage>, Failure> {
    for stage in own {
        let same = stages.iter_mut().filter(|known| known.id == stage.id);
        same.for_each(|known| *known = stage.apart());
    }
    let more = own.iter().filter(|stage| !stage.requisites.borrow().is_empty());
    let more = more.filter(|stage| !stages.iter().any(|known| known.id == stage.id)).map(Stage::apart);
    let more: Vec<Stage> = more.collect();
    stages.extend(more);
    let mut all = graph::sorted(&stages)?;
    let asking: Vec<Stage> = all.iter().map(Stage::apart).collect();
    graph::inject(&asking, &mut all)?;
    let asking: Vec<Stage> = own.iter().map(Stage::apart).collect();
    graph::inject(&asking, &mut all)?;
    Ok(all)
}

/// A stage, which is kept as it is but for what it requires.
#[derive(Debug, Clone)]
struct Stage {
    id: String,
    inject: Option<Inject>,
    requisites: Links,
    fields: Object,
}

impl Stage {
    fn of(of: &Object) -> Result<Self, String> {
        let inject = read::object(of, "inject")?.map(|rule| Inject::of(&rule)).transpose()?;
        Ok(Stage {
            id: read::text(of, "refId")?.unwrap_or_default(),
            inject,
            requisites: links(read::texts(of, "requisiteStageRefIds")?.unwrap_or_default()),
            fields: of.clone(),
        })
    }

    /// The same with a list of its own.
    fn apart(&self) -> Self {
        Stage { requisites: links(self.requisites.borrow().iter().cloned()), ..self.clone() }
    }

    fn to_json(&self) -> Value {
        let mut fields = self.fields.clone();
        fields.retain(|_, value| !value.is_null());
        fields.insert("requisiteStageRefIds".to_owned(), json!(*self.requisites.borrow()));
        fields.entry("notifications").or_insert_with(|| json!([]));
        if let Some(inject) = &self.inject {
            fields.insert("inject".to_owned(), inject.to_json());
        }
        fields.into()
    }
}

impl Node for Stage {
    fn id(&self) -> &str {
        &self.id
    }

    fn requisites(&self) -> &Links {
        &self.requisites
    }

    fn inject(&self) -> Option<&Inject> {
        self.inject.as_ref()
    }
}

#[cfg(test)]
mod tests;
