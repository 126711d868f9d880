//! Executions as JSON, kept from one evaluation to the next.
//!
//! Expressions look into the JSON of their whole execution. Of an execution of a thousand stages each evaluation would make it
//! anew; so the last few large ones are kept, and only those stages are written again that are not the same ones any more (a
//! stage that changed is another `Arc`). A small execution is not kept: its JSON costs less than the look.

use std::{collections::VecDeque, sync::Arc};

use gennaker_orca_stages::StageView;
use gennaker_wire::{Execution, Object, Stage};
use parking_lot::Mutex;
use serde_json::Value;

use super::{as_object, execution_json};

/// So many executions are kept.
const KEPT: usize = 32;
/// An execution of fewer stages is not kept.
const FEWEST_STAGES: usize = 32;

/// The JSON of executions: cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Executions {
    kept: Arc<Mutex<VecDeque<Kept>>>,
}

/// An execution, and what its JSON was made of.
struct Kept {
    head: Arc<Execution>,
    stages: Vec<Arc<Stage>>,
    json: Object,
}

impl Executions {
    /// Calls `evaluation` with the JSON of the execution that the view shows.
    ///
    /// What it keeps is taken out meanwhile, so that two evaluations at the same time do not wait for each other: the second one
    /// makes its own.
    pub(super) fn with<T>(&self, view: &StageView, evaluation: impl FnOnce(&Object) -> T) -> T {
        if view.stages.len() < FEWEST_STAGES {
            return evaluation(&execution_json(&view.execution, view.stages.iter().map(AsRef::as_ref)));
        }
        let mut kept = self.take(&view.execution.id).unwrap_or_else(|| Kept::of(view));
        kept.bring_up_to(view);
        let result = evaluation(&kept.json);
        self.put(kept);
        result
    }

    fn take(&self, id: &str) -> Option<Kept> {
        let mut kept = self.kept.lock();
        let place = kept.iter().position(|kept| kept.head.id == id)?;
        kept.remove(place)
    }

    fn put(&self, one: Kept) {
        let mut kept = self.kept.lock();
        kept.retain(|other| other.head.id != one.head.id);
        kept.push_back(one);
        while kept.len() > KEPT {
            kept.pop_front();
        }
    }
}

impl Kept {
    fn of(view: &StageView) -> Self {
        let json = execution_json(&view.execution, view.stages.iter().map(AsRef::as_ref));
        Kept { head: view.execution.clone(), stages: view.stages.to_vec(), json }
    }

    /// Writes again what is not what it was made of.
    fn bring_up_to(&mut self, view: &StageView) {
        if !Arc::ptr_eq(&self.head, &view.execution) {
            let stages = self.json.remove("stages").unwrap_or_default();
            self.json = execution_json(&view.execution, std::iter::empty());
            self.json.insert("stages".to_owned(), stages);
            self.head = view.execution.clone();
        }
        let Some(Value::Array(json)) = self.json.get_mut("stages") else { return };
        let written = |stage: &Stage| Value::Object(as_object(serde_json::to_value(stage)));
        json.truncate(view.stages.len());
        self.stages.truncate(view.stages.len());
        for (place, stage) in view.stages.iter().enumerate() {
            match self.stages.get_mut(place) {
                Some(same) if Arc::ptr_eq(same, stage) => {}
                Some(other) => {
                    json[place] = written(stage);
                    *other = stage.clone();
                }
                None => {
                    json.push(written(stage));
                    self.stages.push(stage.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(statuses: &[&str], former: Option<&StageView>) -> StageView {
        let stages = statuses.iter().enumerate().map(|(place, name)| {
            let same = former.and_then(|view| view.stages.get(place));
            match same.filter(|stage| stage.name.as_deref() == Some(*name)) {
                Some(stage) => stage.clone(),
                None => Arc::new(Stage { name: Some((*name).to_owned()), ..Stage::default() }),
            }
        });
        let stages: Arc<[Arc<Stage>]> = stages.collect();
        let execution = Arc::new(Execution { id: "01E".into(), ..Execution::default() });
        StageView { execution, stage: stages[0].clone(), stages }
    }

    #[test]
    fn what_is_kept_is_what_would_be_made_anew() {
        let executions = Executions::default();
        let mut names = vec!["a"; 40];
        let mut former = None;
        for change in 0..6 {
            match change {
                1 => names[3] = "b",
                2 => names.push("c"),
                3 => names.truncate(35),
                4 => names[34] = "d",
                _ => {}
            }
            let view = view(&names, former.as_ref());
            let anew = execution_json(&view.execution, view.stages.iter().map(AsRef::as_ref));
            assert_eq!(executions.with(&view, Clone::clone), anew, "after change {change}");
            former = Some(view);
        }
    }

    #[test]
    fn no_more_than_the_last_ones_are_kept() {
        let executions = Executions::default();
        for number in 0..100 {
            let mut view = view(&["a"; 40], None);
            view.execution = Arc::new(Execution { id: number.to_string(), ..Execution::default() });
            executions.with(&view, |_| ());
        }
        assert_eq!(executions.kept.lock().len(), KEPT);
    }
}
