//! Artifacts in stages: what a stage has, what it is bound to, and the stages that find or make artifacts.
//!
//! ```text
//! findArtifactFromExecution   artifacts of the newest execution of another pipeline
//! evaluateArtifacts           artifacts whose content is written in the stage
//! bindProducedArtifacts       a task: what a stage expects is bound to what it produced
//! ```
//!
//! What is bound stands in a stage's outputs as `artifacts` and `resolvedExpectedArtifacts`; later stages and child pipelines find
//! it there. The rules are `gennaker-artifacts`; here is what they are asked, and when.

mod bind;
mod evaluate;
mod find;
mod view;

use gennaker_artifacts::{Artifact, Error, ExpectedArtifact, Resolution};
use gennaker_base::Kind;
use gennaker_wire::Object;
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::bind::bind_produced_artifacts;
pub use self::view::artifact_view;
use crate::{Catalogue, CoreTasksOptions, TaskError};

const ARTIFACTS: &str = "artifacts";
const EXPECTED: &str = "expectedArtifacts";
const RESOLVED: &str = "resolvedExpectedArtifacts";

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &CoreTasksOptions) {
    bind::register(catalogue, options);
    evaluate::register(catalogue);
    find::register(catalogue);
}

impl From<Error> for TaskError {
    /// Under the name of upstream's exception.
    fn from(error: Error) -> Self {
        TaskError::new(Kind::Invalid, error.exception().unwrap_or("UserException"), error.to_string())
    }
}

/// The expected artifacts of a list; none if there is no list.
fn expected_artifacts(list: Option<&Value>) -> Result<Vec<ExpectedArtifact>, TaskError> {
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list.iter().map(ExpectedArtifact::from_value).collect::<Result<_, _>>()?),
        Some(_) => {
            let problem = format!("{EXPECTED} is not a list: write a list of expected artifacts");
            Err(TaskError::new(Kind::Invalid, "IllegalArgumentException", problem))
        }
    }
}

/// What was resolved, as a stage keeps it.
fn fields(resolution: &Resolution) -> Object {
    let fields = [
        (ARTIFACTS, json_of(&resolution.resolved_artifacts)),
        (RESOLVED, json_of(&resolution.resolved_expected_artifacts)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// An artifact as clouddriver is asked for it.
pub(crate) fn artifact_fields(artifact: &Artifact) -> Object {
    json_of(artifact).as_object().cloned().unwrap_or_default()
}

/// Artifacts are texts, flags and JSON: they always have a JSON.
fn json_of(artifacts: &impl Serialize) -> Value {
    serde_json::to_value(artifacts).unwrap_or_default()
}
