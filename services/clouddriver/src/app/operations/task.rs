//! A task: what it does, how far it is, and what clients see of it. Pure; the writer stores it.
//!
//! Words and shapes are upstream's (`DefaultOrchestrationProcessor`, `DefaultTask`). Format 1: the row's body is [`Body`].

use std::fmt::Write as _;

use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api as provider;
use gennaker_store::{Execution as Stored, Head, Owner};
use gennaker_wire::{Object, ObjectExt, Operation, OperationStatus, OperationTask};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Error;

/// The kind of the rows.
pub(super) const KIND: &str = "operation";
/// The format that this version writes, and the highest that it reads.
pub(super) const FORMAT: u32 = 1;
/// The status of rows whose task is not over.
pub(super) const RUNNING: &str = "RUNNING";

/// The phase of the lines that are not a provider's.
const PHASE: &str = "ORCHESTRATION";
/// How many lines are kept; beyond that older ones go, but for the first few.
const LINES: usize = 500;
const FIRST_LINES: usize = 50;

/// A task.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Task {
    pub(super) id: String,
    created: Timestamp,
    ended: Option<Timestamp>,
    body: Body,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    request: Option<String>,
    owner: Option<String>,
    steps: Vec<Step>,
    history: Vec<OperationStatus>,
    failure: Option<Object>,
}

/// One operation of the task.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Step {
    /// The cloud.
    pub(super) provider: String,
    name: String,
    description: Object,
    begun: bool,
    /// What was decided while it ran.
    pub(super) decisions: Object,
    /// What it found out, once it is done.
    outcome: Option<Object>,
}

impl Step {
    /// An operation that has not begun.
    pub(super) fn new(provider: &str, operation: Operation) -> Self {
        let Operation { name, description } = operation;
        Step { provider: provider.to_owned(), name, description, ..Step::default() }
    }

    /// What to do.
    pub(super) fn operation(&self) -> Operation {
        Operation { name: self.name.clone(), description: self.description.clone() }
    }
}

impl Task {
    /// A task that was just accepted.
    pub(super) fn new(id: String, request: Option<String>, steps: Vec<Step>, now: Timestamp) -> Self {
        let first = status(PHASE, "Initializing Orchestration Task");
        let body = Body { request, owner: None, steps, history: vec![first], failure: None };
        Task { id, created: now, ended: None, body }
    }

    /// The task that a row holds.
    pub(super) fn read(stored: &Stored) -> Result<Self, Error> {
        let Head { id, created, ended, body, .. } = &stored.head;
        let body =
            serde_json::from_str(body).map_err(|error| Error::Record { id: id.clone(), reason: error.to_string() })?;
        Ok(Task { id: id.clone(), created: *created, ended: *ended, body })
    }

    /// The row that holds the task.
    pub(super) fn head(&self) -> Result<Head, Error> {
        let body = serde_json::to_string(&self.body)
            .map_err(|error| Error::Record { id: self.id.clone(), reason: error.to_string() })?;
        let names: Vec<_> = self.body.steps.iter().map(|step| step.name.as_str()).collect();
        Ok(Head {
            id: self.id.clone(),
            kind: KIND.to_owned(),
            group: self.application(),
            definition: None,
            name: Some(names.join(", ")),
            status: match self.status() {
                OperationStatus { failed: true, .. } => "TERMINAL",
                OperationStatus { completed: true, .. } => "SUCCEEDED",
                _ => RUNNING,
            }
            .to_owned(),
            created: self.created,
            started: Some(self.created),
            ended: self.ended,
            format: FORMAT,
            body,
        })
    }

    /// The task as clients see it.
    pub(super) fn to_wire(&self) -> OperationTask {
        let outcomes = self.body.steps.iter().filter_map(|step| step.outcome.clone());
        OperationTask {
            id: self.id.clone(),
            status: self.status().clone(),
            history: self.body.history.clone(),
            result_objects: outcomes.filter(|outcome| !outcome.is_empty()).chain(self.body.failure.clone()).collect(),
            outputs: Vec::new(),
            start_time_ms: self.created,
            owner_id: self.body.owner.clone(),
            request_id: self.body.request.clone(),
        }
    }

    /// Its owner from now on.
    pub(super) fn belongs_to(&mut self, owner: &Owner) {
        let name = format!("{}@{}", owner.epoch.0, owner.node);
        let before = self.body.owner.replace(name.clone());
        if let Some(before) = before.filter(|before| *before != name && !self.is_over()) {
            self.line(PHASE, format!("Re-assigning task from: {before} to: {name}"));
        }
    }

