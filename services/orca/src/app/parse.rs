//! A pipeline or a list of operations, as a client sends it, into an execution that has not begun.
//!
//! The rules are upstream's `OperationsController` and `ExecutionLauncher`: defaults of the trigger, parameters with their
//! defaults, and a stage's own fields taken out of its context. What this build does not do is refused here, before anything
//! is stored, rather than left out silently.

use gennaker_base::{Kind, Timestamp, id};
use gennaker_clients::Caller;
use gennaker_wire::{Authentication, Execution, ExecutionKind, Object, ObjectExt, Stage};
use serde_json::{Value, json};

/// The longest name, application or ref id that is accepted, in bytes.
const LONGEST_NAME: usize = 1024;
/// The application of a pipeline that names none: upstream's default.
const UNKNOWN_APPLICATION: &str = "spinnaker_unknown";

/// Why a start is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    /// `Invalid` or `Unsupported`.
    pub(crate) kind: Kind,
    /// What to change.
    pub(crate) message: String,
}

impl Refusal {
    fn invalid(message: impl Into<String>) -> Self {
        Refusal { kind: Kind::Invalid, message: message.into() }
    }

    fn unsupported(message: impl Into<String>) -> Self {
        Refusal { kind: Kind::Unsupported, message: message.into() }
    }
}

/// The pipeline with as much of its trigger as its expressions may name: upstream's `OperationsController.parsePipelineTrigger`.
pub(crate) fn with_trigger(mut config: Object, caller: &Caller) -> Result<Object, Refusal> {
    let mut trigger = take_object(&mut config, "trigger")?;
    let is_blank = |field: Option<&Value>| field.is_none_or(|field| field.is_null() || field == "");
    if is_blank(trigger.get("type")) {
        trigger.insert("type".to_owned(), "manual".into());
    }
    if is_blank(trigger.get("user")) && caller.user != "anonymous" {
        trigger.insert("user".to_owned(), caller.user.clone().into());
    }
    apply_parameter_defaults(&config, &mut trigger);
    config.insert("trigger".to_owned(), trigger.into());
    Ok(config)
}

/// The execution of a pipeline, its expressions evaluated. Its id is the `executionId` that was sent, if any: the same start again is the same execution.
pub(crate) fn pipeline(mut config: Object, caller: &Caller, now: Timestamp) -> Result<Execution, Refusal> {
    refuse_unsupported(&config)?;
    let application = application(&config)?.unwrap_or_else(|| UNKNOWN_APPLICATION.to_owned());
    let name = config.text("name");
    let trigger = take_object(&mut config, "trigger")?;
    let mut execution = Execution {
        kind: ExecutionKind::Pipeline,
        id: given_id(&config)?.unwrap_or_else(|| id::generate(now)),
        pipeline_config_id: config.text("id"),
        name: name.clone(),
        stages: stages(take_list(&mut config, "stages")?, name.as_deref().unwrap_or("?"), &application, now)?,
        notifications: take_list(&mut config, "notifications")?,
        initial_config: take_object(&mut config, "initialConfig")?,
        limit_concurrent: config.boolean("limitConcurrent").unwrap_or(false),
        max_concurrent_executions: config.integer("maxConcurrentExecutions").unwrap_or(0),
        keep_waiting_pipelines: config.boolean("keepWaitingPipelines").unwrap_or(false),
        ..common(application, caller, now)
    };
    execution.origin = Some(config.text("origin").unwrap_or_else(|| "unknown".to_owned()));
    for kept in ["source", "templateVariables", "spelEvaluator"] {
        if let Some(value) = config.remove(kept) {
            execution.other.insert(kept.to_owned(), value);
        }
    }
    let user = trigger.text("user").filter(|user| !user.is_empty());
    if caller.user == "anonymous" {
        execution.authentication.user = user.or_else(|| execution.authentication.user.clone());
    }
    execution.trigger = complete_trigger(trigger, &execution.authentication);
    Ok(execution)
}

/// The execution of a list of operations: `{"application": ..., "description": ..., "job": [{"type": ...}, ...]}`.
pub(crate) fn orchestration(mut task: Object, caller: &Caller, now: Timestamp) -> Result<Execution, Refusal> {
    let jobs = take_list(&mut task, "job")?;
    if jobs.is_empty() {
        return Err(Refusal::invalid("a task needs at least one job: {\"job\": [{\"type\": \"...\"}]}"));
    }
    let application = application(&task)?
        .ok_or_else(|| Refusal::invalid("the field application is missing: name the application"))?;
    let description = task.text("description").or_else(|| task.text("name"));
    let mut previous: Option<String> = None;
    let mut numbered = Vec::new();
    for (number, job) in jobs.into_iter().enumerate() {
        let Value::Object(mut job) = job else {
            return Err(Refusal::invalid(format!("job {number} is not an object")));
        };
        // Jobs run one after the other, whatever they say of themselves.
        job.insert("refId".to_owned(), number.to_string().into());
        job.insert("requisiteStageRefIds".to_owned(), previous.iter().cloned().collect());
        if !job.contains_key("name") {
            let kind = job.get("type").cloned().unwrap_or_default();
            job.insert("name".to_owned(), kind);
        }
        previous = Some(number.to_string());
        numbered.push(Value::Object(job));
    }
    let name = description.clone().unwrap_or_else(|| "task".to_owned());
    let stages = stages(numbered, &name, &application, now)?;
    let trigger = take_object(&mut task, "trigger")?;
    let mut execution = Execution {
        kind: ExecutionKind::Orchestration,
        id: id::generate(now),
        description,
        stages,
        ..common(application, caller, now)
    };
    execution.origin = Some(task.text("origin").unwrap_or_else(|| "unknown".to_owned()));
    execution.trigger = complete_trigger(trigger, &execution.authentication);
    Ok(execution)
}

