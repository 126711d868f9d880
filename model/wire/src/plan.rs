//! What something would do, without doing it: a pipeline, a stage, a task, an operation on a cloud.
//!
//! One shape for all of them, one within the other: a pipeline's steps are its stages in the order in which they may run, a
//! stage's are its tasks, and the stages before its tasks stand in `before`. An operation's steps are the changes that it
//! would make. Whoever knows what a thing would do fills in the plan of it; nobody changes anything for it.
//!
//! It says what can be known ahead. What a stage does after its tasks depends on what they find out: it is in it where its
//! definition can say what that will be if they succeed, such as what a deployment's strategy does.

use gennaker_base::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Object;

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Planned {
    /// A pipeline: its steps are stages.
    #[default]
    Pipeline,
    /// A stage: its steps are tasks.
    Stage,
    /// A task of a stage.
    Task,
    /// An operation on a cloud: its steps are changes.
    Operation,
    /// One thing that would be created, changed or removed: `type` says what is done, for example `create`, and `name` to
    /// what, for example `server group shop-v003`.
    Change,
}

/// What would come of it, as far as it can be said now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Nothing speaks against it.
    #[default]
    Runs,
    /// It would run, but wait first.
    Waits,
    /// Its own condition leaves it out.
    Skipped,
    /// It could not run: its remarks say why.
    Fails,
    /// It would never be reached, because of what stands before it.
    Unreached,
    /// It could not be looked at.
    Unknown,
}

/// How much a remark weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// It could not run because of this.
    Problem,
    /// It may fail because of this; it depends on what is not known yet.
    Doubt,
    /// Worth knowing.
    #[default]
    Note,
}

/// Something to know about what is planned.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Remark {
    /// How much it weighs.
    pub severity: Severity,
    /// A sentence for the author.
    pub message: String,
}

/// An expression that has no value yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Unresolved {
    /// The expression, without `${` and `}`.
    pub expression: String,
    /// Why it has none.
    pub reason: String,
}

/// What would be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitsFor {
    /// A place among the runs of the same pipeline.
    Place,
    /// An execution window.
    Window,
    /// A time.
    #[default]
    Time,
    /// A person.
    Person,
}

/// A wait.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlannedWait {
    /// For what.
    #[serde(rename = "for")]
    pub waits_for: WaitsFor,
    /// Until when, if it were reached now; `None` if that cannot be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The ids of the executions that must end first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub behind: Vec<String>,
    /// A sentence.
    pub message: String,
}

/// What something would do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Plan {
    /// What is planned.
    pub of: Planned,
    /// The type of a stage, the class of a task, the name of an operation.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A stage's id within its pipeline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_id: Option<String>,
    /// The ref ids of the stages that must end first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requisite_stage_ref_ids: Vec<String>,
    /// What would come of it.
    pub outcome: Outcome,
    /// What there is to say about it, the weightiest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Remark>,
    /// What it would wait for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<PlannedWait>,
    /// Its expressions that have no value yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unresolved: Vec<Unresolved>,
    /// A stage's settings, evaluated as far as that can be done now; how a change would leave the thing.
    #[serde(skip_serializing_if = "Object::is_empty")]
    pub settings: Object,
    /// How long a task may take, in milliseconds; `None` is without limit, or not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The stages before a stage's tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Plan>,
    /// The stages after a stage's tasks that are expected, if the tasks succeed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Plan>,
    /// The stages of a pipeline, the tasks of a stage, or the changes of an operation, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Plan>,
}

impl Plan {
    /// Adds a remark; a problem makes it fail.
    pub fn remark(&mut self, severity: Severity, message: impl Into<String>) {
        if severity == Severity::Problem {
            self.outcome = Outcome::Fails;
        }
        let weight = |severity: Severity| severity as u8;
        let place = self.remarks.iter().position(|other| weight(other.severity) > weight(severity));
        let remark = Remark { severity, message: message.into() };
        self.remarks.insert(place.unwrap_or(self.remarks.len()), remark);
    }

    /// Whether any part of it could not run.
    pub fn fails(&self) -> bool {
        self.outcome == Outcome::Fails || self.before.iter().chain(&self.steps).chain(&self.after).any(Plan::fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stands_first_and_makes_it_fail() {
        let mut plan = Plan::default();
        plan.remark(Severity::Note, "note");
        plan.remark(Severity::Doubt, "doubt");
        assert!(!plan.fails());
        plan.remark(Severity::Problem, "problem");
        plan.remark(Severity::Doubt, "second doubt");
        let messages: Vec<_> = plan.remarks.iter().map(|remark| remark.message.as_str()).collect();
        assert_eq!(messages, ["problem", "doubt", "second doubt", "note"]);
        let whole = Plan { steps: vec![Plan { before: vec![plan], ..Plan::default() }], ..Plan::default() };
        assert!(whole.fails());
    }

    #[test]
    fn what_is_not_known_is_left_out_of_the_json() {
        let plan = Plan { kind: Some("wait".into()), of: Planned::Stage, ..Plan::default() };
        let json = serde_json::to_value(&plan).expect("JSON");
        assert_eq!(json, serde_json::json!({"of": "STAGE", "type": "wait", "outcome": "RUNS"}));
        assert_eq!(serde_json::from_value::<Plan>(json).expect("a plan"), plan);
    }
}
