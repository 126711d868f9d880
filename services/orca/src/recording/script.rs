//! Executions for tests, recorded event by event.

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{Composition, TaskError, TaskLimits, TaskResult, TaskTemplate};
use gennaker_wire::{Execution, Object, Stage};
use serde_json::{Value, json};

use super::{Case, CaseEvent};
use crate::planner::{CleanUp, Event, Signal, State, plan};

/// What happens to an execution, the state that comes of it, and what is recorded.
pub(crate) struct Script {
    pub(crate) state: State,
    pub(crate) events: Vec<CaseEvent>,
    pub(crate) epoch: Option<u64>,
    pub(crate) now: Timestamp,
}

impl Script {
    /// An execution of stages such as `{"id": "a", "type": "wait", "needs": ["b"], "name": "A", ...}`, accepted at second 1 and
    /// then owned under epoch 7. All fields of a stage are its context, too.
    pub(crate) fn new(stages: Value) -> Self {
        Script::of(Execution { id: "01E".into(), application: "shop".into(), ..Execution::default() }, stages, true)
    }

    /// The same, of this execution, which `begins` at once or waits for its place.
    pub(crate) fn of(mut execution: Execution, stages: Value, begins: bool) -> Self {
        let texts = |stage: &Value, name: &str| stage[name].as_str().map(str::to_owned);
        let stages: Vec<Stage> = stages
            .as_array()
            .expect("a list")
            .iter()
            .map(|stage| Stage {
                id: texts(stage, "id").expect("an id"),
                ref_id: texts(stage, "id"),
                kind: texts(stage, "type").unwrap_or_else(|| "test".to_owned()),
                name: texts(stage, "name"),
                requisite_stage_ref_ids: serde_json::from_value(stage["needs"].clone()).unwrap_or_default(),
                context: stage.as_object().cloned().expect("an object"),
                ..Stage::default()
            })
            .collect();
        execution.stages = stages.clone();
        let now = Timestamp::from_millis(1000);
        execution.build_time = Some(now);
        let mut script = Script { state: State::new(execution), events: Vec::new(), epoch: None, now };
        script.happen(Event::Accepted { stages, begins });
        script.epoch = Some(7);
        script
    }

    /// Moves the time to that many seconds.
    pub(crate) fn at(&mut self, seconds: i64) -> &mut Self {
        self.now = Timestamp::from_millis(seconds * 1000);
        self
    }

    /// From now on another owner records.
    pub(crate) fn owned_by(&mut self, epoch: u64) -> &mut Self {
        self.epoch = Some(epoch);
        self
    }

    pub(crate) fn happen(&mut self, event: Event) -> &mut Self {
        plan(&mut self.state, event.clone(), self.now);
        let number = self.events.len() as u64 + 1;
        self.events.push(CaseEvent { number, at: self.now, epoch: self.epoch, what: event });
        self
    }

    /// The stage consists of one task, which may take an hour; both clean up if `cleans_up`.
    pub(crate) fn composed(&mut self, stage: &str, cleans_up: bool) -> &mut Self {
        let mut task = TaskTemplate::new("work", "test.Work");
        task.limits = TaskLimits { timeout: Some(3_600_000), longest_wait: 5000, cleans_up };
        let composition = Composition { tasks: vec![task], cleans_up, ..Composition::default() };
        let generation = self.generation(stage);
        self.happen(Event::Composed { stage: stage.to_owned(), generation, evaluated: None, result: Ok(composition) })
    }

    /// The stage's task made a step.
    pub(crate) fn stepped(&mut self, stage: &str, result: Result<TaskResult, TaskError>) -> &mut Self {
        let generation = self.generation(stage);
        let (stage, task) = (stage.to_owned(), "1".to_owned());
        self.happen(Event::Stepped { stage, generation, task, evaluated: Object::new(), result })
    }

    /// The stage has nothing after its tasks.
    pub(crate) fn nothing_after(&mut self, stage: &str) -> &mut Self {
        let generation = self.generation(stage);
        self.happen(Event::ComposedAfter { stage: stage.to_owned(), generation, result: Ok(Vec::new()) })
    }

    /// Nothing cleans up after the stage's failure.
    pub(crate) fn nothing_on_failure(&mut self, stage: &str) -> &mut Self {
        let generation = self.generation(stage);
        self.happen(Event::ComposedOnFailure { stage: stage.to_owned(), generation, result: Ok(Vec::new()) })
    }

    pub(crate) fn cleaned_up(&mut self, stage: &str, result: Result<CleanUp, TaskError>) -> &mut Self {
        let generation = self.generation(stage);
        self.happen(Event::CleanedUp { stage: stage.to_owned(), generation, result })
    }

    pub(crate) fn signal(&mut self, signal: Signal) -> &mut Self {
        self.happen(Event::Signalled(signal))
    }

    pub(crate) fn patch(&mut self, stage: &str, fields: Value) -> &mut Self {
        let context = fields.as_object().cloned().expect("an object");
        let (user, stage) = ("ann".to_owned(), stage.to_owned());
        self.signal(Signal::Patch { user, allowed_accounts: Vec::new(), stage, context })
    }

    /// What is recorded, as a file.
    pub(crate) fn case(&self) -> Case {
        Case::new(self.state.to_execution(), self.events.clone())
    }

    fn generation(&self, stage: &str) -> u32 {
        self.state.place(stage).map_or(0, |place| self.state.at(place).run.generation)
    }
}

/// A failure that may pass.
pub(crate) fn passing(message: &str) -> TaskError {
    TaskError::new(Kind::Unavailable, "SpinnakerHttpException", message)
}

/// A step that ended the task, with a text in the stage's context.
pub(crate) fn done(found: &str) -> Result<TaskResult, TaskError> {
    Ok(TaskResult::succeeded().with_context("found", json!(found)))
}
