//! Taking over an execution that another orca ran: upstream's `ExecutionsImportController`.

use std::collections::HashSet;

use gennaker_base::Kind;
use gennaker_store::Created;
use gennaker_wire::{Execution, Status};
use serde_json::{Value, json};

use super::Refusal;

/// How an execution that is imported has ended.
const ALLOWED: [Status; 3] = [Status::Canceled, Status::Succeeded, Status::Terminal];
/// The longest id.
const LONGEST_ID: usize = 64;

/// Refuses what is not over, and what has no place here.
pub(crate) fn check(execution: &Execution) -> Result<(), Refusal> {
    let is_id = |id: &str| {
        (1..=LONGEST_ID).contains(&id.len())
            && id.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    let id = &execution.id;
    if !is_id(id) {
        return invalid(format!("id is up to {LONGEST_ID} letters, digits and hyphens, not {id:?}"));
    }
    if execution.application.trim().is_empty() {
        return invalid("application is missing: name the application".to_owned());
    }
    if !ALLOWED.contains(&execution.status) {
        return invalid(format!("Cannot import provided execution, Status: {}", execution.status));
    }
    let mut known = HashSet::new();
    match execution.stages.iter().find(|stage| stage.id.is_empty() || !known.insert(&stage.id)) {
        Some(stage) => invalid(format!("each stage needs an id of its own: {:?} is not", stage.id)),
        None => Ok(()),
    }
}

/// Upstream's answer to an import.
pub(crate) fn answer(execution: &Execution) -> Value {
    json!({
        "executionId": execution.id,
        "executionStatus": execution.status,
        "totalStages": execution.stages.len(),
    })
}

/// Refuses an id that was taken.
pub(crate) fn stored(id: &str, created: &Created) -> Result<(), Refusal> {
    match created {
        Created::New { .. } => Ok(()),
        Created::Existing(_) => invalid(format!("Execution already exists with id: {id}")),
        Created::Deleted => {
            let message = format!("execution {id} was deleted here a short time ago; its id stays taken for a week");
            Err(Refusal::new(Kind::Conflict, message))
        }
    }
}

fn invalid(message: String) -> Result<(), Refusal> {
    Err(Refusal::new(Kind::Invalid, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_over_and_whole_is_taken() {
        let check = |change: Value| {
            let mut execution =
                json!({"id": "01A", "application": "a", "status": "SUCCEEDED", "stages": [{"id": "1"}]});
            for (name, value) in change.as_object().into_iter().flatten() {
                execution[name] = value.clone();
            }
            let execution: Execution = serde_json::from_value(execution).expect("an execution");
            super::check(&execution).map_err(|refusal| refusal.message)
        };
        assert_eq!(check(json!({})), Ok(()));
        assert_eq!(
            check(json!({"status": "RUNNING"})),
            Err("Cannot import provided execution, Status: RUNNING".into())
        );
        assert!(check(json!({"id": "../x"})).is_err() && check(json!({"id": ""})).is_err());
        assert!(check(json!({"application": ""})).is_err());
        assert!(check(json!({"stages": [{"id": "1"}, {"id": "1"}]})).is_err());
    }
}
