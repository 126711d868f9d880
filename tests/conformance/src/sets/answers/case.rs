//! A case of the file, read.
//!
//! A field of a step that is not known here is refused, so that nothing is left undone unnoticed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::own::Own;
use crate::world::{CallFields, known_only, mark_what_varies};

/// The fields of a step that are not of its call.
const STEP: [&str; 5] = ["sleep", "until", "save", "saveLast", "answer"];

/// A recorded case.
#[derive(Debug)]
pub(super) struct Recorded {
    /// What is done, in this order.
    pub(super) steps: Vec<Step>,
    /// What of lists over everything is the case's.
    pub(super) own: Own,
}

/// A call, or a wait.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    /// Waits so many seconds; nothing else is done.
    pub(super) sleep: Option<f64>,
    /// What to call.
    #[serde(flatten)]
    pub(super) call: CallFields,
    /// The call is repeated until its answer is so.
    pub(super) until: Option<Until>,
    /// Fields of the answer, by the names under which they are saved.
    #[serde(default)]
    pub(super) save: BTreeMap<String, String>,
    /// Whether only what is after the last slash is saved.
    #[serde(default)]
    pub(super) save_last: bool,
    /// What came; absent if nothing is called.
    pub(super) answer: Option<Recording>,
}

/// What an answer is repeated for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Until {
    /// The status.
    pub(super) status: u16,
    /// A part of the answer's text, whatever its spaces.
    #[serde(default)]
    pub(super) contains: String,
}

/// A recorded answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recording {
    /// The status.
    pub(super) status: u16,
    /// JSON, or a text; an empty one for no body.
    pub(super) body: Value,
}

impl Recorded {
    /// Reads a case; the error says what is wrong with it.
    pub(super) fn read(json: &Value) -> Result<Recorded, String> {
        known_only(&json["steps"], "steps", &STEP)?;
        let mut json = json.clone();
        let own = Own::keep(&mut json);
        mark_what_varies(&mut json);
        let steps = Vec::deserialize(&json["steps"]).map_err(|error| format!("the case cannot be read: {error}"))?;
        Ok(Recorded { steps, own })
    }

    /// Whether nothing but front50 is called: then there is nothing to wait for, as ours answers what was written.
    pub(super) fn is_at_rest(&self) -> bool {
        let mut called = self.steps.iter().filter_map(|step| step.call.service.as_deref());
        called.all(|service| service == "front50")
    }
}
