//! An execution as its owner keeps it in memory: what clients see, and beside each stage how far the planner is with it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use gennaker_base::Timestamp;
use gennaker_orca_stages::TaskLimits;
use gennaker_wire::{Execution, Stage, Status, SyntheticOwner};
use serde::{Deserialize, Serialize};

/// How far the planner is with a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Phase {
    /// Its requisites have not ended.
    #[default]
    Waiting,
    /// Its definition is asked for tasks and before-stages.
    Composing,
    /// Its before-stages run.
    Before,
    /// Its tasks run.
    Tasks,
    /// Its definition is asked for after-stages.
    ComposingAfter,
    /// Its after-stages run.
    After,
    /// Its definition is asked what cleans up.
    ComposingOnFailure,
    /// Its on-failure stages run.
    OnFailure,
    /// It is over.
    Done,
}

/// When a task's next step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wake {
    /// A step is under way.
    Stepping,
    /// At that time, or when the stage is changed from outside.
    At(Timestamp),
    /// Only when the stage is changed from outside, or at its time-out.
    OnChange,
}

/// The task that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskRun {
    /// The task's id in its stage.
    pub task: String,
    /// When it started, for back-off and time-out: pauses are added.
    pub started: Timestamp,
    /// When its next step is due.
    pub wake: Wake,
    /// Whether the stage was changed from outside while a step was under way, which may not have seen it.
    #[serde(default)]
    pub changed: bool,
    /// How long it may take and how rarely it may be looked at.
    #[serde(default)]
    pub limits: TaskLimits,
    /// How many steps failed transiently in a row.
    #[serde(default)]
    pub failures: u32,
}

/// How far the planner is with a stage; stored with it, not shown to clients.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Run {
    /// The phase.
    pub phase: Phase,
    /// Grows when what is under way does not count any more: the stage was cancelled, or changed while it was composed.
    pub generation: u32,
    /// The limits of its tasks, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<TaskLimits>,
    /// The task that runs, in the phase of tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskRun>,
    /// When its definition is asked again, after it failed transiently.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask_again: Option<Timestamp>,
    /// How often in a row its definition failed transiently.
    pub failures: u32,
    /// How the stage will end once its on-failure stages are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<Status>,
}

impl Run {
    /// Whether the stage's definition is asked for something.
    pub fn is_composing(&self) -> bool {
        matches!(self.phase, Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure)
    }
}

/// A stage with its run.
#[derive(Debug, Clone, PartialEq)]
pub struct StageState {
    /// What clients see.
    pub stage: Arc<Stage>,
    /// How far the planner is.
    pub run: Run,
}

/// An execution in memory.
#[derive(Debug, Clone)]
pub struct State {
    head: Arc<Execution>,
    stages: Vec<StageState>,
    family: Family,
    head_changed: bool,
    changed: BTreeSet<usize>,
    revision: u64,
}

/// Who is who among the stages: their relations never change, they are only added.
#[derive(Debug, Clone, Default)]
struct Family {
    /// Places by id.
    ids: HashMap<String, usize>,
    /// Places by ref id: synthetic stages of different parents may share one.
    ref_ids: HashMap<String, Vec<usize>>,
    /// Places of synthetic stages by their parent's id.
    children: HashMap<String, Vec<usize>>,
}

impl Family {
    fn add(&mut self, place: usize, stage: &Stage) {
        self.ids.insert(stage.id.clone(), place);
        if let Some(ref_id) = &stage.ref_id {
            self.ref_ids.entry(ref_id.clone()).or_default().push(place);
        }
        if let Some(parent) = &stage.parent_stage_id {
            self.children.entry(parent.clone()).or_default().push(place);
        }
    }
}

impl State {
    /// A new execution: its stages have not begun.
    pub fn new(mut execution: Execution) -> Self {
        let stages = std::mem::take(&mut execution.stages);
        let stages = stages.into_iter().map(|stage| StageState { stage: Arc::new(stage), run: Run::default() });
        State::restore(execution, stages.collect())
    }

    /// An execution as it was stored.
    pub fn restore(head: Execution, stages: Vec<StageState>) -> Self {
        let mut family = Family::default();
        for (place, state) in stages.iter().enumerate() {
            family.add(place, &state.stage);
        }
        State { head: Arc::new(head), stages, family, head_changed: false, changed: BTreeSet::new(), revision: 0 }
    }