/// What every execution has.
fn common(application: String, caller: &Caller, now: Timestamp) -> Execution {
    let mut other = Object::new();
    other.insert("additionalHeaders".to_owned(), json!({}));
    Execution {
        application,
        build_time: Some(now),
        authentication: Authentication { user: Some(caller.user.clone()), allowed_accounts: caller.accounts.clone() },
        other,
        ..Execution::default()
    }
}

fn refuse_unsupported(config: &Object) -> Result<(), Refusal> {
    if config.boolean("disabled") == Some(true) {
        return Err(Refusal::invalid("the pipeline is disabled: enable it before it is started"));
    }
    if config.text("type").is_some_and(|kind| kind == "templatedPipeline") {
        return Err(Refusal::unsupported(
            "pipelines from templates are not supported yet: save the pipeline's own stages",
        ));
    }
    let expected = config.get("expectedArtifacts").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    if expected {
        return Err(Refusal::unsupported("expected artifacts are not supported yet: remove them from the pipeline"));
    }
    Ok(())
}

/// What decides whether or when a stage runs cannot be left out.
fn refuse_unsupported_stage(context: &Object, name: &str) -> Result<(), Refusal> {
    if context.boolean("restrictExecutionDuringTimeWindow") == Some(true) {
        return Err(Refusal::unsupported(format!(
            "restrictExecutionDuringTimeWindow is not supported yet: remove it from stage '{name}'"
        )));
    }
    Ok(())
}

/// A parameter that the trigger does not give has the default of the pipeline's `parameterConfig`.
fn apply_parameter_defaults(config: &Object, trigger: &mut Object) {
    let Some(parameters) = config.get("parameterConfig").and_then(Value::as_array) else { return };
    let given = trigger.entry("parameters").or_insert_with(|| json!({}));
    if !given.is_object() {
        *given = json!({});
    }
    let Value::Object(given) = given else { return };
    for parameter in parameters.iter().filter_map(Value::as_object) {
        if let (Some(name), Some(default)) = (parameter.text("name"), parameter.get("default")) {
            given.entry(name).or_insert_with(|| default.clone());
        }
    }
}

/// The fields that clients expect on every trigger.
fn complete_trigger(mut trigger: Object, authentication: &Authentication) -> Object {
    if let Some(Value::Object(parameters)) = trigger.get_mut("parameters") {
        // Upstream's answers leave out what is null.
        parameters.retain(|_, value| !value.is_null());
    }
    let user = authentication.user.clone().unwrap_or_default();
    let defaults = [
        ("type", json!("manual")),
        ("user", json!(user)),
        ("parameters", json!({})),
        ("artifacts", json!([])),
        ("notifications", json!([])),
        ("rebake", json!(false)),
        ("dryRun", json!(false)),
        ("strategy", json!(false)),
        ("resolvedExpectedArtifacts", json!([])),
        ("expectedArtifacts", json!([])),
    ];
    for (name, default) in defaults {
        if trigger.get(name).is_none_or(Value::is_null) {
            trigger.insert(name.to_owned(), default);
        }
    }
    trigger
}

/// The stages, their own fields taken out of their contexts.
fn stages(configs: Vec<Value>, pipeline: &str, application: &str, now: Timestamp) -> Result<Vec<Stage>, Refusal> {
    let mut stages: Vec<Stage> = Vec::with_capacity(configs.len());
    for config in configs {
        let Value::Object(mut context) = config else {
            return Err(Refusal::invalid(format!("a stage of pipeline '{pipeline}' is not an object: {config}")));
        };
        let name = context.text("name");
        let Some(kind) = context.text("type") else {
            return Err(Refusal::invalid(format!(
                "type missing from pipeline '{pipeline}' in application '{application}', stage name: '{}'",
                name.as_deref().unwrap_or("no type"),
            )));
        };
        let ref_id = context.text("refId");
        let requisites = requisites(&context);
        if [&name, &ref_id].into_iter().flatten().any(|text| text.len() > LONGEST_NAME) {
            return Err(Refusal::invalid(format!("a stage's name or refId is longer than {LONGEST_NAME} bytes")));
        }
        if let Some(ref_id) = &ref_id
            && stages.iter().any(|other| other.ref_id.as_ref() == Some(ref_id))
        {
            return Err(Refusal::invalid(format!("two stages have the refId {ref_id}: give each its own")));
        }
        refuse_unsupported_stage(&context, name.as_deref().unwrap_or(&kind))?;
        for own in ["type", "name", "refId", "requisiteStageRefIds"] {
            context.remove(own);
        }
        stages.push(Stage {
            id: id::generate(now),
            ref_id,
            kind,
            name,
            context,
            requisite_stage_ref_ids: requisites,
            ..Stage::default()
        });
    }
    Ok(stages)
}

