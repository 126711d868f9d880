//! The stages before a stage.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value as Json;

use super::stages;
use crate::value::Bean;

/// More stages before one than any pipeline has: a graph of many paths repeats them.
const MOST_ANCESTORS: usize = 10_000;

/// The stage itself and those before it: what it requires and their synthetic stages, nearest first, then what those
/// require; of a synthetic stage its parent and what is before that (`StageExecutionInternals.getAncestorsImpl`).
pub(crate) fn ancestors<'a>(stage: &Bean<'a>) -> Vec<Bean<'a>> {
    let mut found = vec![*stage];
    if required(stage).is_empty() && stage.text("parentStageId").is_none() {
        return found;
    }
    let family = Family::of(stage);
    let mut visited: HashSet<&str> = HashSet::new();
    let mut next = vec![*stage];
    // Depth first, as the original's recursion goes.
    while let Some(stage) = next.pop() {
        visited.insert(stage.text("refId").unwrap_or_default());
        let required = required(&stage);
        if !required.is_empty() {
            let before = family.named(required.iter().filter(|id| !visited.contains(**id)).copied());
            let synthetic = family.below(before.iter().filter_map(|before| before.text("id")));
            found.extend(before.iter().chain(&synthetic));
            next.extend(before.into_iter().rev());
        } else if let Some(id) = stage.text("parentStageId").filter(|id| !visited.contains(*id)) {
            if stage.text("syntheticStageOwner") == Some("STAGE_AFTER") {
                let synthetic = family.below([id]).into_iter();
                found.extend(synthetic.filter(|other| other.text("syntheticStageOwner") == Some("STAGE_BEFORE")));
            }
            if let Some(parent) = family.ids.get(id).map(|place| family.stages[*place]) {
                found.push(parent);
                next.push(parent);
            }
        }
        if found.len() > MOST_ANCESTORS {
            break;
        }
    }
    found
}

/// The ref ids that a stage requires.
fn required<'a>(stage: &Bean<'a>) -> HashSet<&'a str> {
    match stage.json.get("requisiteStageRefIds") {
        Some(Json::Array(ids)) => ids.iter().filter_map(Json::as_str).collect(),
        _ => HashSet::new(),
    }
}

/// Who is who in an execution, so that a chain of a thousand stages is not searched a thousand times.
struct Family<'a> {
    stages: Vec<Bean<'a>>,
    ids: HashMap<&'a str, usize>,
    ref_ids: HashMap<&'a str, Vec<usize>>,
    synthetic: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Family<'a> {
    fn of(stage: &Bean<'a>) -> Self {
        let stages: Vec<Bean<'a>> = stages(stage.execution).collect();
        let mut family =
            Family { ids: HashMap::new(), ref_ids: HashMap::new(), synthetic: HashMap::new(), stages: Vec::new() };
        for (place, stage) in stages.iter().enumerate() {
            if let Some(id) = stage.text("id") {
                family.ids.entry(id).or_insert(place);
            }
            family.ref_ids.entry(stage.text("refId").unwrap_or_default()).or_default().push(place);
            let owner = stage.json.get("syntheticStageOwner").filter(|owner| !owner.is_null());
            if let (Some(parent), Some(_)) = (stage.text("parentStageId"), owner) {
                family.synthetic.entry(parent).or_default().push(place);
            }
        }
        Family { stages, ..family }
    }

    /// The stages of these ref ids, in the execution's order.
    fn named<'n>(&self, ref_ids: impl IntoIterator<Item = &'n str>) -> Vec<Bean<'a>> {
        let places = ref_ids.into_iter().filter_map(|id| self.ref_ids.get(id)).flatten();
        places.collect::<BTreeSet<_>>().into_iter().map(|place| self.stages[*place]).collect()
    }

    /// The synthetic stages of these parents, in the execution's order.
    fn below<'n>(&self, parents: impl IntoIterator<Item = &'n str>) -> Vec<Bean<'a>> {
        let places = parents.into_iter().filter_map(|id| self.synthetic.get(id)).flatten();
        places.collect::<BTreeSet<_>>().into_iter().map(|place| self.stages[*place]).collect()
    }
}
