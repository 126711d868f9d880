//! Why an execution stands where it does, for the operator: what it waits for, who owned it when, what it asked of others, and
//! what would help.
//!
//! It is made of what is recorded, and says nothing of what it does not know: a name that is `None` is not recorded. Sentences have
//! no times in them; times stand beside them.

mod stage;

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use self::stage::{StageFailure, StageName, StageWait, StageWaitKind, TaskName};
use crate::{ExecutionKind, Replayed, Status};

/// How the execution stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It is over, and did what it should.
    Succeeded,
    /// It is over, and did not.
    Failed,
    /// It goes on.
    #[default]
    Running,
    /// It waits for a time, a person or something outside, as it should.
    Waiting,
    /// A person holds it.
    Paused,
    /// It waits for a place among the runs of its pipeline.
    Queued,
    /// Something fails and is tried again.
    Retrying,
    /// It should go on, and nobody drives it.
    Unowned,
    /// It should have gone on some time ago.
    Overdue,
}

impl Verdict {
    /// Whether somebody has to do something about it.
    pub fn needs_attention(self) -> bool {
        matches!(self, Verdict::Failed | Verdict::Retrying | Verdict::Unowned | Verdict::Overdue)
    }
}

/// What it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    /// The execution.
    pub id: String,
    /// What it runs.
    #[serde(rename = "type")]
    pub kind: ExecutionKind,
    /// The application.
    pub application: String,
    /// The pipeline's name, or the task's description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The pipeline's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_config_id: Option<String>,
    /// The type of what started it, for example `manual`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    /// Who started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Timestamp>,
    /// When its first stage started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Stages of the pipeline, synthetic ones left out: how many are over, under way, and to come.
    pub stages: Counts,
}

/// Stages of the pipeline by how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Counts {
    /// Over.
    pub over: usize,
    /// Under way.
    pub under_way: usize,
    /// Not begun.
    pub to_come: usize,
}

/// What holds the execution as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CauseKind {
    /// A person paused it.
    Paused,
    /// It waits for a place among the runs of its pipeline.
    Place,
    /// Nobody owns it, and it can be claimed.
    #[default]
    Claimable,
    /// Its owner is dead.
    DeadOwner,
    /// No node lives that could drive it.
    NoNode,
    /// A command is recorded that nobody has taken.
    Command,
    /// Nothing is under way and nothing can start.
    Nothing,
}

/// Why the execution as a whole does not go on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cause {
    /// What it is.
    pub kind: CauseKind,
    /// A sentence.
    pub message: String,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The executions that it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub executions: Vec<String>,
}

/// A node in one of its lives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeLife {
    /// Its epoch.
    pub epoch: u64,
    /// Its name, if it is known: the store keeps the names of present owners and living nodes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Whether it lives.
    pub lives: bool,
    /// When its lease ends unless it is renewed, by the store's clock; `None` if it is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease_ends: Option<Timestamp>,
}

/// A time in which one owner recorded what happened.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tenure {
    /// The owner.
    pub owner: NodeLife,
    /// The number of the first event that it recorded.
    pub first: u64,
    /// The number of the last one.
    pub last: u64,
    /// When it recorded the first one.
    pub from: Timestamp,
    /// When it recorded the last one.
    pub until: Timestamp,
}

/// Who owns it, and who did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ownership {
    /// The present owner; `None` if nobody owns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<NodeLife>,
    /// When it is claimed, if nobody owns it and nothing else happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Who owned it when, the first one first; what the creation recorded has no owner and is left out.
    pub tenures: Vec<Tenure>,
    /// The nodes that live now.
    pub nodes: Vec<NodeLife>,
}

/// What a task, or a clean-up, asked of others under one key.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AskedCall {
    /// The stage.
    pub stage: StageName,
    /// The task; none for a clean-up of the whole stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskName>,
    /// The id of its one side effect, the same over every repetition.
    pub request_id: String,
    /// Under which fences it was sent, `<execution>/<epoch>`, the first one first.
    pub fences: Vec<String>,
    /// How many steps have a recorded result.
    pub steps: u64,
    /// When the first step was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// When the last result was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How the last step ended: a status, or `FAILED` if it ended with an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The last step's error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A command to the execution.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenCommand {
    /// When it was taken, or, if it was not yet, recorded.
    pub at: Timestamp,
    /// The number of its event; `None` if nobody has taken it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Who gave it.
    pub user: String,
    /// What it says, for example `cancel`.
    pub command: String,
    /// The stage that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageName>,
    /// Its reason, or the names of the fields that it sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A call of the HTTP API.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HttpCall {
    /// The method.
    pub method: String,
    /// The path, at gate and at orca.
    pub path: String,
    /// The JSON body.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
}

/// Something that would help.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Remedy {
    /// What it does.
    pub message: String,
    /// The words after `gennaker` that do it, if the program can.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// The call that does it, if there is no command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<HttpCall>,
}

/// What is recorded of it, and whether today's planner makes the same of it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// How many events are recorded.
    pub events: u64,
    /// When the last one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// What came of the replay; `None` if it cannot be replayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<Replayed>,
    /// What cannot be read or replayed of it, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// Why an execution stands where it does.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Diagnosis {
    /// When it was made.
    pub at: Timestamp,
    /// What it is of.
    pub subject: Subject,
    /// How it stands, in one word.
    pub verdict: Verdict,
    /// How it stands, in one sentence.
    pub summary: String,
    /// Why it does not go on as a whole.
    pub causes: Vec<Cause>,
    /// The stages under way, and what each waits for.
    pub waits: Vec<StageWait>,
    /// The stages that did not succeed.
    pub failures: Vec<StageFailure>,
    /// What would help, the likeliest first.
    pub remedies: Vec<Remedy>,
    /// Who owns it, and who did.
    pub ownership: Ownership,
    /// What its tasks asked of others.
    pub calls: Vec<AskedCall>,
    /// What its clean-ups asked of others.
    pub clean_ups: Vec<AskedCall>,
    /// The commands that it got.
    pub commands: Vec<GivenCommand>,
    /// What is recorded of it.
    pub record: Record,
}
