//! Who is who among the stages of an execution: found by id, by ref id, by parent, and by what they wait for.
//!
//! It holds places in the list of stages, and is made anew when that list loses one.

use std::collections::HashMap;

use gennaker_wire::Stage;

use super::StageState;

/// The relations of a list of stages.
#[derive(Debug, Clone, Default)]
pub(super) struct Family {
    /// Places by id.
    ids: HashMap<String, usize>,
    /// Places by ref id: synthetic stages of different parents may share one.
    ref_ids: HashMap<String, Vec<usize>>,
    /// Places of synthetic stages by their parent's id.
    children: HashMap<String, Vec<usize>>,
    /// Places by the ref ids that they wait for.
    waiting: HashMap<String, Vec<usize>>,
}

impl Family {
    /// The relations of these stages.
    pub(super) fn of(stages: &[StageState]) -> Self {
        let mut family = Family::default();
        for (place, state) in stages.iter().enumerate() {
            family.add(place, &state.stage);
        }
        family
    }

    /// Enters a stage at that place.
    pub(super) fn add(&mut self, place: usize, stage: &Stage) {
        self.ids.insert(stage.id.clone(), place);
        if let Some(ref_id) = &stage.ref_id {
            self.ref_ids.entry(ref_id.clone()).or_default().push(place);
        }
        if let Some(parent) = &stage.parent_stage_id {
            self.children.entry(parent.clone()).or_default().push(place);
        }
        for requisite in &stage.requisite_stage_ref_ids {
            self.waiting.entry(requisite.clone()).or_default().push(place);
        }
    }

    /// The place of that id.
    pub(super) fn place(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// The places of that ref id.
    pub(super) fn named(&self, ref_id: &str) -> impl Iterator<Item = usize> {
        self.ref_ids.get(ref_id).into_iter().flatten().copied()
    }

    /// The places of the synthetic stages of that parent.
    pub(super) fn children_of(&self, parent: &str) -> impl Iterator<Item = usize> {
        self.children.get(parent).into_iter().flatten().copied()
    }

    /// The places that wait for that ref id.
    pub(super) fn waiting_for(&self, ref_id: &str) -> impl Iterator<Item = usize> {
        self.waiting.get(ref_id).into_iter().flatten().copied()
    }
}
