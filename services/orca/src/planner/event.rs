//! What happens to an execution, and what is to be done about it.

use gennaker_orca_stages::{Composition, NewStage, TaskError, TaskResult};
use gennaker_wire::Object;
use serde::{Deserialize, Serialize};

/// Something that happened. Recorded as it is, so that an execution can be replayed through the planner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "event")]
pub enum Event {
    /// The execution may begin.
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
            Event::Begin => "begin",
            Event::Composed { .. } => "composed",
            Event::Skipped { .. } => "skipped",
            Event::ComposedAfter { .. } => "composedAfter",
            Event::ComposedOnFailure { .. } => "composedOnFailure",
            Event::Stepped { .. } => "stepped",
            Event::Woken => "woken",
            Event::Recovered => "recovered",
            Event::Signalled(_) => "signalled",
        }
    }
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
    },
    /// Ends it and whatever is under way as `CANCELED` at once, without cleaning up: for an administrator, when nothing else helps.
    ForceCancel {
        /// Who.
        user: String,
        /// Why.
        reason: String,
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
            | Action::Abandon { stage } => stage,
        }
    }
}
