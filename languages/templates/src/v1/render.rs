//! Every text of a template and its configuration, rendered; loops and partials too. Upstream: `RenderTransform`.

use std::sync::Arc;

use serde_json::Value;

use super::{
    load,
    model::{Config, Partial, Stage, Template},
};
use crate::{
    Answers, Object,
    graph::{Node as _, links},
    java,
    jinja::{Renderer, Scope, Tags},
    problem::{Failure, Problem},
};

/// What the loop of a stage gives to its texts.
const LOOP: &str = "templateLoop";

pub(super) fn render(
    template: &mut Template,
    config: &mut Config,
    answers: &Arc<Answers>,
    trigger: &Object,
) -> Result<(), Failure> {
    let scope = load::scope(Some(template), config, Some(trigger));
    let mut of_modules = Scope::new(config.application.as_deref(), Some(template.summary()), Some(trigger));
    load::defaults(template, &mut of_modules);
    let renderer = Renderer::new(Tags {
        answers: answers.clone(),
        modules: Some(template.modules.clone().unwrap_or_default().into()),
        scope: of_modules,
        ..Tags::default()
    });
    Rendering { renderer, scope }.all(template, config)
}

struct Rendering {
    renderer: Renderer,
    scope: Scope,
}

impl Rendering {
    fn all(&self, template: &mut Template, config: &mut Config) -> Result<(), Failure> {
        self.expand_loops(&mut template.stages)?;
        self.expand_loops(&mut config.stages)?;
        self.stages(&mut template.stages, "template")?;
        self.stages(&mut config.stages, "configuration")?;
        self.partials(&mut template.partials, &mut template.stages)?;
        self.partials(&mut template.partials, &mut config.stages)?;
        let own = &mut template.configuration;
        let lists = [
            (own.parameters.as_mut(), "template:configuration.parameters"),
            (Some(&mut config.parameters), "configuration:configuration.parameters"),
            (own.triggers.as_mut(), "template:configuration.triggers"),
            (Some(&mut config.triggers), "configuration:configuration.triggers"),
            (own.notifications.as_mut(), "template:configuration.notifications"),
            (Some(&mut config.notifications), "configuration:configuration.notifications"),
        ];
        for (list, location) in lists {
            for value in list.into_iter().flatten().flat_map(Object::values_mut) {
                let rendered = self.renderer.deep(value, &self.scope);
                *value =
                    rendered.map_err(|failure| failed("Failed rendering configuration property", location, failure))?;
            }
        }
        Ok(())
    }

    /// Makes a stage for each value that a stage loops over.
    fn expand_loops(&self, stages: &mut [Stage]) -> Result<(), Failure> {
        for stage in stages {
            let Some(with) = stage.loop_with.clone() else { continue };
            let values = self.renderer.deep(&with.into(), &self.scope);
            let values = values.map_err(|failure| failed("Failed rendering loopWith value", "", failure))?;
            let Value::Array(values) = values else {
                let problem = Problem::new("Rendered loopWith value must be a list");
                let problem = problem.because(format!("Received type {}", java::class_in_full(&values)));
                return Err(Failure::rendering(problem, None));
            };
            for (index, value) in values.into_iter().enumerate() {
                let mut one = stage.copy();
                one.looped = Vec::new();
                one.loop_context.insert("value".to_owned(), value);
                one.loop_with = None;
                let id = stage.id();
                one.id = Some(if id.contains("{{") && id.contains("}}") {
                    self.renderer.render(id, &self.in_loop(&self.scope, &one))?
                } else {
                    format!("{id}{index}")
                });
                stage.looped.push(one);
            }
        }
        Ok(())
    }

    fn in_loop(&self, scope: &Scope, stage: &Stage) -> Scope {
        let mut scope = scope.clone();
        scope.set(LOOP, &Value::Object(stage.loop_context.clone()));
        scope
    }

    fn stages(&self, stages: &mut [Stage], namespace: &str) -> Result<(), Failure> {
        for stage in stages.iter_mut().filter(|stage| !stage.is_partial()) {
            let scope = self.scope.at(format!("{namespace}:stages.{}", stage.id()));
            self.stage(stage, &scope, namespace)?;
        }
        Ok(())
    }

