//! What one stage has: its own artifacts and those of the stages that it comes after.
//!
//! Source: orca `StageContext`, `StageExecutionImpl`, `StageExecutionInternals`, `ArtifactUtils`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Execution, Stage, SyntheticStageOwner, elements, stage_artifact};
use crate::{Artifact, Error, ExpectedArtifact};

/// A stage with the execution that it is in.
#[derive(Debug, Clone, Copy)]
pub struct CurrentStage<'e, 'a> {
    execution: &'e Execution<'a>,
    index: usize,
}

impl<'e, 'a> CurrentStage<'e, 'a> {
    /// `index` is one of the execution's stages.
    pub(super) fn new(execution: &'e Execution<'a>, index: usize) -> Self {
        CurrentStage { execution, index }
    }

    /// The stage itself.
    pub fn stage(&self) -> &'e Stage<'a> {
        &self.execution.stages[self.index]
    }

    /// The artifacts that the stage can use, the nearest first: of its context, its outputs, the stages before it, and
    /// the trigger. Repeated ones stay.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Shape`] and [`Error::Field`] for what cannot be read. Source:
    /// `ArtifactUtils.getArtifacts`.
    pub fn artifacts(&self) -> Result<Vec<Artifact>, Error> {
        let mut artifacts = Vec::new();
        for list in self.all("artifacts") {
            for artifact in elements(list, || "artifacts of a stage".to_owned())? {
                artifacts.push(stage_artifact(artifact)?);
            }
        }
        for artifact in self.execution.trigger_artifacts {
            artifacts.push(Artifact::from_value(artifact)?);
        }
        Ok(artifacts)
    }

    /// What the expected artifact of that id was bound to, in the stage, the stages before it or the trigger, the
    /// nearest first. Without an account of its own it has that of the artifact to match.
    ///
    /// `None` for an empty id, if there is no such expected artifact, or if the nearest is bound to nothing.
    ///
    /// # Errors
    /// As [`CurrentStage::artifacts`], for what stands before it. Source: `ArtifactUtils.getBoundArtifactForId`.
    pub fn bound_artifact_by_id(&self, id: &str) -> Result<Option<Artifact>, Error> {
        if id.is_empty() {
            return Ok(None);
        }
        let place = || "resolvedExpectedArtifacts of a stage".to_owned();
        let of_stages = self.all("resolvedExpectedArtifacts").map(|list| elements(list, place));
        for list in of_stages.chain([Ok(self.execution.trigger_resolved_expected_artifacts)]) {
            for expected in list? {
                if !matches!(expected, Value::Object(_) | Value::Null) {
                    return Err(Error::shape("an expected artifact of a stage", "an object", expected));
                }
                let expected = ExpectedArtifact::from_value(expected)?;
                if expected.id == id {
                    return Ok(expected.into_bound_artifact());
                }
            }
        }
        Ok(None)
    }

    /// The artifact that a field of a stage asks for: by the id of an expected one, or else given in place. Expressions
    /// in it are evaluated by `evaluate`, which gets its fields as JSON and gives them back; what it cannot evaluate it
    /// leaves, and fields that it adds become metadata (orca's summary of what failed, `expressionEvaluationSummary`).
    ///
    /// An id wins even if nothing is bound to it. `None` if there is neither.
    ///
    /// # Errors
    /// As [`CurrentStage::bound_artifact_by_id`], and [`Error::Field`] if an expression gives a list or an object where
    /// text belongs. Source: `ArtifactUtils.getBoundArtifactForStage`.
    pub fn bound_artifact(
        &self,
        id: Option<&str>,
        artifact: Option<Artifact>,
        evaluate: impl FnOnce(Map<String, Value>) -> Map<String, Value>,
    ) -> Result<Option<Artifact>, Error> {
        let artifact = match id {
            Some(id) => self.bound_artifact_by_id(id)?,
            None => artifact,
        };
        artifact.map(|artifact| Artifact::try_from(evaluate(artifact.into_fields()))).transpose()
    }

    /// The values of a key that are there and not `null`: of the context, then of the outputs of this stage and its
    /// ancestors. Source: `StageContext.getAll`.
    fn all(&self, key: &'static str) -> impl Iterator<Item = &'a Value> {
        let of_outputs = self.ancestors().into_iter().filter_map(move |stage| stage.outputs.get(key));
        self.stage().context.get(key).into_iter().chain(of_outputs).filter(|value| !value.is_null())
    }

    /// The stage itself and what it comes after, the nearest first: the stages that it requires and their synthetic
    /// stages; for a synthetic stage its parent and, if it comes after the parent's tasks, those that come before them.
    ///
    /// Some stand in it twice, as in the original. Source: `StageExecutionImpl.ancestors`.
    pub fn ancestors(&self) -> Vec<&'e Stage<'a>> {
        let stages = &self.execution.stages;
        let mut ancestors = vec![self.stage()];
        let mut visited = HashSet::new();
        // With how many parents in a row led there: parents that are each other's would never end.
        let mut pending = vec![(self.stage(), 0)];
        while let Some((stage, parents)) = pending.pop() {
            visited.insert(stage.ref_id);
            if !stage.requisite_stage_ref_ids.is_empty() {
                let previous: Vec<_> = stages
                    .iter()
                    .filter(|other| !visited.contains(&other.ref_id))
                    .filter(|other| other.ref_id.is_some_and(|id| stage.requisite_stage_ref_ids.contains(&id)))
                    .collect();
                ancestors.extend(&previous);
                ancestors.extend(stages.iter().filter(|other| {
                    other.synthetic_stage_owner.is_some()
                        && other.parent_stage_id.is_some_and(|id| previous.iter().any(|previous| previous.id == id))
                }));
                pending.extend(previous.into_iter().rev().map(|stage| (stage, 0)));
            } else if let Some(parent) = stage.parent_stage_id.filter(|id| !visited.contains(&Some(*id))) {
                if stage.synthetic_stage_owner == Some(SyntheticStageOwner::StageAfter) {
                    ancestors.extend(stages.iter().filter(|other| {
                        other.parent_stage_id == Some(parent)
                            && other.synthetic_stage_owner == Some(SyntheticStageOwner::StageBefore)
                    }));
                }
                if let Some(parent) = stages.iter().find(|other| other.id == parent).filter(|_| parents < stages.len())
                {
                    ancestors.push(parent);
                    pending.push((parent, parents + 1));
                }
            }
        }
        ancestors
    }
}
