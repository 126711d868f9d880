//! Executions as artifacts see them: what the trigger brought and what the stages have.
//!
//! The views borrow; making one costs no copy of a context. [`Execution::of`] makes one of an execution's JSON, and a
//! program with a model of its own fills the fields.
//!
//! Source: orca `ArtifactUtils`, `StageExecutionImpl`.

mod read;
mod stage;

use serde_json::{Map, Value};

pub use self::stage::CurrentStage;
use crate::{Artifact, Error};

/// An execution, as far as artifacts go.
#[derive(Debug, Clone)]
pub struct Execution<'a> {
    /// The id.
    pub id: &'a str,
    /// When it started, in milliseconds since 1970.
    pub start_time: Option<i64>,
    /// `trigger.artifacts`.
    pub trigger_artifacts: &'a [Value],
    /// `trigger.resolvedExpectedArtifacts`.
    pub trigger_resolved_expected_artifacts: &'a [Value],
    /// The stages in the execution's order, synthetic ones included.
    pub stages: Vec<Stage<'a>>,
}

/// A stage, as far as artifacts go.
#[derive(Debug, Clone)]
pub struct Stage<'a> {
    /// The id.
    pub id: &'a str,
    /// The id within the pipeline.
    pub ref_id: Option<&'a str>,
    /// The ref ids of the stages before it.
    pub requisite_stage_ref_ids: Vec<&'a str>,
    /// For a synthetic stage: its parent's id.
    pub parent_stage_id: Option<&'a str>,
    /// For a synthetic stage: where it stands around its parent's tasks.
    pub synthetic_stage_owner: Option<SyntheticStageOwner>,
    /// Its settings and what it found out for itself.
    pub context: &'a Map<String, Value>,
    /// What later stages see of it.
    pub outputs: &'a Map<String, Value>,
}

/// Where a synthetic stage stands around its parent's tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyntheticStageOwner {
    /// Before them.
    StageBefore,
    /// After them.
    StageAfter,
}

impl<'a> Execution<'a> {
    /// The stage of that ref id, the first if there are several.
    pub fn stage_by_ref_id(&self, ref_id: &str) -> Option<CurrentStage<'_, 'a>> {
        let index = self.stages.iter().position(|stage| stage.ref_id == Some(ref_id))?;
        Some(CurrentStage::new(self, index))
    }

    /// The stage of that id.
    pub fn stage_by_id(&self, id: &str) -> Option<CurrentStage<'_, 'a>> {
        let index = self.stages.iter().position(|stage| stage.id == id)?;
        Some(CurrentStage::new(self, index))
    }

    /// What the execution as a whole has: what its stages put out, the last first, then what its trigger brought.
    /// Repeated artifacts stay; synthetic stages do not count, nor does the execution that triggered it.
    ///
    /// # Errors
    /// [`Error::StageRelations`] if the stages have no order; [`Error::Missing`], [`Error::Shape`] and [`Error::Field`]
    /// for what cannot be read. Source: `ArtifactUtils.getAllArtifacts`.
    pub fn all_artifacts(&self) -> Result<Vec<Artifact>, Error> {
        self.artifacts_where(|_| true)
    }

    /// As [`Execution::all_artifacts`], without what the stage of that ref id put out: a stage that looks for artifacts
    /// in its own pipeline's last execution must not find its own.
    ///
    /// # Errors
    /// As there. Source: `ArtifactUtils.getArtifactsForPipelineIdWithoutStageRef`.
    pub fn all_artifacts_without(&self, ref_id: &str) -> Result<Vec<Artifact>, Error> {
        self.artifacts_where(|stage| stage.ref_id != Some(ref_id))
    }

    fn artifacts_where(&self, wanted: impl Fn(&Stage<'_>) -> bool) -> Result<Vec<Artifact>, Error> {
        let mut artifacts = Vec::new();
        for stage in self.ordered()?.into_iter().filter(|stage| wanted(stage)) {
            if let Some(list) = stage.outputs.get("artifacts") {
                let place = || format!("outputs.artifacts of the stage {}", stage.id);
                if list.is_null() {
                    return Err(Error::missing(place()));
                }
                for artifact in elements(list, place)? {
                    artifacts.push(stage_artifact(artifact)?);
                }
            }
        }
        artifacts.reverse();
        for artifact in self.trigger_artifacts {
            artifacts.push(Artifact::from_value(artifact)?);
        }
        Ok(artifacts)
    }

    /// The stages that have no parent, each after its requisites; those that may run side by side as they come.
    ///
    /// Source: `StageExecutionImpl.topologicalSort`.
    fn ordered(&self) -> Result<Vec<&Stage<'a>>, Error> {
        let mut unsorted: Vec<_> = self.stages.iter().filter(|stage| stage.parent_stage_id.is_none()).collect();
        let mut sorted = Vec::with_capacity(unsorted.len());
        let mut done = std::collections::HashSet::new();
        while !unsorted.is_empty() {
            let ready = |stage: &&Stage<'_>| stage.requisite_stage_ref_ids.iter().all(|ref_id| done.contains(ref_id));
            let (next, rest): (Vec<_>, Vec<_>) = unsorted.into_iter().partition(ready);
            if next.is_empty() {
                return Err(Error::StageRelations { relations: self.relations() });
            }
            done.extend(next.iter().filter_map(|stage| stage.ref_id));
            sorted.extend(next);
            unsorted = rest;
        }
        Ok(sorted)
    }

    fn relations(&self) -> String {
        let relation = |stage: &Stage<'_>| {
            format!("[{}]->{}", stage.requisite_stage_ref_ids.join(", "), stage.ref_id.unwrap_or("null"))
        };
        self.stages.iter().map(relation).collect::<Vec<_>>().join(", ")
    }
}

/// The newest of a pipeline's executions, whose artifacts are the prior ones: the one that started last, of those that
/// started together the one with the greatest id. One that has not started is older than any that has.
///
/// Source: `ArtifactUtils.getExecutionForPipelineId`.
pub fn newest<'e, 'a>(executions: &'e [Execution<'a>]) -> Option<&'e Execution<'a>> {
    // The first of equals, as Java's min takes it; max takes the last.
    executions.iter().rev().max_by_key(|execution| (execution.start_time, execution.id))
}

/// The elements of a list that has to be one.
pub(crate) fn elements(list: &Value, place: impl FnOnce() -> String) -> Result<&[Value], Error> {
    match list {
        Value::Array(elements) => Ok(elements),
        other => Err(Error::shape(place(), "a list", other)),
    }
}

/// An artifact in a stage's context or outputs, where upstream takes an object and nothing else.
fn stage_artifact(value: &Value) -> Result<Artifact, Error> {
    match value {
        Value::Object(_) | Value::Null => Artifact::from_value(value),
        other => Err(Error::shape("an artifact of a stage", "an object", other)),
    }
}

#[cfg(test)]
mod tests;
