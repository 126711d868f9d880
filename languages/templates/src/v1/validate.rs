//! What is wrong with a template and a configuration before anything is rendered. Upstream: `V1TemplateSchemaValidator`,
//! `V1TemplateConfigurationSchemaValidator`, `V1SchemaValidationHelper`.

use super::model::{Config, Stage, Template};
use crate::{
    graph::{Inject, Node as _},
    problem::Problem,
};

const SCHEMA: &str = "1";

pub(super) fn config(config: &Config, template: &Template) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(wrong_schema("config", config.schema.as_deref(), SCHEMA));
    if config.application.is_none() {
        let missing = Problem::new("Missing 'application' pipeline configuration");
        problems.push(missing.at("configuration:pipeline.application"));
    }
    stages("configuration", &config.stages, &mut problems);
    for stage in &config.stages {
        let is_known = template.stages.iter().any(|other| other.id == stage.id);
        let has_place = !stage.depends_on.borrow().is_empty() || stage.inject.as_ref().is_some_and(Inject::has_any);
        if config.source.is_some() && !is_known && !has_place {
            problems.push(without_place(stage.id()));
        }
    }
    problems
}

pub(super) fn template(template: &Template, config: &Config) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(wrong_schema("template", template.schema.as_deref(), SCHEMA));
    problems.extend(changed_although_protected(template.is_protected, !config.stages.is_empty()));
    stages("template", &template.stages, &mut problems);
    problems
}

pub(crate) fn wrong_schema(of: &str, is: Option<&str>, wanted: &str) -> Option<Problem> {
    let is = is.unwrap_or("null");
    let problem = || Problem::new(format!("{of} schema version is unsupported: expected '{wanted}', got '{is}'"));
    (is != wanted).then(problem)
}

pub(crate) fn changed_although_protected(is_protected: bool, is_changed: bool) -> Option<Problem> {
    let message = "Modification of the stage graph (adding, removing, editing) is disallowed";
    let problem = || Problem::new(message).because("The template being used has marked itself as protected");
    (is_protected && is_changed).then(problem)
}

fn without_place(stage: &str) -> Problem {
    let message = "A configuration-defined stage should have either dependsOn or an inject rule defined";
    Problem::new(message).at(format!("configuration:stages.{stage}")).warning()
}

fn stages(of: &str, stages: &[Stage], problems: &mut Vec<Problem>) {
    for stage in stages {
        let id = stage.id.as_deref().unwrap_or("null");
        let at = format!("{of}:stages.{id}");
        let injects = stage.inject.as_ref().is_some_and(Inject::has_any);
        let depends = !stage.depends_on.borrow().is_empty();
        let both = "A stage cannot have both dependsOn and an inject rule defined simultaneously";
        let checks = [
            (stage.id.is_none(), "Stage ID is unset", format!("{of}:stages")),
            (stage.kind.is_none(), "Stage is missing type", at.clone()),
            (stage.config.is_null(), "Stage configuration is unset", at.clone()),
            (depends && injects, both, at.clone()),
            (
                stage.inject.as_ref().is_some_and(Inject::has_many),
                "A stage cannot have multiple inject rules defined",
                at,
            ),
        ];
        let wrong = checks.into_iter().filter(|(is_wrong, ..)| *is_wrong);
        problems.extend(wrong.map(|(_, message, at)| Problem::new(message).at(at)));
    }
}