    /// The execution without its stages.
    pub fn head(&self) -> &Arc<Execution> {
        &self.head
    }

    /// The execution without its stages, to change.
    pub fn head_mut(&mut self) -> &mut Execution {
        self.head_changed = true;
        self.revision += 1;
        Arc::make_mut(&mut self.head)
    }

    /// The stages, in their order.
    pub fn stages(&self) -> &[StageState] {
        &self.stages
    }

    /// The place of the stage of that id.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.family.ids.get(id).copied()
    }

    /// The stage at that place.
    pub fn at(&self, place: usize) -> &StageState {
        &self.stages[place]
    }

    /// The stage at that place, to change what clients see.
    pub fn stage_mut(&mut self, place: usize) -> &mut Stage {
        self.changed.insert(place);
        self.revision += 1;
        Arc::make_mut(&mut self.stages[place].stage)
    }

    /// The run of the stage at that place, to change.
    pub fn run_mut(&mut self, place: usize) -> &mut Run {
        self.changed.insert(place);
        self.revision += 1;
        &mut self.stages[place].run
    }

    /// Adds a stage at the end; lists sort by requisites, so its place there does not matter.
    pub fn push(&mut self, stage: Stage) {
        let place = self.stages.len();
        self.family.add(place, &stage);
        self.stages.push(StageState { stage: Arc::new(stage), run: Run::default() });
        self.changed.insert(place);
        self.revision += 1;
    }

    /// Grows with every change: equal revisions of one state are equal content.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The places of the synthetic stages of the stage at that place.
    pub fn children(&self, place: usize, owner: SyntheticOwner) -> Vec<usize> {
        let children = self.family.children.get(&self.stages[place].stage.id).into_iter().flatten().copied();
        children.filter(|&child| self.stages[child].stage.synthetic_stage_owner == Some(owner)).collect()
    }

    /// The siblings of the stage at that place that have this ref id.
    pub fn siblings(&self, place: usize, ref_id: &str) -> impl Iterator<Item = &StageState> {
        let parent = &self.stages[place].stage.parent_stage_id;
        let named = self.family.ref_ids.get(ref_id).into_iter().flatten().map(|&other| &self.stages[other]);
        named.filter(move |other| other.stage.parent_stage_id == *parent)
    }

    /// The place of the parent of a synthetic stage.
    pub fn parent(&self, place: usize) -> Option<usize> {
        self.place(self.stages[place].stage.parent_stage_id.as_deref()?)
    }

    /// Whether the execution is over.
    pub fn is_over(&self) -> bool {
        self.head.status.is_complete()
    }

    /// Whether anything is under way that comes back as an event by itself.
    pub fn is_busy(&self) -> bool {
        self.stages.iter().any(|StageState { run, .. }| {
            (run.is_composing() && run.ask_again.is_none())
                || run.task.as_ref().is_some_and(|task| task.wake == Wake::Stepping)
        })
    }

    /// When the planner wants to be woken: the next step of a waiting task, the end of a task's time, or the next question
    /// to a definition.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.head.status != Status::Running {
            return None;
        }
        let waiting = (0..self.stages.len()).filter_map(|place| {
            if let Some(due) = self.stages[place].run.ask_again {
                return Some(due);
            }
            let run = self.stages[place].run.task.as_ref()?;
            let step = match run.wake {
                Wake::Stepping => return None,
                Wake::At(due) => Some(due),
                Wake::OnChange => None,
            };
            [step, super::step::deadline(self, place)].into_iter().flatten().min()
        });
        waiting.min()
    }

    /// What changed since the last call: whether the head did, and the places of the stages.
    pub fn take_changes(&mut self) -> (bool, Vec<usize>) {
        let stages = std::mem::take(&mut self.changed).into_iter().collect();
        (std::mem::take(&mut self.head_changed), stages)
    }

    /// The whole execution as clients see it.
    pub fn to_execution(&self) -> Execution {
        let stages = self.stages.iter().map(|state| (*state.stage).clone()).collect();
        Execution { stages, ..(*self.head).clone() }
    }
}