    /// The place of the first operation that is not done; `None` if all are, or the task is over.
    pub(super) fn next_step(&self) -> Option<usize> {
        if self.is_over() {
            return None;
        }
        self.body.steps.iter().position(|step| step.outcome.is_none())
    }

    /// The operation at that place.
    pub(super) fn step(&self, place: usize) -> Option<&Step> {
        self.body.steps.get(place)
    }

    /// What it does, in order.
    pub(super) fn operations(&self) -> Vec<Operation> {
        self.body.steps.iter().map(Step::operation).collect()
    }

    /// Whether it is over.
    pub(super) fn is_over(&self) -> bool {
        self.status().completed
    }

    /// Whether it failed and may be resumed.
    pub(super) fn is_retryable(&self) -> bool {
        self.status().failed && self.status().retryable
    }

    /// Notes that an operation begins; a second time changes nothing.
    pub(super) fn begin(&mut self, place: usize) {
        let Some(step) = self.body.steps.get_mut(place).filter(|step| !step.begun) else { return };
        step.begun = true;
        let line = format!("Processing op: {}", step.name);
        self.line(PHASE, line);
    }

    /// Adds a provider's line; says whether it is a new one.
    pub(super) fn progress(&mut self, progress: provider::Progress) -> bool {
        self.line(progress.phase, progress.status)
    }

    /// The value that stands under `key`: an earlier one, else `value`.
    pub(super) fn decide(&mut self, place: usize, key: &str, value: Value) -> Value {
        match self.body.steps.get_mut(place) {
            Some(step) => step.decisions.entry(key).or_insert(value).clone(),
            None => value,
        }
    }

    /// Notes an operation's outcome; after the last one the task is over.
    pub(super) fn finish(&mut self, place: usize, outcome: provider::Outcome, now: Timestamp) {
        if let Some(step) = self.body.steps.get_mut(place) {
            step.outcome = Some(outcome.result);
        }
        self.line(PHASE, "Orchestration completed.".to_owned());
        if self.next_step().is_none() {
            self.end(OperationStatus { completed: true, ..self.status().clone() }, now);
        }
    }

    /// Notes that an operation failed: the task is over.
    pub(super) fn fail(&mut self, place: usize, error: &provider::Error, now: Timestamp) {
        let name = self.body.steps.get(place).map(|step| step.name.clone()).unwrap_or_default();
        let retryable = error.kind.is_transient();
        let mut line = format!("Orchestration failed: {name} | {}: [{}]", class(error.kind), error.message);
        if retryable {
            let _infallible = write!(line, " (it may be resumed)");
        }
        self.line(PHASE, line);
        self.body.failure = Some(failure(&name, error));
        self.end(OperationStatus { completed: true, failed: true, retryable, ..self.status().clone() }, now);
    }

    /// Takes a failed task up again; says whether it was one that may be.
    pub(super) fn resume(&mut self) -> bool {
        if !self.is_retryable() {
            return false;
        }
        self.ended = None;
        self.body.failure = None;
        self.body.history.push(status(PHASE, "Re-initializing Orchestration Task (failure is retryable)"));
        true
    }

    fn end(&mut self, last: OperationStatus, now: Timestamp) {
        self.ended = Some(now);
        self.body.history.push(last);
    }

    /// Adds a line unless it repeats the last one.
    fn line(&mut self, phase: &str, text: String) -> bool {
        let line = OperationStatus { phase: phase.to_owned(), status: text, ..self.status().clone() };
        if *self.status() == line {
            return false;
        }
        if self.body.history.len() >= LINES {
            self.body.history.remove(FIRST_LINES);
        }
        self.body.history.push(line);
        true
    }

    fn status(&self) -> &OperationStatus {
        static NONE: OperationStatus = OperationStatus {
            phase: String::new(),
            status: String::new(),
            completed: false,
            failed: false,
            retryable: false,
        };
        self.body.history.last().unwrap_or(&NONE)
    }

    /// The application that it is for: what lists of tasks group by.
    fn application(&self) -> String {
        let named = |description: &Object| {
            let moniker = description.object("moniker").and_then(|moniker| moniker.text("app"));
            description.text("application").or(moniker)
        };
        self.body.steps.iter().find_map(|step| named(&step.description)).unwrap_or_default()
    }
}

fn status(phase: &str, text: &str) -> OperationStatus {
    OperationStatus { phase: phase.to_owned(), status: text.to_owned(), ..OperationStatus::default() }
}

