//! What is wrong with a template or its configuration, as clients read it.
//!
//! `{"severity": "FATAL", "message": ..., "location": ..., "cause": ..., "suggestion": ..., "details": {...}, "nestedErrors": [...]}`;
//! what there is nothing to say of is left out. Upstream: `Errors`, `PipelineTemplateErrorHandler`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Object;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Severity {
    /// It cannot be expanded.
    #[default]
    Fatal,
    /// It should be mended. Only a plan tells of it.
    Warn,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What.
    pub message: Option<String>,
    /// Where, as in `template:stages.deploy.name`.
    pub location: Option<String>,
    /// Why.
    pub cause: Option<String>,
    /// What to do about it.
    pub suggestion: Option<String>,
    /// Further facts by their names.
    pub details: BTreeMap<String, String>,
    /// What it comes from.
    pub nested: Vec<Problem>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Problem { message: Some(message.into()), ..Problem::default() }
    }

    pub(crate) fn at(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    pub(crate) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn detail(mut self, name: &str, value: impl Into<String>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn warning(mut self) -> Self {
        self.severity = Severity::Warn;
        self
    }

    /// As JSON.
    pub fn to_json(&self) -> Value {
        let severity = match self.severity {
            Severity::Fatal => "FATAL",
            Severity::Warn => "WARN",
        };
        let mut json = Object::from_iter([("severity".to_owned(), severity.into())]);
        let mut add = |name: &str, text: &Option<String>| {
            json.extend(text.as_ref().map(|text| (name.to_owned(), text.clone().into())));
        };
        add("location", &self.location);
        add("cause", &self.cause);
        add("suggestion", &self.suggestion);
        add("message", &self.message);
        if !self.details.is_empty() {
            json.insert("details".to_owned(), json!(self.details));
        }
        if !self.nested.is_empty() {
            json.insert("nestedErrors".to_owned(), self.nested.iter().map(Problem::to_json).collect());
        }
        json.into()
    }
}

/// Why an expansion stops.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// A template cannot be had (`TemplateLoaderException`).
    Loading(String),
    /// An expression cannot be rendered (`TemplateRenderException`); in a sentence, if there are no problems.
    Rendering { message: String, problems: Vec<Problem> },
    /// The configuration makes no sense (`IllegalTemplateConfigurationException`).
    Configuration(String),
    /// The same, in full.
    Malformed(Box<Problem>),
    /// Anything else.
    Unexpected(String),
}

impl Failure {
    /// A failed rendering with one problem, and what it comes from.
    pub(crate) fn rendering(problem: Problem, source: Option<Failure>) -> Self {
        let problem = match source {
            Some(Failure::Rendering { problems, .. }) => Problem { nested: problems, ..problem },
            Some(other) if problem.cause.is_none() => problem.because(other.text()),
            _ => problem,
        };
        Failure::Rendering { message: problem.message.clone().unwrap_or_default(), problems: vec![problem] }
    }

    /// In a sentence.
    pub(crate) fn text(&self) -> String {
        match self {
            Failure::Rendering { message, problems } => match problems.first() {
                Some(problem) => in_words(problem),
                None => message.clone(),
            },
            Failure::Malformed(problem) => in_words(problem),
            Failure::Loading(text) | Failure::Configuration(text) | Failure::Unexpected(text) => text.clone(),
        }
    }

    /// As clients read it.
    pub(crate) fn into_problems(self) -> Vec<Problem> {
        match self {
            Failure::Loading(cause) => vec![Problem::new("failed loading template").because(cause)],
            Failure::Rendering { message, problems } if problems.is_empty() => {
                vec![Problem::new("failed rendering template expression").because(message)]
            }
            Failure::Rendering { problems, .. } => problems,
            Failure::Configuration(cause) => vec![Problem::new("malformed template configuration").because(cause)],
            Failure::Malformed(problem) => vec![*problem],
            Failure::Unexpected(cause) => vec![Problem::new("unexpected error").because(cause)],
        }
    }
}

/// A problem with the innermost that it comes from, in a sentence.
fn in_words(problem: &Problem) -> String {
    let mut text = problem.message.clone().unwrap_or_default();
    if let Some(location) = &problem.location {
        text = format!("{text} ({location})");
    }
    match problem.nested.first().map(in_words).or_else(|| problem.cause.clone()) {
        Some(cause) => format!("{text}: {cause}"),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_nothing_to_say_of_is_left_out() {
        let inner = Failure::rendering(Problem::new("inner").at("here").detail("lineno", "1"), None);
        let outer = Failure::rendering(Problem::new("outer"), Some(inner));
        assert_eq!(outer.text(), "outer: inner (here)");
        let json: Vec<Value> = outer.into_problems().iter().map(Problem::to_json).collect();
        let nested = json!([{"severity": "FATAL", "message": "inner", "location": "here", "details": {"lineno": "1"}}]);
        assert_eq!(json, [json!({"severity": "FATAL", "message": "outer", "nestedErrors": nested})]);
    }
}
