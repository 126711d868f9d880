//! What happens to an execution, and what is to be done about it.

use std::collections::BTreeMap;

use gennaker_orca_stages::{Composition, NewStage, TaskError, TaskResult};
use gennaker_wire::{Object, Stage};
use serde::{Deserialize, Serialize};

/// Something that happened. Recorded as it is, so that an execution can be replayed through the planner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "event")]
pub enum Event {
    /// The execution was accepted: the first event of each.
    Accepted {
        /// Its stages as they were then, so that it can be replayed.
        stages: Vec<Stage>,
        /// Whether it begins at once; otherwise it needs a place among the runs of its pipeline first.
        begins: bool,
    },
    /// The execution may begin: it has its place.
    Begin,
    /// A stage's definition said what it consists of.
    Composed {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// The stage's context after its evaluation, if it has expressions and is not asked again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evaluated: Option<Object>,
        /// Its answer.
        result: Result<Composition, TaskError>,
    },
    /// A stage is not to run: its own condition says so.
    Skipped {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
    },
    /// A stage's definition said what comes after its tasks.
    ComposedAfter {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// Its answer.
        result: Result<Vec<NewStage>, TaskError>,
    },
    /// A stage's definition said what cleans up after its failure.
    ComposedOnFailure {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// Its answer.
        result: Result<Vec<NewStage>, TaskError>,
    },
    /// A task made a step.
    Stepped {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// The task.
        task: String,
        /// If the task is over: the fields of the stage's context that an evaluation after it changed.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        evaluated: Object,
        /// What it found out.
        result: Result<TaskResult, TaskError>,
    },
    /// A task said what it makes of the end of its time.
    TimedOut {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// The task.
        task: String,
        /// How it ends; `None` if by the time-out.
        result: Option<TaskResult>,
    },
    /// A stage that was cancelled or failed has undone what it began, or could not.
    CleanedUp {
        /// The stage.
        stage: String,
        /// The stage's generation at that time.
        generation: u32,
        /// What it found out.
        result: Result<CleanUp, TaskError>,
    },
    /// Something outside that a stage's task waits for may have changed.
    Nudged {
        /// The stage.
        stage: String,
    },
    /// A due time has come.
    Woken,
    /// Another owner took over: what was under way is asked again.
    Recovered,
    /// A command.
    Signalled(Signal),
}

impl Event {
    /// A short word for the event row.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Accepted { .. } => "accepted",
            Event::Begin => "begin",
            Event::Composed { .. } => "composed",
            Event::Skipped { .. } => "skipped",
            Event::ComposedAfter { .. } => "composedAfter",
            Event::ComposedOnFailure { .. } => "composedOnFailure",
            Event::Stepped { .. } => "stepped",
            Event::TimedOut { .. } => "timedOut",
            Event::CleanedUp { .. } => "cleanedUp",
            Event::Nudged { .. } => "nudged",
            Event::Woken => "woken",
            Event::Recovered => "recovered",
            Event::Signalled(_) => "signalled",
        }
    }
}

/// What a clean-up found out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanUp {
    /// Fields for the stage's context.
    pub context: Object,
    /// Fields for its outputs.
    pub outputs: Object,
}

/// A command to an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "signal")]
pub enum Signal {
    /// Ends it as `CANCELED`.
    Cancel {
        /// Who.
        user: String,
        /// Why.
        reason: Option<String>,
        /// Whether it ends at once, without undoing anything.
        #[serde(default)]
        force: bool,
    },
    /// Runs a stage again, and with it what comes after it.
    Restart {
        /// Who.
        user: String,
        /// The stage; for a synthetic one the stage of the pipeline that it belongs to.
        stage: String,
        /// Fields for its context.
        #[serde(default)]
        context: Object,
        /// The contexts of the stages that are to run again, by id, as far as their definitions take something out: filled in by
        /// the engine when it takes the command.
        #[serde(default)]
        prepared: BTreeMap<String, Object>,
    },
    /// Starts nothing new until it is resumed.
    Pause {
        /// Who.
        user: String,
    },
    /// Goes on after a pause.
    Resume {
        /// Who.
        user: String,
    },
    /// Merges fields into a stage's context: a judgment, for example.
    Patch {
        /// Who.
        user: String,
        /// The accounts that the user may use.
        allowed_accounts: Vec<String>,
        /// The stage.
        stage: String,
        /// The fields.
        context: Object,
    },
}

/// What is to be done, once the state is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Ask the stage's definition what it consists of.
    Compose {
        /// The stage.
        stage: String,
    },
    /// Ask the stage's definition what comes after its tasks.
    ComposeAfter {
        /// The stage.
        stage: String,
    },
    /// Ask the stage's definition what cleans up after its failure.
    ComposeOnFailure {
        /// The stage.
        stage: String,
    },
    /// Make a step of the stage's task.
    Step {
        /// The stage.
        stage: String,
        /// The task.
        task: String,
    },
    /// Ask the stage's task what it makes of the end of its time.
    TimeOut {
        /// The stage.
        stage: String,
        /// The task.
        task: String,
    },
    /// Undo what the stage began.
    CleanUp {
        /// The stage.
        stage: String,
        /// The task that was under way, if it has something to undo.
        task: Option<String>,
    },
    /// Drop whatever is under way for the stage.
    Abandon {
        /// The stage.
        stage: String,
    },
}

impl Action {
    /// The stage that it is about.
    pub fn stage(&self) -> &str {
        match self {
            Action::Compose { stage }
            | Action::ComposeAfter { stage }
            | Action::ComposeOnFailure { stage }
            | Action::Step { stage, .. }
            | Action::TimeOut { stage, .. }
            | Action::CleanUp { stage, .. }
            | Action::Abandon { stage } => stage,
        }
    }
}
