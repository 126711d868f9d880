//! Rendering: Jinja with upstream's tags and filters, and what comes of it as a value.
//!
//! Every text of a stage is rendered, and what comes of it is read as YAML: `"{{ seconds }}"` becomes a number. A rendered list or
//! object is rendered again, five times at most. Upstream: `JinjaRenderer`, `RenderUtil`.

mod convert;
mod failures;
mod filters;
mod methods;
mod source;
mod tags;
mod value;

use std::{collections::BTreeMap, sync::Arc};

use minijinja::{Environment, UndefinedBehavior};
use serde_json::Value;

pub(crate) use self::tags::{Module, Tags};
use crate::{
    Object, java,
    problem::{Failure, Problem},
};

/// How often a rendered object graph is rendered again.
const DEEPEST: usize = 5;
/// What one expression may do, in the engine's instructions.
const FUEL: u64 = 1_000_000;
/// How deep its calls may be nested.
const RECURSION: usize = 100;

/// What a text is rendered in.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    variables: BTreeMap<String, minijinja::Value>,
    /// Where the text stands, for who is told that it cannot be rendered.
    pub(crate) location: String,
}

impl Scope {
    /// With what every text may name.
    pub(crate) fn new(application: Option<&str>, template: Option<Value>, trigger: Option<&Object>) -> Self {
        let mut scope = Scope::default();
        scope.set("application", &application.map_or(Value::Null, Value::from));
        scope.set("pipelineTemplate", &template.unwrap_or_default());
        scope.set("trigger", &trigger.map_or(Value::Null, |trigger| Value::Object(trigger.clone())));
        scope
    }

    /// The same for a text that stands there.
    pub(crate) fn at(&self, location: String) -> Self {
        Scope { location, ..self.clone() }
    }

    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        self.variables.insert(name.to_owned(), value::engine(value));
    }

    pub(crate) fn set_all<'a>(&mut self, values: impl IntoIterator<Item = (&'a String, &'a Value)>) {
        values.into_iter().for_each(|(name, value)| self.set(name, value));
    }

    fn is_null(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(minijinja::Value::is_none)
    }
}

/// Renders texts: cheap enough to be made for a template.
pub(crate) struct Renderer {
    strict: Environment<'static>,
    lenient: Environment<'static>,
}

impl Renderer {
    pub(crate) fn new(tags: Tags) -> Self {
        let tags = Arc::new(tags);
        let made = |behavior| {
            let mut environment = Environment::new();
            environment.set_debug(true);
            environment.set_undefined_behavior(behavior);
            environment.set_fuel(Some(FUEL));
            environment.set_recursion_limit(RECURSION);
            environment.set_formatter(value::format);
            environment.set_unknown_method_callback(methods::call);
            // Upstream's Jinjava has none: with one, a loop could nest a value as deep as it has turns.
            environment.remove_global("namespace");
            environment.add_global("null", minijinja::Value::from(()));
            filters::add(&mut environment);
            tags::add(&mut environment, &tags);
            environment
        };
        Renderer { strict: made(UndefinedBehavior::Strict), lenient: made(UndefinedBehavior::Chainable) }
    }

    /// The text, its expressions rendered.
    pub(crate) fn render(&self, text: &str, scope: &Scope) -> Result<String, Failure> {
        if !is_template(text) {
            return Ok(java::trim(text).to_owned());
        }
        let source = source::rewritten(text);
        let rendered = match self.strict.render_str(&source, scope.variables.clone()) {
            // A variable that may be null is no unknown one.
            Err(error) if failures::unknown_token(&error).is_some_and(|token| names_null(&token, scope)) => {
                self.lenient.render_str(&source, scope.variables.clone())
            }
            rendered => rendered,
        };
        rendered_or(rendered, scope)
    }

    /// The same, but that a variable that is not there is nothing.
    pub(crate) fn render_leniently(&self, text: &str, scope: &Scope) -> Result<String, Failure> {
        rendered_or(self.lenient.render_str(&source::rewritten(text), scope.variables.clone()), scope)
    }

    /// What the rendered text is, read as YAML.
    pub(crate) fn value(&self, text: &str, scope: &Scope) -> Result<Value, Failure> {
        let rendered = self.render(text, scope)?;
        convert::convert(&rendered).map_err(|problem| match problem {
            convert::Problem::Composed => {
                Failure::Rendering { message: "template produced invalid yaml".to_owned(), problems: Vec::new() }
            }
            convert::Problem::Syntax(cause) => {
                let problem = Problem::new("Failed converting rendered value to YAML");
                let problem = problem.at(scope.location.as_str()).detail("source", text).because(cause);
                Failure::rendering(problem, None)
            }
        })
    }

    /// A value with every text in it rendered, names of fields too.
    pub(crate) fn deep(&self, value: &Value, scope: &Scope) -> Result<Value, Failure> {
        self.deep_from(value, scope, 0)
    }

    fn deep_from(&self, value: &Value, scope: &Scope, depth: usize) -> Result<Value, Failure> {
        if depth >= DEEPEST {
            let problem = Problem::new(format!("Cannot exceed {DEEPEST} levels of depth in handlebars rendering"));
            let suggestion = "write the value out, or make modules of its parts";
            let problem = Problem { suggestion: Some(suggestion.to_owned()), ..problem };
            return Err(Failure::rendering(problem.at(scope.location.as_str()), None));
        }
        match value {
            Value::String(text) => match self.value(text, scope)? {
                rendered @ (Value::Array(_) | Value::Object(_)) => self.deep_from(&rendered, scope, depth + 1),
                rendered => Ok(rendered),
            },
            Value::Array(items) => items.iter().map(|item| self.deep_from(item, scope, depth)).collect(),
            Value::Object(fields) => {
                let mut rendered = Object::new();
                for (name, field) in fields {
                    let name = match self.value(name, scope)? {
                        Value::Null => name.clone(),
                        other => java::text(&other),
                    };
                    rendered.insert(name, self.deep_from(field, scope, depth)?);
                }
                Ok(rendered.into())
            }
            other => Ok(other.clone()),
        }
    }
}

/// Whether a text has something to render.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

fn rendered_or(rendered: Result<String, minijinja::Error>, scope: &Scope) -> Result<String, Failure> {
    match rendered {
        Ok(rendered) => Ok(java::trim(&rendered).to_owned()),
        Err(error) => Err(Failure::Rendering {
            message: "failed rendering jinja template".to_owned(),
            problems: vec![failures::problem(&error).at(scope.location.as_str())],
        }),
    }
}

/// Whether an expression begins with a variable that is null.
fn names_null(token: &str, scope: &Scope) -> bool {
    let end = token.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | ' ' | ':' | '+')));
    let begin = &token[..end.unwrap_or(token.len())];
    let mut words = begin.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    words.any(|word| scope.is_null(word))
}

#[cfg(test)]
mod tests;
