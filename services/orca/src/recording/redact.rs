//! A case without the texts that people and services put in.
//!
//! What the planner works with stays: names, ids, statuses, and the few settings that it reads. Every other text of a context, of
//! outputs, of the trigger and of an error becomes `<text 1>`, `<text 2>`, ...; equal texts have the same number, so that what was
//! copied from one place to another still is. A text that the planner itself writes (that a time was over) is in no event and stays.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Case;

/// Why a case cannot be redacted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRedacted {
    /// What the planner makes of it depends on a text.
    #[error("without its texts it does not replay as it does with them: export it as it is, and redact it by hand")]
    Differs,
    /// It is no JSON that can be written and read again.
    #[error("it cannot be written as JSON: {0}")]
    Json(String),
}

/// Fields in which everything is what people and services put in.
const FREE: [&str; 18] = [
    "additionalHeaders",
    "authentication",
    "cancellationReason",
    "canceledBy",
    "context",
    "details",
    "evaluated",
    "initialConfig",
    "lastModified",
    "message",
    "notifications",
    "outputs",
    "paused",
    "prepared",
    "reason",
    "taskExceptionDetails",
    "templateVariables",
    "trigger",
];
/// Further ones, but only the name of a user.
const USERS: [&str; 2] = ["user", "allowedAccounts"];
/// Texts within those that the planner writes or reads by itself.
const KEPT: [&str; 13] = [
    "allowSiblingStagesToContinueOnFailure",
    "backoffPeriodMs",
    "completeOtherBranchesThenFail",
    "continuePipeline",
    "continuePipelineOnFailure",
    "exceptionType",
    "failOnFailedExpressions",
    "failPipeline",
    "manualSkip",
    "markSuccessfulOnTimeout",
    "operation",
    "stageTimeoutMs",
    "startTimeExpiry",
];

pub(super) fn redacted(case: &Case) -> Result<Case, NotRedacted> {
    let problem = |error: serde_json::Error| NotRedacted::Json(error.to_string());
    let mut texts = Texts::default();
    let mut json = serde_json::to_value(case).map_err(problem)?;
    let Some(fields) = json.as_object_mut() else { return Err(NotRedacted::Json("it is no object".to_owned())) };
    // What went in has its numbers first. Of what came out only copies of that are replaced; the rest the planner wrote.
    let inputs = ["trigger", "notifications", "initialConfig", "authentication", "templateVariables"];
    if let Some(Value::Object(head)) = fields.get_mut("head") {
        let inputs = head.iter_mut().filter(|(name, _)| inputs.contains(&name.as_str()));
        inputs.for_each(|(name, value)| texts.replace(name, value, false));
    }
    texts.all(fields, "events");
    texts.complete = true;
    texts.all(fields, "head");
    texts.all(fields, "expected");
    let redacted: Case = serde_json::from_value(json).map_err(problem)?;
    let same = |case: &Case| case.rerun().map(|replayed| (replayed.same, replayed.ignored.len())).ok();
    if same(&redacted) == same(case) { Ok(redacted) } else { Err(NotRedacted::Differs) }
}

/// The texts that were replaced, with their numbers.
#[derive(Default)]
struct Texts {
    known: HashMap<String, usize>,
    /// Whether no further text is replaced but those that are known.
    complete: bool,
}

impl Texts {
    fn all(&mut self, fields: &mut Map<String, Value>, name: &str) {
        if let Some(value) = fields.get_mut(name) {
            self.replace(name, value, false);
        }
    }

    /// Replaces the texts below a field; `free` says whether it stands in one whose texts are all replaced.
    fn replace(&mut self, name: &str, value: &mut Value, free: bool) {
        let free = free || FREE.contains(&name) || USERS.contains(&name);
        match value {
            Value::String(text) => {
                if free && !KEPT.contains(&name) {
                    self.placeholder(text);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace(name, item, free)),
            Value::Object(fields) => fields.iter_mut().for_each(|(name, field)| self.replace(name, field, free)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn placeholder(&mut self, text: &mut String) {
        if text.is_empty() || text.starts_with("<text ") {
            return;
        }
        let next = self.known.len() + 1;
        let number = match self.known.get(text) {
            Some(number) => *number,
            None if self.complete => return,
            None => {
                self.known.insert(text.clone(), next);
                next
            }
        };
        *text = format!("<text {number}>");
    }
}
