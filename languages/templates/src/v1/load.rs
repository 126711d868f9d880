//! Templates from their sources, each with those that it inherits from. Upstream: `TemplateLoader`.

use std::sync::Arc;

use serde_json::Value;

use super::{
    merge,
    model::{Config, Template, Variable},
};
use crate::{
    Answers, Object, Question,
    jinja::{Renderer, Scope, Tags},
    problem::Failure,
    read,
};

/// How many templates may inherit from each other.
const LONGEST: usize = 50;

/// Loads templates.
pub(super) struct Loader<'a> {
    pub(super) answers: &'a Arc<Answers>,
    /// The configuration that they are for: stages that are one text are rendered for it, and defaults of variables.
    pub(super) config: Option<&'a Config>,
    pub(super) trigger: Option<&'a Object>,
}

impl Loader<'_> {
    /// The template at that source and those that it inherits from, the last of these first.
    pub(super) fn load_from(&self, source: &str) -> Result<Vec<Template>, Failure> {
        self.load(self.fetch(source)?)
    }

    fn fetch(&self, source: &str) -> Result<Object, Failure> {
        match self.answers.ask(Question::Template(source.to_owned())) {
            Ok(Value::Object(template)) => Ok(template),
            Ok(_) => Err(Failure::Loading(format!("the template at {source} is no object"))),
            Err(problem) => Err(Failure::Loading(problem)),
        }
    }

    /// The same of a template that is at hand.
    pub(super) fn load(&self, template: Object) -> Result<Vec<Template>, Failure> {
        let source = |of: &Object| of.get("source").filter(|source| !source.is_null()).map(crate::java::text);
        let mut seen = Vec::new();
        let mut templates = vec![template];
        while let Some(next) = source(&templates[0]) {
            if seen.contains(&next) || seen.len() == LONGEST {
                let problem = format!("Illegal cycle detected loading pipeline template '{next}'");
                return Err(Failure::Loading(problem));
            }
            templates.insert(0, self.fetch(&next)?);
            seen.push(next);
        }
        let mut variables = None;
        if let Some(config) = self.config {
            let shared = self.shared_variables(&templates, config)?;
            let stages = |template: &mut Object| self.render_stages(template, config, &shared);
            templates.iter_mut().try_for_each(stages)?;
            variables = Some(shared);
        }
        let read = |mut template: Object| {
            if variables.is_some() {
                template.shift_remove("variables");
            }
            let template = Template::of(&template).map_err(Failure::Loading)?;
            Ok(match &variables {
                Some(variables) => Template { variables: variables.clone(), ..template },
                None => template,
            })
        };
        templates.into_iter().map(read).collect()
    }

    /// The variables of all templates, merged, their defaults rendered.
    fn shared_variables(&self, templates: &[Object], config: &Config) -> Result<Vec<Variable>, Failure> {
        let mut merged: Option<Vec<Variable>> = None;
        for template in templates {
            let variables = read::each(template, "variables", Variable::of).map_err(Failure::Loading)?;
            merged = merge::named(merged, Some(variables.unwrap_or_default()));
        }
        let mut variables = merged.unwrap_or_default();
        let (renderer, scope) = self.renderer(config, &variables);
        for variable in &mut variables {
            if let Value::String(default) = &variable.default {
                variable.default = renderer.value(default, &scope)?;
            }
        }
        Ok(variables)
    }

    fn renderer(&self, config: &Config, variables: &[Variable]) -> (Renderer, Scope) {
        let template = Template { variables: variables.to_vec(), ..Template::default() };
        let trigger = self.trigger.cloned().unwrap_or_default();
        let scope = scope(Some(&template), config, Some(&trigger));
        let tags = Tags { answers: self.answers.clone(), ..Tags::default() };
        (Renderer::new(tags), scope)
    }

    /// Stages that are written as one text are rendered whole, so that a loop may make stages. One that cannot be stays, and is refused
    /// when the template is read.
    fn render_stages(&self, template: &mut Object, config: &Config, variables: &[Variable]) -> Result<(), Failure> {
        let Some(Value::String(text)) = template.get("stages") else { return Ok(()) };
        let (renderer, scope) = self.renderer(config, variables);
        let rendered = renderer.render(text, &scope)?;
        match gennaker_yaml::read_json(&rendered) {
            Ok(stages @ Value::Array(_)) => drop(template.insert("stages".to_owned(), stages)),
            Ok(_) => return Err(Failure::Loading("stages, rendered, are no list".to_owned())),
            Err(error) => return Err(Failure::Loading(format!("stages, rendered, are no YAML: {error}"))),
        }
        Ok(())
    }
}

/// What every text of a template may name.
pub(super) fn scope(template: Option<&Template>, config: &Config, trigger: Option<&Object>) -> Scope {
    let mut scope = Scope::new(config.application.as_deref(), template.map(Template::summary), trigger);
    if let Some(template) = template {
        defaults(template, &mut scope);
    }
    scope.set_all(&config.variables);
    scope
}

/// The defaults of a template's variables.
pub(super) fn defaults(template: &Template, scope: &mut Scope) {
    let given = template.variables.iter().filter(|variable| variable.is_nullable || variable.has_default());
    given.for_each(|variable| scope.set(&variable.name, &variable.default));
}

/// A source with its expressions rendered, which may name the trigger.
pub(super) fn render_source(
    source: &str,
    application: Option<&str>,
    trigger: &Object,
    answers: &Arc<Answers>,
) -> Result<String, Failure> {
    let tags = Tags { answers: answers.clone(), ..Tags::default() };
    Renderer::new(tags).render(source, &Scope::new(application, None, Some(trigger)))
}
