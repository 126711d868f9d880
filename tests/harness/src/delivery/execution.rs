//! An execution as gate answers it, and what a person wants to know of it.

use std::fmt;

use serde_json::Value;

/// The statuses of an execution that goes on.
const UNFINISHED: [&str; 5] = ["NOT_STARTED", "RUNNING", "PAUSED", "SUSPENDED", "BUFFERED"];

/// An execution's JSON. Displayed as one line: status, the stages with their tasks' states, and failures.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution(pub Value);

impl Execution {
    /// Its id, or nothing.
    pub fn id(&self) -> &str {
        self.0["id"].as_str().unwrap_or_default()
    }

    /// Its status, e.g. `RUNNING`.
    pub fn status(&self) -> &str {
        self.0["status"].as_str().unwrap_or_default()
    }

    /// Whether nothing happens to it any more.
    pub fn is_over(&self) -> bool {
        !UNFINISHED.contains(&self.status())
    }

    /// Its stages, synthetic ones included.
    pub fn stages(&self) -> impl Iterator<Item = &Value> {
        self.0["stages"].as_array().into_iter().flatten()
    }

    /// Its stages in the order in which they run: by start, those that have not started last.
    pub fn stages_by_start(&self) -> Vec<&Value> {
        let mut stages: Vec<&Value> = self.stages().collect();
        stages.sort_by_key(|stage| stage["startTime"].as_i64().unwrap_or(i64::MAX));
        stages
    }

    /// The running tasks as `stage type/task name`, e.g. `createServerGroup/monitorDeploy`.
    pub fn running(&self) -> Vec<String> {
        let tasks = self.stages().flat_map(|stage| {
            let kind = stage["type"].as_str().unwrap_or_default();
            // Upstream marks a cloud's own stage types with the cloud's name.
            let kind = kind.split('_').next().unwrap_or_default();
            let tasks = stage["tasks"].as_array().into_iter().flatten().filter(|task| task["status"] == "RUNNING");
            tasks.map(move |task| format!("{kind}/{}", task["name"].as_str().unwrap_or_default()))
        });
        tasks.collect()
    }

    /// The judgment stage that runs, if one does.
    pub fn waiting_judgment(&self) -> Option<&Value> {
        let mut stages = self.stages();
        stages.find(|stage| stage["type"] == "manualJudgment" && stage["status"] == "RUNNING")
    }

    /// The first stage of which a task failed; nothing if there is none.
    pub fn failed_stage(&self) -> &Value {
        let has_failed = |stage: &&Value| {
            let mut tasks = stage["tasks"].as_array().into_iter().flatten();
            tasks.any(|task| task["status"] == "TERMINAL")
        };
        self.stages_by_start().into_iter().find(has_failed).unwrap_or(&Value::Null)
    }

    /// What its failed stages say, one line each.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.stages().filter_map(|stage| {
            let task = stage["tasks"].as_array()?.iter().find(|task| task["status"] == "TERMINAL")?;
            let details = [&task["taskExceptionDetails"], &stage["context"]["exception"]];
            let words = details.into_iter().find(|details| details.as_object().is_some_and(|map| !map.is_empty()));
            let words = words.map_or_else(|| "no reason given".to_owned(), Value::to_string);
            Some(format!("{}/{}: {words}", text(stage, "type"), text(task, "name")))
        });
        failed.collect()
    }
}

impl fmt::Display for Execution {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "execution {} is {}", self.id(), self.status())?;
        for stage in self.stages_by_start() {
            write!(formatter, "; {} {}", text(stage, "type"), text(stage, "status"))?;
            let tasks = stage["tasks"].as_array().into_iter().flatten();
            for task in tasks.filter(|task| task["status"] != "SUCCEEDED" && task["status"] != "NOT_STARTED") {
                write!(formatter, " ({} {})", text(task, "name"), text(task, "status"))?;
            }
        }
        self.failures().iter().try_for_each(|failure| write!(formatter, "\n  {failure}"))
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_runs_and_what_failed_is_told() {
        let execution = Execution(json!({
            "id": "01E", "status": "RUNNING",
            "stages": [
                { "type": "deploy", "status": "RUNNING", "startTime": 2, "tasks": [] },
                { "type": "createServerGroup_local", "status": "RUNNING", "startTime": 3, "tasks": [
                    { "name": "createServerGroup", "status": "SUCCEEDED" },
                    { "name": "monitorDeploy", "status": "RUNNING" },
                ] },
                { "type": "wait", "status": "TERMINAL", "startTime": 1, "tasks": [
                    { "name": "wait", "status": "TERMINAL", "taskExceptionDetails": { "error": "no time" } },
                ] },
            ],
        }));
        assert_eq!(execution.running(), ["createServerGroup/monitorDeploy"]);
        assert_eq!(
            execution.to_string(),
            "execution 01E is RUNNING; wait TERMINAL (wait TERMINAL); deploy RUNNING; \
             createServerGroup_local RUNNING (monitorDeploy RUNNING)\n  wait/wait: {\"error\":\"no time\"}"
        );
        assert!(!execution.is_over());
    }
}
