//! The executions of a case, followed by reading them again and again.

use std::collections::HashSet;

use http::StatusCode;
use serde_json::Value;

use super::case::When;
use crate::world::{Answer, Caller};

/// Statuses in which an execution is over.
const OVER: [&str; 6] = ["SUCCEEDED", "FAILED_CONTINUE", "TERMINAL", "CANCELED", "STOPPED", "SKIPPED"];
/// How many executions of a pipeline config are looked at.
const LISTED: usize = 100;

/// The executions of a case in the order of their numbers, which begin at 1.
pub(super) struct Watch<'a> {
    caller: &'a Caller,
    config_ids: &'a [String],
    /// Executions of the same pipeline configs that were there before.
    foreign: HashSet<String>,
    executions: Vec<Followed>,
}

/// An execution.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Followed {
    /// Where it is read: `/pipelines/ID` or `/tasks/ID`.
    pub(super) reference: String,
    /// Its state when it was last read; `null` if it is not there.
    pub(super) state: Value,
}

impl Followed {
    /// Its id.
    pub(super) fn id(&self) -> &str {
        self.reference.rsplit('/').next().unwrap_or_default()
    }

    /// Its stages.
    pub(super) fn stages(&self) -> &[Value] {
        self.state["stages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// Whether nothing more is to happen.
    pub(super) fn is_over(&self) -> bool {
        self.state.is_null() || has_ended(&self.state)
    }
}

/// Whether an execution, stage or task has a final status.
fn has_ended(thing: &Value) -> bool {
    thing["status"].as_str().is_some_and(|status| OVER.contains(&status))
}

/// What a stage is called in a case: its `refId`, else its name.
pub(super) fn reference_of(stage: &Value) -> &str {
    stage["refId"].as_str().or(stage["name"].as_str()).unwrap_or_default()
}

impl<'a> Watch<'a> {
    /// Follows nothing yet; executions of `config_ids` that come from now on will be taken up.
    pub(super) async fn start(
        caller: &'a Caller,
        config_ids: &'a [String],
        looked_up: &[&str],
    ) -> Result<Self, String> {
        let mut watch = Watch { caller, config_ids, foreign: HashSet::new(), executions: Vec::new() };
        for config in config_ids.iter().map(String::as_str).chain(looked_up.iter().copied()) {
            let there = watch.listed(config).await?;
            watch.foreign.extend(there.iter().filter_map(|execution| Some(execution["id"].as_str()?.to_owned())));
        }
        Ok(watch)
    }

    /// The executions.
    pub(super) fn executions(&self) -> &[Followed] {
        &self.executions
    }

    /// Takes up what an answer refers to: `{"ref": "/pipelines/ID"}`. Says whether it refers to something.
    pub(super) fn add_answer(&mut self, answer: &Answer) -> bool {
        let reference = answer.body["ref"].as_str().filter(|_| answer.status.is_success());
        if let Some(reference) = reference {
            self.add(reference.to_owned());
        }
        reference.is_some()
    }

    fn add(&mut self, reference: String) {
        let id = reference.rsplit('/').next().unwrap_or_default();
        if !self.foreign.contains(id) && self.executions.iter().all(|known| known.id() != id) {
            self.executions.push(Followed { reference, state: Value::Null });
        }
    }

    /// Takes up new executions of a pipeline config; says whether there are any of it.
    pub(super) async fn look_up(&mut self, config: &str) -> Result<bool, String> {
        let mut found = self.listed(config).await?;
        found.retain(|execution| execution["id"].as_str().is_some_and(|id| !self.foreign.contains(id)));
        found.sort_by_key(|execution| {
            (execution["buildTime"].as_i64(), execution["id"].as_str().unwrap_or_default().to_owned())
        });
        for execution in &found {
            self.add(format!("/pipelines/{}", execution["id"].as_str().unwrap_or_default()));
        }
        Ok(!found.is_empty())
    }

    async fn listed(&self, config: &str) -> Result<Vec<Value>, String> {
        let path = format!("/pipelines?pipelineConfigIds={config}&limit={LISTED}");
        let answer = self.caller.get(path).await?;
        match answer.body {
            Value::Array(executions) if answer.status.is_success() => Ok(executions),
            body => Err(format!("the executions of {config} cannot be listed: {} {body}", answer.status)),
        }
    }

    /// Reads everything again; says whether something changed.
    pub(super) async fn refresh(&mut self) -> Result<bool, String> {
        let before = self.executions.clone();
        for config in self.config_ids {
            self.look_up(config).await?;
        }
        for execution in &mut self.executions {
            execution.state = read(self.caller, &execution.reference).await?;
        }
        Ok(before != self.executions)
    }

    /// Whether nothing more is to happen in any of them.
    pub(super) fn all_over(&self) -> bool {
        self.executions.iter().all(Followed::is_over)
    }

    /// Whether that holds now, with so many requests that reached the case's server.
    ///
    /// That an execution is `RUNNING` holds too if it was: it may be over before anybody looks.
    pub(super) fn holds(&self, when: &When, hits: usize) -> bool {
        if when.mock_hits.is_some_and(|wanted| hits < wanted) {
            return false;
        }
        let Some(execution) = self.executions.get(when.n.unwrap_or(1).saturating_sub(1)) else { return false };
        let is = |thing: &Value, wanted: &str| thing["status"] == wanted;
        if let Some(wanted) = &when.execution_status {
            let was_running =
                wanted == "RUNNING" && has_ended(&execution.state) && !execution.state["startTime"].is_null();
            if !is(&execution.state, wanted) && !was_running {
                return false;
            }
        }
        let Some(stage) = &when.stage else { return true };
        execution.stages().iter().filter(|other| reference_of(other) == stage || other["name"] == **stage).any(
            |stage| {
                let tasks = stage["tasks"].as_array().into_iter().flatten();
                let task_status = when.task_status.as_deref().unwrap_or("RUNNING");
                when.status.as_ref().is_none_or(|wanted| is(stage, wanted))
                    && when.task.as_ref().is_none_or(|wanted| {
                        tasks.into_iter().any(|task| task["name"] == **wanted && is(task, task_status))
                    })
            },
        )
    }

    /// How the executions stand, in a line.
    pub(super) fn summary(&self) -> String {
        let one = |(index, execution): (usize, &Followed)| {
            let status = execution.state["status"].as_str().unwrap_or("not there");
            let stages = execution.stages().iter().map(|stage| {
                let tasks = stage["tasks"].as_array().into_iter().flatten();
                let running = tasks.filter(|task| task["status"] == "RUNNING").filter_map(|task| task["name"].as_str());
                let running: String = running.map(|name| format!(" in {name}")).collect();
                format!("{} {}{running}", reference_of(stage), stage["status"].as_str().unwrap_or_default())
            });
            format!("execution {} is {status} ({})", index + 1, stages.collect::<Vec<_>>().join(", "))
        };
        match self.executions.len() {
            0 => "there is no execution".to_owned(),
            _ => self.executions.iter().enumerate().map(one).collect::<Vec<_>>().join("; "),
        }
    }
}

/// An execution as it is now, `null` if it is not there.
async fn read(caller: &Caller, reference: &str) -> Result<Value, String> {
    let answer = caller.get(reference.to_owned()).await?;
    match answer.status {
        StatusCode::NOT_FOUND => Ok(Value::Null),
        status if !status.is_success() => Err(format!("{reference} cannot be read: {status} {}", answer.body)),
        _ if reference.starts_with("/tasks/") => Ok(answer.body["execution"].clone()),
        _ => Ok(answer.body),
    }
}

#[cfg(test)]
mod tests {
    use gennaker_http::http_client;
    use serde_json::json;

    use super::*;
    use crate::world::Addresses;

    #[track_caller]
    fn holds(when: Value, hits: usize, state: Value) -> bool {
        let caller = Caller::new(http_client().unwrap(), Addresses::default());
        let executions = vec![Followed { reference: "/pipelines/E".into(), state }];
        let watch = Watch { caller: &caller, config_ids: &[], foreign: HashSet::new(), executions };
        watch.holds(&serde_json::from_value(when).unwrap(), hits)
    }

    #[test]
    fn a_condition_holds_when_all_of_it_does() {
        let task = json!({"name": "monitor", "status": "RUNNING"});
        let stage = json!({"refId": "1<1", "name": "n", "status": "RUNNING", "tasks": [task]});
        let running = json!({"status": "RUNNING", "startTime": 1, "stages": [stage]});
        for (when, expected) in [
            (json!({"executionStatus": "RUNNING"}), true),
            (json!({"executionStatus": "PAUSED"}), false),
            (json!({"n": 2, "executionStatus": "RUNNING"}), false),
            (json!({"stage": "1<1", "status": "RUNNING"}), true),
            (json!({"stage": "n", "status": "RUNNING", "task": "monitor"}), true),
            (json!({"stage": "n", "task": "monitor", "taskStatus": "SUCCEEDED"}), false),
            (json!({"stage": "2", "status": "RUNNING"}), false),
            (json!({"mockHits": 2}), true),
            (json!({"mockHits": 3}), false),
        ] {
            assert_eq!(holds(when.clone(), 2, running.clone()), expected, "{when}");
        }
    }

    #[test]
    fn an_execution_that_is_over_was_running_if_it_had_started() {
        let when = json!({"executionStatus": "RUNNING"});
        assert!(holds(when.clone(), 0, json!({"status": "SUCCEEDED", "startTime": 1})));
        assert!(!holds(when.clone(), 0, json!({"status": "CANCELED"})));
        assert!(!holds(when, 0, json!({"status": "NOT_STARTED"})));
    }
}
