//! A stage in its execution, as it was when the step began: a snapshot that costs no copy.

use std::sync::Arc;

use gennaker_wire::{Execution, Object, Stage, SyntheticOwner};
use serde_json::Value;

/// A stage and all that it may look at.
#[derive(Debug, Clone)]
pub struct StageView {
    /// The execution; its `stages` are empty, they are beside it.
    pub execution: Arc<Execution>,
    /// The execution's stages, in their order.
    pub stages: Arc<[Arc<Stage>]>,
    /// The stage itself.
    pub stage: Arc<Stage>,
}

impl StageView {
    /// The view of another stage of the same execution.
    pub fn of(&self, stage: &Arc<Stage>) -> StageView {
        StageView { stage: stage.clone(), ..self.clone() }
    }

    /// The view of a stage that the execution has instead of the one of its id, or besides those that it has.
    pub fn with(&self, stage: Stage) -> StageView {
        let stage = Arc::new(stage);
        let mut stages = self.stages.to_vec();
        match stages.iter_mut().find(|other| other.id == stage.id) {
            Some(other) => *other = stage.clone(),
            None => stages.push(stage.clone()),
        }
        StageView { stages: stages.into(), stage, ..self.clone() }
    }

    /// The same stage with another context.
    pub fn with_context(&self, context: Object) -> StageView {
        self.with(Stage { context, ..(*self.stage).clone() })
    }

    /// The stage's own settings and findings.
    pub fn context(&self) -> &Object {
        &self.stage.context
    }

    /// A field of the context, or of the nearest ancestor's outputs that has it: upstream's `StageContext.get`.
    pub fn get(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.stage.context.get(name) {
            return Some(value.clone());
        }
        self.ancestors().into_iter().find_map(|stage| stage.outputs.get(name).cloned())
    }

    /// The parent of a synthetic stage.
    pub fn parent(&self) -> Option<&Arc<Stage>> {
        let parent = self.stage.parent_stage_id.as_deref()?;
        self.stages.iter().find(|stage| stage.id == parent)
    }

    /// The topmost stage that this synthetic stage belongs to; the stage itself if it is not synthetic.
    pub fn top_level(&self) -> Arc<Stage> {
        let mut current = self.clone();
        while let Some(parent) = current.parent().cloned() {
            current = current.of(&parent);
        }
        current.stage
    }

    /// The synthetic stages of this stage, in their order.
    pub fn children(&self, owner: SyntheticOwner) -> impl Iterator<Item = &Arc<Stage>> {
        self.stages.iter().filter(move |stage| {
            stage.parent_stage_id.as_deref() == Some(&self.stage.id) && stage.synthetic_stage_owner == Some(owner)
        })
    }

    /// The stages that ended before this one could begin, the nearest first, each once: its requisites, for an after-stage
    /// its parent's before-stages, its parent, and so on up. The stage itself comes first, as upstream has it.
    pub fn ancestors(&self) -> Vec<Arc<Stage>> {
        let mut found: Vec<Arc<Stage>> = Vec::new();
        let mut next = vec![self.stage.clone()];
        while let Some(stage) = next.pop() {
            if found.iter().any(|known| known.id == stage.id) {
                continue;
            }
            let view = self.of(&stage);
            if stage.synthetic_stage_owner == Some(SyntheticOwner::StageAfter)
                && let Some(parent) = view.parent()
            {
                next.extend(view.of(parent).children(SyntheticOwner::StageBefore).cloned());
            }
            next.extend(view.parent().cloned());
            next.extend(self.stages.iter().filter(|other| is_requisite(other, &stage)).cloned());
            found.push(stage);
        }
        found
    }
}

/// Whether `other` stands directly before `stage` among its siblings.
fn is_requisite(other: &Stage, stage: &Stage) -> bool {
    other.parent_stage_id == stage.parent_stage_id
        && other.ref_id.as_ref().is_some_and(|ref_id| stage.requisite_stage_ref_ids.contains(ref_id))
}
