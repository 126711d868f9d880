//! Operations on a cloud, and clouddriver's tasks that carry them out.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Object;

/// One atomic operation: its upstream name and its description. On the wire an object with one field:
/// `{"createServerGroup": {"account": "local", ...}}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The name, for example `createServerGroup`.
    pub name: String,
    /// What to do.
    pub description: Object,
}

impl Operation {
    /// The operation on the wire.
    pub fn to_value(&self) -> Value {
        let mut wire = Object::new();
        wire.insert(self.name.clone(), Value::Object(self.description.clone()));
        Value::Object(wire)
    }

    /// Reads an operation; the error says what is wrong with it.
    ///
    /// # Errors
    /// If `value` is not an object with exactly one field that is an object.
    pub fn from_value(value: &Value) -> Result<Operation, String> {
        let Some(wire) = value.as_object() else {
            return Err(format!("an operation is an object like {{\"name\": {{...}}}}, not {value}"));
        };
        let mut fields = wire.iter();
        match (fields.next(), fields.next()) {
            (Some((name, Value::Object(description))), None) => {
                Ok(Operation { name: name.clone(), description: description.clone() })
            }
            (Some((name, _)), None) => Err(format!("the description of operation {name} is not an object")),
            _ => Err(format!("an operation has exactly one field, its name; this one has {}", wire.len())),
        }
    }
}

/// The answer to a submitted operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OperationRef {
    /// The task's id.
    pub id: String,
    /// Where it is looked up: `/task/{id}`.
    pub resource_uri: String,
}

/// One line of a task's status history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OperationStatus {
    /// The phase, for example `DEPLOY`.
    pub phase: String,
    /// What goes on, for people.
    pub status: String,
    /// Whether the task is over.
    pub completed: bool,
    /// Whether it failed.
    pub failed: bool,
    /// Whether a failed task may be resumed.
    pub retryable: bool,
}

/// What a task found out. Fields by operation; a failure has `type: EXCEPTION`.
pub type ResultObject = Object;

/// A task of clouddriver: operations under way or over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OperationTask {
    /// The id.
    pub id: String,
    /// The present status.
    pub status: OperationStatus,
    /// The statuses so far, the oldest first.
    pub history: Vec<OperationStatus>,
    /// What it found out.
    pub result_objects: Vec<ResultObject>,
    /// Named outputs.
    pub outputs: Vec<Value>,
    /// When it began.
    pub start_time_ms: Timestamp,
    /// The node that runs it.
    pub owner_id: Option<String>,
    /// The id of the request that asked for it.
    pub request_id: Option<String>,
}
