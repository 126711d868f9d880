//! Why a request is refused.

use gennaker_base::Kind;
use serde_json::Value;

/// Something in what was sent cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// `Invalid`, `Unsupported`, or `Conflict` if it comes too late.
    pub(crate) kind: Kind,
    /// Whether upstream fails at it instead of refusing it: its clients see 500, and so do ours.
    pub(crate) fails_upstream: bool,
    /// What to change.
    pub(crate) message: String,
    /// What is wrong with a template, each as upstream's clients read it.
    pub(crate) errors: Vec<Value>,
}

impl Refusal {
    /// Of that kind.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Refusal { kind, fails_upstream: false, message: message.into(), errors: Vec::new() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Refusal::new(Kind::Invalid, message)
    }

    pub(crate) fn too_late(message: impl Into<String>) -> Self {
        Refusal { kind: Kind::Conflict, ..Refusal::invalid(message) }
    }

    /// Why, with everything that is wrong with a template: what is written on the execution that fails by it. Upstream:
    /// `ExecutionLauncher.handleStartupFailure`.
    pub(crate) fn reason(&self) -> String {
        let facts = self.errors.iter().filter_map(Value::as_object).flatten();
        let facts = facts.filter(|(name, _)| *name != "severity").map(|(name, value)| {
            let mut letters = name.to_lowercase();
            if let Some(first) = letters.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("\n{letters}: {value}")
        });
        let facts: Vec<String> = facts.collect();
        match facts.is_empty() {
            true => self.message.clone(),
            false => format!("{}\n{}", self.message, facts.join("\n")),
        }
    }

    /// What upstream fails at with an exception of its own.
    pub(crate) fn failure(message: impl Into<String>) -> Self {
        Refusal { fails_upstream: true, ..Refusal::invalid(message) }
    }
}

impl From<gennaker_artifacts::Error> for Refusal {
    fn from(error: gennaker_artifacts::Error) -> Self {
        // What Spring answers with 400 are invalid requests, arguments and states; anything else fails.
        let refused = |exception: &str| {
            matches!(
                exception,
                "InvalidRequestException"
                    | "IllegalArgumentException"
                    | "IllegalStateException"
                    | "PatternSyntaxException"
            )
        };
        match error.exception() {
            Some(exception) if !refused(exception) => Refusal::failure(error.to_string()),
            _ => Refusal::invalid(error.to_string()),
        }
    }
}
