//! The summary: which expressions were evaluated, and what became of those that failed.

use indexmap::IndexMap;
use serde_json::{Map as JsonMap, Value as Json, json};

/// Upstream's `ExpressionEvaluationSummary`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    failures: IndexMap<String, Vec<Failure>>,
    evaluated: usize,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How bad it is.
    pub level: Level,
    /// In words: where it stood, and what is wrong.
    pub description: String,
    /// The Java class of the original's exception, if it is an error.
    pub exception: Option<&'static str>,
    /// When, in milliseconds since 1970.
    pub timestamp: i64,
}

/// How bad a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The expression could not be evaluated.
    Error,
    /// It refers to what is not there, or is `null`.
    Info,
}

impl Level {
    /// `ERROR` or `INFO`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "ERROR",
            Level::Info => "INFO",
        }
    }
}

impl Summary {
    /// Those that failed, by the text of the expression without `${` and `}`, in the order of their evaluation.
    pub fn failures(&self) -> &IndexMap<String, Vec<Failure>> {
        &self.failures
    }

    /// How many were evaluated.
    pub fn evaluated(&self) -> usize {
        self.evaluated
    }

    /// Whether there is an error among them (`failOnFailedExpressions` asks that).
    pub fn has_errors(&self) -> bool {
        self.failures.values().flatten().any(|failure| failure.level == Level::Error)
    }

    pub(super) fn count(&mut self) {
        self.evaluated += 1;
    }

    /// Notes a failure; one that says the same again is noted once.
    pub(super) fn add(&mut self, expression: String, failure: Failure) {
        let known = self.failures.entry(expression).or_default();
        if !known.iter().any(|other| (other.level, &other.description) == (failure.level, &failure.description)) {
            known.push(failure);
        }
    }

    /// As stages show it: a list of `{description, exceptionType, timestamp, level}` an expression.
    pub fn to_json(&self) -> Json {
        let failure = |failure: &Failure| {
            let mut json = json!({"description": failure.description, "timestamp": failure.timestamp, "level": failure.level.as_str()});
            if let Some(exception) = failure.exception {
                json["exceptionType"] = exception.into();
            }
            json
        };
        let entries = self.failures.iter();
        Json::Object(
            entries
                .map(|(text, failures)| (text.clone(), failures.iter().map(failure).collect()))
                .collect::<JsonMap<_, _>>(),
        )
    }
}
