//! The execution of a pipeline, its expressions evaluated.
//!
//! Upstream: `ExecutionLauncher.parsePipeline`, `PipelineBuilder`, `ExecutionLauncher.handleStartupFailure`.

use gennaker_base::{Timestamp, id};
use gennaker_wire::{Authentication, Execution, ExecutionKind, Object, ObjectExt, Status};
use serde_json::json;

use super::{
    Refusal,
    read::{drop_nulls, drop_nulls_in, name, take_list, take_object, whole_number},
    stages::{self, Source},
    trigger,
};

/// The application of a pipeline that names none: upstream's default.
pub(crate) const UNKNOWN_APPLICATION: &str = "spinnaker_unknown";

/// An execution that has not begun. Its id is the `executionId` that was sent, if any: the same start again is the same execution.
pub(super) fn execution(
    mut config: Object,
    authentication: Authentication,
    now: Timestamp,
) -> Result<Execution, Refusal> {
    let application = name(&config, "application")?.unwrap_or_else(|| UNKNOWN_APPLICATION.to_owned());
    let pipeline = name(&config, "name")?;
    let source = Source { pipeline: pipeline.as_deref().unwrap_or("null"), application: &application };
    let stages = stages::of_pipeline(take_list(&mut config, "stages")?, &source, now)?;
    let trigger = trigger::complete(take_object(&mut config, "trigger")?)?;
    let mut execution = Execution {
        kind: ExecutionKind::Pipeline,
        id: given_id(&config)?.unwrap_or_else(|| id::generate(now)),
        pipeline_config_id: config.text("id"),
        stages,
        trigger,
        notifications: take_list(&mut config, "notifications")?,
        initial_config: take_object(&mut config, "initialConfig")?,
        limit_concurrent: config.boolean("limitConcurrent").unwrap_or(false),
        max_concurrent_executions: whole_number(&config, "maxConcurrentExecutions")?.unwrap_or(0),
        keep_waiting_pipelines: config.boolean("keepWaitingPipelines").unwrap_or(false),
        origin: config.text("origin"),
        name: pipeline,
        ..common(application, authentication, now)
    };
    execution.notifications.iter_mut().for_each(drop_nulls_in);
    if let Some(expiry) = whole_number(&config, "startTimeExpiry")? {
        execution.other.insert("startTimeExpiry".to_owned(), expiry.into());
    }
    // Stages that are evaluated when they start need the variables of their template; others have been.
    let kept: &[&str] = match gennaker_spel::pipeline::is_v4(config.get("spelEvaluator")) {
        true => &["source", "templateVariables", "spelEvaluator"],
        false => &["source", "spelEvaluator"],
    };
    for kept in kept.iter().copied() {
        if let Some(value) = config.shift_remove(kept).filter(|value| !value.is_null()) {
            execution.other.insert(kept.to_owned(), value);
        }
    }
    drop_nulls(&mut execution.initial_config);
    drop_nulls(&mut execution.other);
    Ok(execution)
}

/// What every execution has.
pub(super) fn common(application: String, authentication: Authentication, now: Timestamp) -> Execution {
    let other = Object::from_iter([("additionalHeaders".to_owned(), json!({}))]);
    Execution { application, build_time: Some(now), authentication, other, ..Execution::default() }
}

/// The execution as one that failed before it began, which nobody starts any more.
pub(super) fn failed(execution: Execution, reason: &str) -> Execution {
    Execution {
        status: Status::Terminal,
        canceled: true,
        canceled_by: Some("system".to_owned()),
        cancellation_reason: Some(format!("Failed on startup: {reason}")),
        ..execution
    }
}

/// The execution's id, if it is given.
fn given_id(config: &Object) -> Result<Option<String>, Refusal> {
    let is_id = |id: &str| id.len() <= 64 && id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    match config.text("executionId").filter(|id| !id.is_empty()) {
        Some(id) if !is_id(&id) => {
            Err(Refusal::invalid(format!("executionId is up to 64 letters, digits and hyphens, not {id:?}")))
        }
        id => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;
    use serde_json::Value;

    use super::*;

    fn parse(config: Value) -> Result<Execution, Refusal> {
        let authentication = Authentication { user: Some("ann".into()), allowed_accounts: Vec::new() };
        execution(config.as_object().cloned().expect("an object"), authentication, Timestamp::from_millis(1))
    }

    #[test]
    fn a_config_becomes_an_execution_that_has_not_begun() {
        let execution = parse(json!({
            "application": "shop", "name": "deploy", "id": "p-1", "origin": "deck", "keepWaitingPipelines": "true",
            "maxConcurrentExecutions": "3", "limitConcurrent": true, "spelEvaluator": "v4", "startTimeExpiry": "7",
            "source": {"id": "x", "version": null}, "initialConfig": {"enabled": true, "gone": null},
            "notifications": [{"type": "email", "gone": null}], "unread": 1, "stages": [{"type": "wait"}],
            "trigger": {"type": "manual", "user": "ann"},
        }))
        .expect("it parses");
        assert_eq!(execution.pipeline_config_id.as_deref(), Some("p-1"));
        assert_eq!(execution.origin.as_deref(), Some("deck"));
        assert!(execution.limit_concurrent && execution.keep_waiting_pipelines);
        assert_eq!(execution.max_concurrent_executions, 3);
        assert_eq!(execution.status, Status::NotStarted);
        assert_eq!(execution.notifications, [json!({"type": "email"})]);
        assert_eq!(Value::Object(execution.initial_config), json!({"enabled": true}));
        let other =
            json!({"additionalHeaders": {}, "startTimeExpiry": 7, "source": {"id": "x"}, "spelEvaluator": "v4"});
        assert_eq!(Value::Object(execution.other), other);
        assert_eq!(execution.trigger["dryRun"], false);
    }

    #[test]
    fn a_given_id_is_kept_and_a_missing_application_is_upstreams_default() {
        let execution = parse(json!({"executionId": "01HZ", "stages": null})).expect("it parses");
        assert_eq!((execution.id.as_str(), execution.application.as_str()), ("01HZ", "spinnaker_unknown"));
        assert!(execution.stages.is_empty());
    }

    #[test]
    fn what_is_no_pipeline_is_refused() {
        let refused = |config: Value| parse(config).expect_err("it is refused");
        let long = "a".repeat(1025);
        assert_eq!(refused(json!({"application": long, "stages": []})).kind, Kind::Invalid);
        assert_eq!(refused(json!({"stages": "x"})).message, "stages is a list, not \"x\"");
        assert_eq!(refused(json!({"executionId": "../x"})).kind, Kind::Invalid);
        assert_eq!(refused(json!({"maxConcurrentExecutions": "many"})).kind, Kind::Invalid);
    }

    #[test]
    fn a_failed_start_says_why() {
        let execution = failed(parse(json!({"stages": [{"type": "wait"}]})).expect("it parses"), "no image");
        assert_eq!(execution.status, Status::Terminal);
        assert_eq!(execution.cancellation_reason.as_deref(), Some("Failed on startup: no image"));
        assert_eq!((execution.canceled_by.as_deref(), execution.start_time), (Some("system"), None));
        assert_eq!(execution.stages[0].status, Status::NotStarted);
    }
}
