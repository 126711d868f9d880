//! An execution as its owner keeps it in memory: what clients see, and beside each stage how far the planner is with it.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use gennaker_base::Timestamp;
use gennaker_orca_stages::TaskLimits;
use gennaker_wire::{Execution, Stage, Status, SyntheticOwner};
use serde::{Deserialize, Serialize};

use super::{Phase, family::Family};

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
    /// Its time is over, and it is asked what it makes of that.
    TimingOut,
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
    /// How the stage will end once its on-failure stages, or its clean-up, are over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing: Option<Status>,
    /// The task that is undoing what it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undoing: Option<String>,
    /// Whether the stage has something to undo when it halts.
    #[serde(skip_serializing_if = "is_false")]
    pub cleans_up: bool,
    /// Whether it ended before a restart of another stage: it is not what ends the execution now.
    #[serde(skip_serializing_if = "is_false")]
    pub before_restart: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Run {
    /// Whether the stage's definition is asked for something.
    pub fn is_asked(&self) -> bool {
        matches!(self.phase, Phase::Composing | Phase::ComposingAfter | Phase::ComposingOnFailure | Phase::CleaningUp)
    }
}

/// A stage with its run.
#[derive(Debug, Clone, PartialEq)]
pub struct StageState {
    /// What clients see.
    pub stage: Arc<Stage>,
    /// How far the planner is.
    pub run: Run,
    /// Its place in the order of the execution's rows: higher than those of all stages that were there before it.
    pub position: u32,
}

/// What changed in a state since it was last asked.
#[derive(Debug, Default)]
pub struct Changes {
    /// Whether the head did.
    pub head: bool,
    /// The places of the stages that did, or are new.
    pub stages: Vec<usize>,
    /// The ids of the stages that are gone.
    pub removed: Vec<String>,
}

/// An execution in memory.
#[derive(Debug, Clone)]
pub struct State {
    head: Arc<Execution>,
    stages: Vec<StageState>,
    family: Family,
    head_changed: bool,
    changed: BTreeSet<usize>,
    removed: Vec<String>,
    /// The places at which something happened since the planner last looked at what can go on.
    touched: BTreeSet<usize>,
    revision: u64,
}

impl State {
    /// A new execution: its stages have not begun.
    pub fn new(mut execution: Execution) -> Self {
        let stages = std::mem::take(&mut execution.stages);
        let stages = stages.into_iter().zip(0..);
        let stages = stages.map(|(stage, position)| StageState { stage: stage.into(), run: Run::default(), position });
        State::restore(execution, stages.collect())
    }

    /// An execution as it was stored.
    pub fn restore(head: Execution, stages: Vec<StageState>) -> Self {
        State {
            head: Arc::new(head),
            family: Family::of(&stages),
            stages,
            head_changed: false,
            changed: BTreeSet::new(),
            removed: Vec::new(),
            touched: BTreeSet::new(),
            revision: 0,
        }
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
        self.family.place(id)
    }

    /// The stage at that place.
    pub fn at(&self, place: usize) -> &StageState {
        &self.stages[place]
    }

    /// The stage at that place, to change what clients see.
    pub fn stage_mut(&mut self, place: usize) -> &mut Stage {
        self.note_change(place);
        Arc::make_mut(&mut self.stages[place].stage)
    }

    /// The run of the stage at that place, to change.
    pub fn run_mut(&mut self, place: usize) -> &mut Run {
        self.note_change(place);
        &mut self.stages[place].run
    }

    /// The stage at that place turns to another phase.
    pub(super) fn enter(&mut self, place: usize, phase: Phase) {
        let former = std::mem::replace(&mut self.run_mut(place).phase, phase);
        debug_assert!(former.may_turn_to(phase), "no stage turns from {former:?} to {phase:?}");
        #[cfg(test)]
        super::tests::coverage::note(former, phase);
    }

    fn note_change(&mut self, place: usize) {
        self.changed.insert(place);
        self.touched.insert(place);
        self.revision += 1;
    }

    /// Adds a stage at the end; lists sort by requisites, so its place there does not matter.
    pub fn push(&mut self, stage: Stage) {
        let place = self.stages.len();
        self.family.add(place, &stage);
        let position = self.stages.last().map_or(0, |last| last.position + 1);
        self.stages.push(StageState { stage: Arc::new(stage), run: Run::default(), position });
        self.note_change(place);
    }

