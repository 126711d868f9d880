//! The stages before a stage.

use std::collections::HashSet;

use serde_json::Value as Json;

use super::stages;
use crate::value::Bean;

/// The stage itself and those before it: what it requires and their synthetic stages, nearest first, then what those
/// require; of a synthetic stage its parent and what is before that (`StageExecutionInternals.getAncestorsImpl`).
pub(crate) fn ancestors<'a>(stage: &Bean<'a>) -> Vec<Bean<'a>> {
    let mut found = vec![*stage];
    let mut visited: HashSet<&str> = HashSet::new();
    let mut next = vec![*stage];
    // Depth first, as the original's recursion goes.
    while let Some(stage) = next.pop() {
        visited.insert(stage.text("refId").unwrap_or_default());
        let required: HashSet<&str> = match stage.json.get("requisiteStageRefIds") {
            Some(Json::Array(ids)) => ids.iter().filter_map(Json::as_str).collect(),
            _ => HashSet::new(),
        };
        if !required.is_empty() {
            let before: Vec<Bean<'a>> = stages(stage.execution)
                .filter(|other| {
                    let id = other.text("refId").unwrap_or_default();
                    required.contains(id) && !visited.contains(id)
                })
                .collect();
            let ids: HashSet<Option<&str>> = before.iter().map(|before| before.text("id")).collect();
            let synthetic = stages(stage.execution).filter(|other| {
                other.json.get("syntheticStageOwner").is_some_and(|owner| !owner.is_null())
                    && ids.contains(&other.text("parentStageId"))
            });
            let synthetic: Vec<Bean<'a>> = synthetic.collect();
            found.extend(before.iter().chain(&synthetic));
            next.extend(before.into_iter().rev());
        } else if let Some(id) = stage.text("parentStageId").filter(|id| !visited.contains(*id)) {
            if stage.text("syntheticStageOwner") == Some("STAGE_AFTER") {
                found.extend(stages(stage.execution).filter(|other| {
                    other.text("parentStageId") == Some(id) && other.text("syntheticStageOwner") == Some("STAGE_BEFORE")
                }));
            }
            if let Some(parent) = stages(stage.execution).find(|other| other.text("id") == Some(id)) {
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

/// More stages before one than any pipeline has: a graph of many paths repeats them.
const MOST_ANCESTORS: usize = 10_000;