/// The result object of a failure: upstream's `ExceptionSummary` with its additions.
fn failure(operation: &str, error: &provider::Error) -> Object {
    let fields = [
        ("type", json!("EXCEPTION")),
        ("operation", json!(operation)),
        ("cause", json!(error.details.as_deref().unwrap_or(&error.message))),
        ("message", json!(error.message)),
        ("details", json!(error.details)),
        ("retryable", json!(error.kind.is_transient())),
        ("kind", json!(error.kind)),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The word of upstream's status lines for what went wrong.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::NotFound => "NotFoundException",
        Kind::Conflict => "ConflictException",
        Kind::Invalid => "InvalidRequestException",
        Kind::Denied => "AccessDeniedException",
        Kind::Unsupported => "UnsupportedOperationException",
        Kind::TooLarge => "TooLargeException",
        Kind::Unavailable => "UnavailableException",
        Kind::Timeout => "TimeoutException",
        Kind::Fenced => "FencedException",
        Kind::Bug => "InternalError",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(operations: &[&str]) -> Task {
        let step = |name: &&str| {
            let description: Object = serde_json::from_value(json!({"moniker": {"app": "shop"}})).expect("an object");
            Step::new("local", Operation { name: (*name).to_owned(), description })
        };
        Task::new("T".into(), Some("r".into()), operations.iter().map(step).collect(), Timestamp::from_millis(1))
    }

    fn lines(task: &Task) -> Vec<String> {
        task.to_wire().history.into_iter().map(|line| line.status).collect()
    }

    #[test]
    fn a_task_is_over_after_its_last_operation_and_survives_its_row() {
        let mut task = task(&["upsertLoadBalancer", "createServerGroup"]);
        for place in 0..2 {
            assert_eq!(task.next_step(), Some(place));
            task.begin(place);
            task.begin(place);
            let result = serde_json::from_value(json!({"place": place})).expect("an object");
            task.finish(place, provider::Outcome { result }, Timestamp::from_millis(9));
        }
        assert_eq!(task.next_step(), None);
        let shown = task.to_wire();
        assert!(shown.status.completed && !shown.status.failed);
        assert_eq!(serde_json::to_value(&shown.result_objects).expect("JSON"), json!([{"place": 0}, {"place": 1}]));
        assert_eq!(
            lines(&task),
            [
                "Initializing Orchestration Task",
                "Processing op: upsertLoadBalancer",
                "Orchestration completed.",
                "Processing op: createServerGroup",
                "Orchestration completed.",
                "Orchestration completed.",
            ]
        );
        let head = task.head().expect("a row");
        assert_eq!((head.status.as_str(), head.group.as_str()), ("SUCCEEDED", "shop"));
        let stored = Stored {
            head,
            parts: vec![],
            owner: None,
            sequence: 1,
            due: None,
            signals: vec![],
            place: gennaker_store::Standing::None,
        };
        assert_eq!(Task::read(&stored).expect("a task"), task);
    }

    #[test]
    fn only_a_passing_failure_can_be_resumed() {
        for (kind, resumable) in [(Kind::Unavailable, true), (Kind::Timeout, true), (Kind::Conflict, false)] {
            let mut task = task(&["destroyServerGroup"]);
            task.begin(0);
            let error = provider::Error::new(kind, "no").with_details("the log");
            task.fail(0, &error, Timestamp::from_millis(9));
            let shown = task.to_wire();
            assert!(shown.status.completed && shown.status.failed);
            assert_eq!(shown.status.retryable, resumable);
            assert_eq!(shown.result_objects[0]["type"], "EXCEPTION");
            assert_eq!(shown.result_objects[0]["operation"], "destroyServerGroup");
            assert_eq!(task.next_step(), None);
            assert_eq!(task.resume(), resumable);
            assert_eq!(task.next_step(), resumable.then_some(0));
            assert_eq!(task.to_wire().result_objects.is_empty(), resumable);
        }
    }

    #[test]
    fn a_repeated_line_is_no_news_and_old_lines_go() {
        let mut task = task(&["destroyServerGroup"]);
        let line = |text: String| provider::Progress { phase: "DESTROY", status: text };
        assert!(task.progress(line("a".into())));
        assert!(!task.progress(line("a".into())));
        for number in 0..2 * LINES {
            task.progress(line(number.to_string()));
        }
        let lines = lines(&task);
        assert_eq!(lines.len(), LINES);
        assert_eq!((lines[0].as_str(), lines[1].as_str()), ("Initializing Orchestration Task", "a"));
        assert_eq!(lines[LINES - 1], (2 * LINES - 1).to_string());
    }

    #[test]
    fn the_first_decision_stands() {
        let mut task = task(&["createServerGroup"]);
        assert_eq!(task.decide(0, "name", json!("shop-v000")), "shop-v000");
        assert_eq!(task.decide(0, "name", json!("shop-v001")), "shop-v000");
    }
}