    fn stage(&self, stage: &mut Stage, scope: &Scope, namespace: &str) -> Result<(), Failure> {
        if stage.is_looping() {
            for one in &mut stage.looped {
                let scope = self.in_loop(scope, one);
                self.stage(one, &scope, namespace)?;
            }
            return Ok(());
        }
        let location = scope.location.as_str();
        let config = self.renderer.deep(&stage.config, scope);
        let config = config.map_err(|failure| failed("Failed rendering stage", location, failure))?;
        if !config.is_object() {
            let problem = Problem::new("A stage's rendered config must be a map").at(location);
            let problem = problem.because(format!("Received type {}", java::class_in_full(&config)));
            return Err(Failure::Malformed(problem.into()));
        }
        stage.config = config;
        let property = |text: Option<&str>, name: &str| {
            let location = format!("{namespace}:stages.{}.{name}", stage.id());
            self.property(text, scope, &location)
        };
        let (name, comments) =
            (property(Some(stage.name()), "name")?, property(stage.comments.as_deref(), "comments")?);
        let when = stage.when.iter().map(|condition| property(condition.as_deref(), "when"));
        let when = when.collect::<Result<_, _>>()?;
        (stage.name, stage.comments, stage.when) = (name, comments, when);
        Ok(())
    }

    fn property(&self, text: Option<&str>, scope: &Scope, location: &str) -> Result<Option<String>, Failure> {
        let Some(text) = text else { return Ok(None) };
        let rendered = self.renderer.deep(&text.into(), scope);
        match rendered.map_err(|failure| failed("Failed rendering stage property", location, failure))? {
            Value::Null => Ok(None),
            rendered => Ok(Some(java::text(&rendered))),
        }
    }

    /// The stages of partials, for each stage that stands for one.
    fn partials(&self, partials: &mut [Partial], stages: &mut [Stage]) -> Result<(), Failure> {
        for stage in stages.iter_mut().filter(|stage| stage.is_partial()) {
            let id = stage.kind.as_deref().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_owned();
            let location = format!("template:stages.{}", stage.id());
            let missing = || {
                let problem = Problem::new(format!("Unable to find Partial by ID: {id}"));
                Failure::rendering(problem.at(location.as_str()), None)
            };
            let partial = partials.iter_mut().find(|partial| partial.id == id).ok_or_else(missing)?;
            if stage.is_looping() {
                for one in &mut stage.looped {
                    let scope = self.in_loop(&self.scope, one);
                    self.partial(partial, one, scope)?;
                }
            } else {
                self.partial(partial, stage, self.scope.clone())?;
            }
        }
        Ok(())
    }

    fn partial(&self, partial: &mut Partial, stage: &mut Stage, mut scope: Scope) -> Result<(), Failure> {
        let id = stage.id().to_owned();
        scope.location = format!("template:stages.{id}");
        self.stage(stage, &scope, "template")?;
        if let Value::Object(settings) = &stage.config {
            scope.set_all(settings);
        }
        let place = format!("partial:{id}.{}", partial.id);
        scope.location = place.clone();
        let mut rendered = Vec::new();
        for inner in &partial.stages {
            if inner.is_partial() {
                let problem = Problem::new("Recursive partials support is not currently implemented");
                return Err(Failure::rendering(problem.at(format!("partial:{}", partial.id)), None));
            }
            let mut one = inner.copy();
            one.group = Some(format!("{}: {}", partial.name(), stage.name()));
            one.id = Some(format!("{id}.{}", inner.id()));
            one.depends_on = links(inner.depends_on.borrow().iter().map(|other| format!("{id}.{other}")));
            self.stage(&mut one, &scope, &place)?;
            rendered.push(one);
        }
        partial.rendered.insert(id, rendered);
        Ok(())
    }
}

/// A failed rendering of something bigger; what fails in another way is passed on.
fn failed(what: &str, location: &str, failure: Failure) -> Failure {
    if !matches!(failure, Failure::Rendering { .. }) {
        return failure;
    }
    let problem = Problem::new(what);
    let problem = if location.is_empty() { problem } else { problem.at(location) };
    Failure::rendering(problem, Some(failure))
}