    /// Takes out the synthetic stages of the stage of that id which `goes` chooses, each with all of its own.
    pub fn remove_children(&mut self, parent: &str, goes: impl Fn(&Stage) -> bool) {
        let mut parents: HashSet<String> = HashSet::new();
        let mut going: HashSet<String> = HashSet::new();
        let children = self.stages.iter().filter(|state| state.stage.parent_stage_id.as_deref() == Some(parent));
        going.extend(children.filter(|state| goes(&state.stage)).map(|state| state.stage.id.clone()));
        while parents.len() < going.len() {
            parents = going.clone();
            let below = self
                .stages
                .iter()
                .map(|state| &state.stage)
                .filter(|stage| stage.parent_stage_id.as_ref().is_some_and(|parent| parents.contains(parent)));
            going.extend(below.map(|stage| stage.id.clone()));
        }
        if going.is_empty() {
            return;
        }
        let ids = |places: &BTreeSet<usize>, stages: &[StageState]| -> Vec<String> {
            places.iter().map(|&place| stages[place].stage.id.clone()).collect()
        };
        let (changed, touched) = (ids(&self.changed, &self.stages), ids(&self.touched, &self.stages));
        self.stages.retain(|state| !going.contains(&state.stage.id));
        self.family = Family::of(&self.stages);
        self.changed = changed.iter().filter_map(|id| self.place(id)).collect();
        self.touched = touched.iter().filter_map(|id| self.place(id)).collect();
        self.removed.extend(going);
        self.revision += 1;
    }

    /// The places at which something happened since the last call, with those that it may concern: parents, synthetic stages,
    /// and the stages that wait for them.
    pub(super) fn take_touched(&mut self) -> BTreeSet<usize> {
        let touched = std::mem::take(&mut self.touched);
        let mut concerned = touched.clone();
        for place in touched {
            concerned.extend(self.family.children_of(&self.stages[place].stage.id));
            concerned.extend(self.parent(place));
            concerned.extend(self.downstream(place));
        }
        concerned
    }

    /// From now on everything may go on.
    pub(super) fn touch_all(&mut self) {
        self.touched = (0..self.stages.len()).collect();
    }

    /// The places of the stages that wait for the stage at that place.
    pub fn downstream(&self, place: usize) -> Vec<usize> {
        let stage = &self.stages[place].stage;
        let Some(ref_id) = &stage.ref_id else { return Vec::new() };
        let waiting = self
            .family
            .waiting_for(ref_id)
            .filter(|&other| self.stages[other].stage.parent_stage_id == stage.parent_stage_id);
        waiting.collect()
    }

    /// Grows with every change: equal revisions of one state are equal content.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The places of the synthetic stages of the stage at that place.
    pub fn children(&self, place: usize, owner: SyntheticOwner) -> Vec<usize> {
        let children = self.family.children_of(&self.stages[place].stage.id);
        children.filter(|&child| self.stages[child].stage.synthetic_stage_owner == Some(owner)).collect()
    }

    /// The siblings of the stage at that place that have this ref id.
    pub fn siblings(&self, place: usize, ref_id: &str) -> impl Iterator<Item = &StageState> {
        let parent = &self.stages[place].stage.parent_stage_id;
        let named = self.family.named(ref_id).map(|other| &self.stages[other]);
        named.filter(move |other| other.stage.parent_stage_id == *parent)
    }

    /// The place of the parent of a synthetic stage.
    pub fn parent(&self, place: usize) -> Option<usize> {
        self.place(self.stages[place].stage.parent_stage_id.as_deref()?)
    }

    /// Whether it may run only while it has a place among the runs of its pipeline: `limitConcurrent`,
    /// `maxConcurrentExecutions`.
    pub fn needs_place(&self) -> bool {
        let head = &self.head;
        head.pipeline_config_id.is_some() && (head.limit_concurrent || head.max_concurrent_executions > 0)
    }

    /// Whether the execution is over.
    pub fn is_over(&self) -> bool {
        self.head.status.is_complete()
    }

    /// Whether anything is under way that comes back as an event by itself.
    pub fn is_busy(&self) -> bool {
        self.stages.iter().any(|StageState { run, .. }| {
            (run.is_asked() && run.ask_again.is_none())
                || run.task.as_ref().is_some_and(|task| matches!(task.wake, Wake::Stepping | Wake::TimingOut))
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
                Wake::Stepping | Wake::TimingOut => return None,
                Wake::At(due) => Some(due),
                Wake::OnChange => None,
            };
            [step, super::timing::deadline(self, place)].into_iter().flatten().min()
        });
        waiting.min()
    }

    /// When the time of the running task at that place is over; `None` if none runs, or it has no limit.
    pub fn deadline(&self, place: usize) -> Option<Timestamp> {
        super::timing::deadline(self, place)
    }

    /// What changed since the last call.
    pub fn take_changes(&mut self) -> Changes {
        Changes {
            head: std::mem::take(&mut self.head_changed),
            stages: std::mem::take(&mut self.changed).into_iter().collect(),
            removed: std::mem::take(&mut self.removed),
        }
    }

    /// The whole execution as clients see it.
    pub fn to_execution(&self) -> Execution {
        let stages = self.stages.iter().map(|state| (*state.stage).clone()).collect();
        Execution { stages, ..(*self.head).clone() }
    }

    /// The same of a state that nobody needs any more: what nobody else holds is not copied.
    pub fn into_execution(self) -> Execution {
        let stages = self.stages.into_iter().map(|state| Arc::unwrap_or_clone(state.stage)).collect();
        Execution { stages, ..Arc::unwrap_or_clone(self.head) }
    }
}
