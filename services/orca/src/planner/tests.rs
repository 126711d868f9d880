//! The planner by itself: a world that answers its actions, in any order.

mod cleanup;
pub(super) mod coverage;
mod flow;
mod random;
mod restart;
mod signals;

use std::collections::BTreeMap;

use gennaker_base::{Kind, Timestamp};
use gennaker_orca_stages::{Composition, NewStage, Next, TaskError, TaskResult, TaskTemplate};
use gennaker_wire::{Execution, Object, ObjectExt, Stage, Status};
use serde_json::{Value, json};

use super::{Action, CleanUp, Event, Signal, State, plan, replay::Recorded};

/// Plays definitions and tasks. A stage's settings say what it does:
/// `tasks` (how each task ends, by default one that succeeds), `before`, `after`, `onFailure` (lists of stages with settings).
struct World {
    state: State,
    now: Timestamp,
    /// What is under way, in the order in which it was asked for.
    open: Vec<Action>,
    /// What started, in order: `stage` or `stage/task`.
    log: Vec<String>,
    /// Everything that happened.
    recorded: Vec<Recorded>,
    polls_succeed: bool,
}

impl World {
    fn new(stages: Value) -> Self {
        let mut execution = Execution { id: "01E".into(), ..Execution::default() };
        for (number, stage) in stages.as_array().expect("a list").iter().enumerate() {
            let text = |name: &str| stage[name].as_str().map(str::to_owned);
            execution.stages.push(Stage {
                id: text("id").unwrap_or_else(|| number.to_string()),
                ref_id: Some(text("id").unwrap_or_else(|| number.to_string())),
                kind: "test".into(),
                requisite_stage_ref_ids: stage["needs"]
                    .as_array()
                    .map(|needs| needs.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                    .unwrap_or_default(),
                context: stage.as_object().cloned().unwrap_or_default(),
                ..Stage::default()
            });
        }
        let mut world = World {
            state: State::new(execution),
            now: Timestamp::from_millis(1000),
            open: Vec::new(),
            log: Vec::new(),
            recorded: Vec::new(),
            polls_succeed: false,
        };
        let stages = world.state.stages().iter().map(|state| (*state.stage).clone()).collect();
        world.happen(Event::Accepted { stages, begins: true });
        world
    }

    fn happen(&mut self, event: Event) {
        // What is recorded must read back as what happened.
        let recorded = serde_json::to_string(&event).expect("events are JSON");
        assert_eq!(serde_json::from_str::<Event>(&recorded).expect("events read back"), event);
        let sequence = self.recorded.len() as u64 + 1;
        self.recorded.push(Recorded { sequence, at: self.now, event: event.clone() });
        for action in plan(&mut self.state, event, self.now) {
            // What is begun for a stage replaces what was under way for it.
            self.open.retain(|open| open.stage() != action.stage());
            match &action {
                Action::Abandon { .. } => {}
                Action::Compose { stage } => {
                    self.log.push(self.ref_id(stage));
                    self.open.push(action);
                }
                Action::Step { stage, task } => {
                    self.log.push(format!("{}/{task}", self.ref_id(stage)));
                    self.open.push(action);
                }
                _ => self.open.push(action),
            }
        }
    }

    /// Answers the open action at `place`.
    fn answer(&mut self, place: usize) {
        let action = self.open.remove(place);
        let index = self.state.place(action.stage()).expect("the stage is there");
        let context = self.state.at(index).stage.context.clone();
        let generation = self.state.at(index).run.generation;
        let stage = action.stage().to_owned();
        let event = match action {
            Action::Compose { .. } => {
                let count = context.get("tasks").and_then(Value::as_array).map_or(1, Vec::len);
                let tasks = (0..count).map(|number| {
                    let mut task = TaskTemplate::new(&format!("task{number}"), "class");
                    task.limits.cleans_up = context.boolean("tasksCleanUp") == Some(true);
                    task
                });
                let tasks: Vec<_> = tasks.collect();
                let looped = context.boolean("loop") == Some(true);
                let composition = Composition {
                    tasks: if looped { TaskTemplate::looped(tasks) } else { tasks },
                    before: new_stages(&context, "before"),
                    cleans_up: context.boolean("cleansUp") == Some(true),
                    ..Composition::default()
                };
                let broken = context.get("broken").is_some();
                Event::Composed {
                    stage,
                    generation,
                    evaluated: None,
                    result: if broken { Err(failure()) } else { Ok(composition) },
                }
            }
            Action::ComposeAfter { .. } => {
                Event::ComposedAfter { stage, generation, result: Ok(new_stages(&context, "after")) }
            }
            Action::ComposeOnFailure { .. } => {
                Event::ComposedOnFailure { stage, generation, result: Ok(new_stages(&context, "onFailure")) }
            }
            Action::Step { task, .. } => {
                let number: usize = task.parse().expect("a number");
                let wanted = context.get("tasks").and_then(|tasks| tasks.get(number - 1));
                let polled = self.polls_succeed && wanted.is_some_and(|wanted| wanted == "POLL");
                let result = outcome(wanted.filter(|_| !polled).unwrap_or(&Value::Null));
                Event::Stepped { stage, generation, task, evaluated: Object::new(), result }
            }
            Action::TimeOut { task, .. } => {
                let result = (context.get("onTimeout").is_some()).then(|| TaskResult::ended(Status::FailedContinue));
                Event::TimedOut { stage, generation, task, result }
            }
            Action::CleanUp { .. } => {
                let result = match context.get("cleanUp").and_then(Value::as_str) {
                    Some("ERROR") => Err(failure()),
                    Some("RETRY") => Err(TaskError::new(Kind::Unavailable, "Test", "away")),
                    _ => Ok(CleanUp { context: object(json!({"cleaned": true})), ..CleanUp::default() }),
                };
                Event::CleanedUp { stage, generation, result }
            }
            Action::Abandon { .. } => unreachable!("it is not kept"),
        };
        self.happen(event);
    }

    /// Answers everything, the oldest first, until nothing is open.
    fn settle(&mut self) -> Status {
        while !self.open.is_empty() {
            self.answer(0);
        }
        self.state.head().status
    }

    /// From now on the tasks that were to be looked at again succeed.
    fn finish_polls(&mut self) {
        self.polls_succeed = true;
    }

    fn signal(&mut self, signal: Signal) {
        self.happen(Event::Signalled(signal));
    }

    fn ref_id(&self, id: &str) -> String {
        let place = self.state.place(id).expect("the stage is there");
        self.state.at(place).stage.ref_id.clone().expect("it has one")
    }

    /// The statuses of all stages by ref id.
    fn statuses(&self) -> BTreeMap<String, Status> {
        let stages = self.state.stages().iter();
        stages.map(|state| (state.stage.ref_id.clone().expect("it has one"), state.stage.status)).collect()
    }

    fn status(&self, ref_id: &str) -> Status {
        self.statuses()[ref_id]
    }

    fn logged(&self, entry: &str) -> usize {
        self.log.iter().position(|other| other == entry).unwrap_or_else(|| panic!("{entry} is not in {:?}", self.log))
    }
}

fn outcome(wanted: &Value) -> Result<TaskResult, TaskError> {
    Ok(match wanted.as_str().unwrap_or("SUCCEEDED") {
        "SUCCEEDED" => TaskResult::succeeded(),
        "TERMINAL" => TaskResult::ended(Status::Terminal),
        "SKIPPED" => TaskResult::ended(Status::Skipped),
        "WAIT" => TaskResult::running(Next::OnChange),
        "POLL" => TaskResult::running(Next::Soon),
        "REDIRECT" => TaskResult::ended(Status::Redirect),
        "CANCELED" => TaskResult::ended(Status::Canceled),
        "ERROR" => return Err(failure()),
        "RETRY" => return Err(TaskError::new(Kind::Unavailable, "Test", "away")),
        other => panic!("unknown outcome {other}"),
    })
}

fn failure() -> TaskError {
    TaskError::invalid("it does not work")
}

fn new_stages(context: &Object, field: &str) -> Vec<NewStage> {
    let stages = context.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
    let stages = stages.into_iter().filter_map(|stage| stage.as_object().cloned());
    let stages = stages.map(|context| {
        let kind = context.text("kind").unwrap_or_else(|| "test".to_owned());
        match context.contains_key("beside") {
            true => NewStage::beside(&kind, "child", context),
            false => NewStage::then(&kind, "child", context),
        }
    });
    stages.collect()
}

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

fn stages_json(value: Value) -> World {
    World::new(value)
}

/// The simplest pipeline: one stage, one task.
#[test]
fn a_stage_without_settings_runs_its_task_and_ends() {
    let mut world = stages_json(json!([{}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.log, ["0", "0/1"]);
}
