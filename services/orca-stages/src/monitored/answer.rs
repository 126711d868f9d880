//! What monitors answer.

use gennaker_wire::Object;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Directive {
    /// The deployment ends as failed.
    Abort,
    /// It goes on, and no further step need be judged.
    Complete,
    /// It goes on.
    Continue,
    /// Nobody can tell yet.
    Wait,
}

/// Why.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Reason {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_summary: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_data: Option<Vec<Object>>,
}

impl Reason {
    /// The lines that a person reads of it.
    pub(super) fn lines(&self) -> Vec<String> {
        self.message.iter().chain(self.log_summary.iter().flatten()).cloned().collect()
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) directive: Directive,
    pub(super) reason: Option<Reason>,
}

impl Answer {
    /// Reads it.
    ///
    /// # Errors
    /// In words, if it does not say what to do next.
    pub(super) fn read(answer: &Value) -> Result<Answer, String> {
        let directive = answer.pointer("/nextStep/directive").cloned().unwrap_or_default();
        let directive = serde_json::from_value(directive.clone())
            .map_err(|_| format!("nextStep.directive is {directive}; it is one of abort, complete, continue, wait"))?;
        let reason = answer.get("statusReason").filter(|reason| !reason.is_null());
        let reason = reason.and_then(|reason| serde_json::from_value(reason.clone()).ok());
        Ok(Answer { directive, reason })
    }
}

/// What the stage's context says of it, for the web UI: `deploymentMonitorReasons`.
pub(super) fn explanation(summary: &str, reason: Option<&Reason>) -> Value {
    let mut explanation = json!({ "summary": summary });
    if let Some(reason) = reason {
        explanation["reason"] = json!(reason);
    }
    explanation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_to_do_next() {
        let answer = json!({
            "nextStep": {"directive": "abort", "percent": 0}, "more": 1,
            "statusReason": {"message": "errors rise", "logSummary": ["a", "b"], "additionalData": [{"key": "k"}]},
        });
        let answer = Answer::read(&answer).expect("an answer");
        assert_eq!(answer.directive, Directive::Abort);
        let reason = answer.reason.expect("a reason");
        assert_eq!(reason.lines(), ["errors rise", "a", "b"]);
        assert_eq!(explanation("s", Some(&reason))["reason"]["additionalData"][0]["key"], "k");
        for wrong in [json!(null), json!({"nextStep": {}}), json!({"nextStep": {"directive": "unspecified"}})] {
            assert!(Answer::read(&wrong).is_err(), "{wrong}");
        }
    }
}
