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
    /// Grows when the stage is restarted: what was under way before does not count any more.
    pub generation: u32,
    /// The limits of its tasks, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<TaskLimits>,
    /// The task that runs, in the phase of tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskRun>,
    /// How the stage will end once its on-failure stages are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<Status>,
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
    index: HashMap<String, usize>,
    head_changed: bool,
    changed: BTreeSet<usize>,
    revision: u64,
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
        let index = stages.iter().enumerate().map(|(place, state)| (state.stage.id.clone(), place)).collect();
        State { head: Arc::new(head), stages, index, head_changed: false, changed: BTreeSet::new(), revision: 0 }
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
        self.index.get(id).copied()
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
        self.index.insert(stage.id.clone(), place);
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
        let id = self.stages[place].stage.id.as_str();
        let matches = |state: &StageState| {
            state.stage.parent_stage_id.as_deref() == Some(id) && state.stage.synthetic_stage_owner == Some(owner)
        };
        (0..self.stages.len()).filter(|&child| matches(&self.stages[child])).collect()
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
        self.stages.iter().any(|state| {
            matches!(state.run.phase, Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure)
                || state.run.task.as_ref().is_some_and(|task| task.wake == Wake::Stepping)
        })
    }

    /// When the planner wants to be woken: the next step of a waiting task, or the end of a task's time.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.head.status != Status::Running {
            return None;
        }
        let waiting = (0..self.stages.len()).filter_map(|place| {
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
