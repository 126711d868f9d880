//! A case of the file, read: what is to be done, and what came out.
//!
//! A field of a step or of the server that is not known here is refused, so that nothing is left undone unnoticed.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::world::{CallFields, known_only};

/// A recorded case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recorded {
    /// Its name; the server's addresses begin with it.
    pub(super) name: String,
    /// Calls made first.
    #[serde(default)]
    pub(super) setup: Vec<Step>,
    /// What is asked for, one call or several.
    #[serde(deserialize_with = "one_or_many")]
    pub(super) request: Vec<Step>,
    /// Calls made while it runs, in this order.
    #[serde(default)]
    pub(super) actions: Vec<Action>,
    /// What the case's server answers.
    #[serde(default)]
    pub(super) mock: Vec<MockRoute>,
    /// Calls made after the end.
    #[serde(default)]
    pub(super) then: Vec<Step>,
    /// Pipeline configs whose executions belong to the case too.
    #[serde(default)]
    pub(super) config_ids: Vec<String>,
    /// What has to be there besides orca and front50.
    pub(super) needs: Option<Needs>,
    /// So many seconds must pass with nothing happening before the end is believed.
    pub(super) settle: Option<f64>,
    /// How many seconds the case may take.
    pub(super) timeout: Option<f64>,
    /// Whether it was not over by then: what came out is how it stood.
    #[serde(default)]
    pub(super) timed_out: bool,
    /// What came out.
    pub(super) expected: Expected,
    /// The answers of `request`, `actions` and `then`, in this order.
    pub(super) endpoint_answers: Vec<Value>,
    /// What reached the case's server; not looked at if absent.
    pub(super) mock_requests: Option<Vec<Value>>,
}

/// What came out of a case.
#[derive(Debug, Deserialize)]
pub(super) struct Expected {
    /// Its executions, in the order of their starts.
    pub(super) executions: Vec<ExpectedExecution>,
}

/// What came out of an execution.
#[derive(Debug, Deserialize)]
pub(super) struct ExpectedExecution {
    /// Its final state.
    pub(super) execution: Value,
    /// Starts and ends of its stages and tasks, as they were observed.
    #[serde(default)]
    pub(super) order: Vec<String>,
}

/// What a case needs besides orca and front50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Needs {
    /// A running echo.
    Echo,
    /// Something that answers `PUT /artifacts/fetch/` in clouddriver's place.
    ArtifactStandIn,
}

/// A call, or something to wait for; a call has a method and a path.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Step {
    /// Waits so many seconds; nothing else is done.
    pub(super) sleep: Option<f64>,
    /// Waits for an execution; nothing else is done.
    pub(super) await_execution: Option<AwaitExecution>,
    /// What to call.
    #[serde(flatten)]
    pub(super) call: CallFields,
    /// After the call, executions of this pipeline config are looked for.
    pub(super) ids: Option<String>,
    /// For how many seconds they are looked for.
    pub(super) within: Option<f64>,
    /// Whether an error answer is accepted (in `setup`).
    #[serde(default)]
    pub(super) may_fail: bool,
}

/// An execution to wait for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AwaitExecution {
    /// Its number, from 1.
    pub(super) n: usize,
    /// One of these statuses.
    #[serde(deserialize_with = "one_or_many")]
    pub(super) status: Vec<String>,
}

/// A call made while the case runs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Action {
    /// What has to hold first.
    pub(super) when: When,
    /// Seconds to wait after that.
    #[serde(default)]
    pub(super) delay: f64,
    /// Whether it is left out if that never holds.
    #[serde(default)]
    pub(super) optional: bool,
    /// What to call.
    #[serde(flatten)]
    pub(super) call: CallFields,
}

/// What has to hold; what is absent holds.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct When {
    /// The number of the execution that is looked at, 1 if absent.
    pub(super) n: Option<usize>,
    /// A stage of it, by `refId` or name.
    pub(super) stage: Option<String>,
    /// The stage's status.
    pub(super) status: Option<String>,
    /// A task of the stage, by name.
    pub(super) task: Option<String>,
    /// The task's status, `RUNNING` if absent.
    pub(super) task_status: Option<String>,
    /// The execution's status.
    pub(super) execution_status: Option<String>,
    /// At least so many requests have reached the case's server.
    pub(super) mock_hits: Option<usize>,
}

/// What the case's server answers to one method and path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MockRoute {
    /// The method, `*` for any.
    pub(super) method: String,
    /// The path.
    pub(super) path: String,
    /// The answers, in order; the last one repeats.
    pub(super) answers: Vec<MockAnswer>,
}

/// One answer of the case's server.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MockAnswer {
    /// The status.
    #[serde(default = "ok")]
    pub(super) status: u16,
    /// A text is sent as it is, `null` as no body, the rest as JSON.
    #[serde(default)]
    pub(super) body: Value,
    /// Headers; the type of the content, if it is not among them, is `text/plain` for a text and `application/json` otherwise.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

impl fmt::Display for When {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(status) = &self.execution_status {
            parts.push(format!("being {status}"));
        }
        if let Some(stage) = &self.stage {
            let status = self.status.as_deref().unwrap_or("there");
            parts.push(format!("its stage {stage} being {status}"));
        }
        if let Some(task) = &self.task {
            parts.push(format!("its task {task} being {}", self.task_status.as_deref().unwrap_or("RUNNING")));
        }
        if let Some(hits) = self.mock_hits {
            parts.push(format!("{hits} requests at the case's server"));
        }
        write!(formatter, "execution {} {}", self.n.unwrap_or(1), parts.join(", "))
    }
}

impl Recorded {
    /// Reads a case; the error says what is wrong with it.
    pub(super) fn read(json: &Value) -> Result<Recorded, String> {
        for part in ["setup", "request", "then"] {
            known_only(&json[part], part, &STEP)?;
        }
        known_only(&json["actions"], "actions", &ACTION)?;
        Recorded::deserialize(json).map_err(|error| format!("the case cannot be read: {error}"))
    }
}

/// What a step and an action have besides.
const STEP: [&str; 5] = ["sleep", "awaitExecution", "ids", "within", "mayFail"];
const ACTION: [&str; 3] = ["when", "delay", "optional"];

fn ok() -> u16 {
    200
}

fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany<T> {
        Many(Vec<T>),
        One(T),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::Many(many) => many,
        OneOrMany::One(one) => vec![one],
    })
}
