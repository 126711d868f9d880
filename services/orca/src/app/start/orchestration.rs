//! The execution of a task: a list of operations.
//!
//! `{"application": ..., "description": ..., "job": [{"type": ...}, ...]}`. Jobs without ref ids follow each other. Upstream:
//! `OperationsController.ops`, `ExecutionLauncher.parseOrchestration`.

use gennaker_base::{Timestamp, id};
use gennaker_wire::{Authentication, Execution, ExecutionKind, Object, ObjectExt};
use serde_json::Value;

use super::{
    Refusal,
    pipeline::common,
    read::{drop_nulls_in, name, take_list, take_object},
    stages::{self, Source},
    trigger,
};

/// What is sent, in the form of a pipeline, for its trigger and artifacts. A bare list of operations names no application, which upstream
/// cannot do without.
pub(super) fn config(sent: Value) -> Result<Object, Refusal> {
    let mut task = match sent {
        Value::Object(task) => task,
        Value::Array(jobs) if jobs.iter().all(Value::is_object) => {
            return Err(Refusal::failure(
                "a list of operations names no application: send {\"application\": ..., \"job\": [...]}",
            ));
        }
        other => return Err(Refusal::invalid(format!("a task is an object, not {other}"))),
    };
    let description = task.text("description").or_else(|| task.text("name"));
    let mut config = Object::new();
    config.extend(task.shift_remove("application").map(|application| ("application".to_owned(), application)));
    config.extend(description.map(|description| ("name".to_owned(), description.into())));
    config.insert("stages".to_owned(), task.shift_remove("job").unwrap_or_default());
    config.insert("trigger".to_owned(), task.shift_remove("trigger").unwrap_or_default());
    Ok(config)
}

/// An execution that has not begun.
pub(super) fn execution(
    mut config: Object,
    authentication: Authentication,
    origin: String,
    now: Timestamp,
) -> Result<Execution, Refusal> {
    let application = name(&config, "application")?;
    let application = application
        .ok_or_else(|| Refusal::invalid("the field application is missing: name the application of the task"))?;
    let description = config.text("name");
    if let Some(jobs) = config.get_mut("stages") {
        stages::number(jobs);
    }
    let jobs = take_list(&mut config, "stages")?;
    if jobs.is_empty() {
        return Err(Refusal::invalid("a task needs at least one job: {\"job\": [{\"type\": \"...\"}]}"));
    }
    let source = Source { pipeline: description.as_deref().unwrap_or("null"), application: &application };
    let stages = stages::of_task(jobs, &source, now)?;
    let trigger = trigger::complete(take_object(&mut config, "trigger")?)?;
    let mut notifications = trigger.get("notifications").and_then(Value::as_array).cloned().unwrap_or_default();
    notifications.iter_mut().for_each(drop_nulls_in);
    Ok(Execution {
        kind: ExecutionKind::Orchestration,
        id: id::generate(now),
        description,
        stages,
        trigger,
        notifications,
        origin: Some(origin),
        ..common(application, authentication, now)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(sent: Value) -> Result<Execution, Refusal> {
        let config = config(sent)?;
        execution(config, Authentication::default(), "unknown".to_owned(), Timestamp::from_millis(1))
    }

    #[test]
    fn jobs_follow_each_other_unless_they_say_otherwise() {
        let requisites = |jobs: Value| {
            let execution = parse(json!({"application": "a", "description": "d", "job": jobs})).expect("it parses");
            assert_eq!(execution.description.as_deref(), Some("d"));
            execution.stages.iter().map(|stage| stage.requisite_stage_ref_ids.join(",")).collect::<Vec<_>>()
        };
        assert_eq!(requisites(json!([{"type": "wait"}, {"type": "wait"}])), ["", "0"]);
        assert_eq!(requisites(json!([{"type": "wait", "refId": "a"}, {"type": "wait", "refId": "b"}])), ["", ""]);
    }

    #[test]
    fn the_notifications_of_its_trigger_are_its_own() {
        let sent =
            json!({"application": "a", "job": [{"type": "wait"}], "trigger": {"notifications": [{"type": "email"}]}});
        assert_eq!(parse(sent).expect("it parses").notifications, [json!({"type": "email"})]);
    }

    #[test]
    fn a_task_without_an_application_is_refused_and_a_bare_list_fails_as_upstream_does() {
        let fails = |sent: Value| parse(sent).expect_err("refused").fails_upstream;
        assert!(fails(json!([{"type": "wait"}])));
        assert!(!fails(json!({"job": [{"type": "wait"}]})));
        assert!(!fails(json!([["wait"]])));
        assert!(!fails(json!({"application": "a", "job": []})));
        assert!(!fails(json!("wait")));
    }
}