/// The ref ids that a stage waits for; numbers count, as they do in `refId`.
fn requisites(context: &Object) -> Vec<String> {
    let ref_id = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match context.get("requisiteStageRefIds") {
        Some(Value::Array(items)) => items.iter().filter_map(ref_id).collect(),
        Some(item) => ref_id(item).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The application, if one is named.
fn application(config: &Object) -> Result<Option<String>, Refusal> {
    let name = config.text("application").filter(|name| !name.trim().is_empty());
    match name {
        Some(name) if name.len() > LONGEST_NAME => {
            Err(Refusal::invalid(format!("application is longer than {LONGEST_NAME} bytes")))
        }
        name => Ok(name),
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

fn take_object(config: &mut Object, field: &str) -> Result<Object, Refusal> {
    match config.remove(field) {
        None | Some(Value::Null) => Ok(Object::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(other) => Err(Refusal::invalid(format!("{field} is an object, not {other}"))),
    }
}

fn take_list(config: &mut Object, field: &str) -> Result<Vec<Value>, Refusal> {
    match config.remove(field) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => Ok(list),
        Some(other) => Err(Refusal::invalid(format!("{field} is a list, not {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(config: Value) -> Result<Execution, Refusal> {
        let Value::Object(config) = config else { panic!("an object") };
        let caller = Caller::service("ann");
        pipeline(with_trigger(config, &caller)?, &caller, Timestamp::from_millis(1))
    }

    #[test]
    fn a_stages_own_fields_leave_its_context() {
        let execution = parse(json!({
            "application": "shop", "name": "deploy", "id": "p-1",
            "stages": [{"type": "wait", "name": "w", "refId": 1, "waitTime": 2, "requisiteStageRefIds": []}],
            "parameterConfig": [{"name": "colour", "default": "blue"}],
        }))
        .expect("it parses");
        let stage = &execution.stages[0];
        assert_eq!(stage.ref_id.as_deref(), Some("1"));
        assert_eq!(serde_json::to_value(&stage.context).expect("JSON"), json!({"waitTime": 2}));
        assert_eq!(execution.trigger["parameters"], json!({"colour": "blue"}));
        assert_eq!(execution.trigger["user"], "ann");
        assert_eq!(execution.pipeline_config_id.as_deref(), Some("p-1"));
    }

    #[test]
    fn what_cannot_run_is_refused_before_it_is_stored() {
        let refused = |config: Value| parse(config).expect_err("it is refused");
        let long = "a".repeat(LONGEST_NAME + 1);
        assert_eq!(refused(json!({"application": long, "stages": []})).kind, Kind::Invalid);
        assert_eq!(refused(json!({"application": "a", "stages": "x"})).message, "stages is a list, not \"x\"");
        let missing = refused(json!({"application": "a", "name": "p", "stages": [{"refId": "1"}]}));
        assert_eq!(missing.message, "type missing from pipeline 'p' in application 'a', stage name: 'no type'");
        let windowed = json!({"type": "wait", "name": "w", "restrictExecutionDuringTimeWindow": true});
        let windowed = refused(json!({"application": "a", "stages": [windowed]}));
        assert_eq!(windowed.kind, Kind::Unsupported);
        assert!(windowed.message.contains("restrictExecutionDuringTimeWindow"), "{windowed}");
        assert_eq!(refused(json!({"application": "a", "executionId": "../x"})).kind, Kind::Invalid);
    }

    #[test]
    fn ref_ids_may_be_numbers_on_both_sides() {
        let stages = json!([
            {"type": "wait", "refId": 1},
            {"type": "wait", "refId": 2, "requisiteStageRefIds": [1]},
            {"type": "wait", "refId": "3", "requisiteStageRefIds": 2},
        ]);
        let execution = parse(json!({"application": "a", "stages": stages})).expect("it parses");
        let requisites: Vec<_> = execution.stages.iter().map(|stage| stage.requisite_stage_ref_ids.join(",")).collect();
        assert_eq!(requisites, ["", "1", "2"]);
    }

    #[test]
    fn a_given_id_is_kept_and_a_missing_application_is_upstreams_default() {
        let execution = parse(json!({"executionId": "01HZ", "stages": []})).expect("it parses");
        assert_eq!((execution.id.as_str(), execution.application.as_str()), ("01HZ", "spinnaker_unknown"));
    }
}
