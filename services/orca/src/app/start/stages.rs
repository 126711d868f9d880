//! The stages of a pipeline or task, their own fields taken out of their contexts.
//!
//! Upstream: `PipelineBuilder.withStage`, `StageExecutionImpl`, `OperationsController.applyStageRefIds`.

use gennaker_base::{Timestamp, id};
use gennaker_wire::{Object, ObjectExt, Stage};
use serde_json::{Value, json};

use super::{
    Refusal,
    read::{LONGEST_NAME, drop_nulls, whole_number},
};

/// Where stages come from, for the sentences of refusals.
pub(super) struct Source<'a> {
    pub(super) pipeline: &'a str,
    pub(super) application: &'a str,
}

/// Numbers the stages from 0, each after the one before it, if none of them has a ref id.
pub(super) fn number(stages: &mut Value) {
    let Value::Array(stages) = stages else { return };
    let has_none = |stage: &Value| stage.get("refId").is_none_or(Value::is_null);
    if !stages.iter().all(has_none) {
        return;
    }
    for (number, stage) in stages.iter_mut().filter_map(Value::as_object_mut).enumerate() {
        stage.insert("refId".to_owned(), number.to_string().into());
        let requisites: Vec<String> = number.checked_sub(1).iter().map(ToString::to_string).collect();
        stage.insert("requisiteStageRefIds".to_owned(), json!(requisites));
    }
}

/// The stages of a pipeline: one has the name that it is given, else its type.
pub(super) fn of_pipeline(configs: Vec<Value>, source: &Source<'_>, now: Timestamp) -> Result<Vec<Stage>, Refusal> {
    let stage = |config: Value| {
        let mut context = context(config, source)?;
        let name = context.text("name");
        context.shift_remove("name");
        let Some(kind) = context.text("type") else {
            let Source { pipeline, application } = source;
            let name = name.as_deref().unwrap_or("null");
            return Err(Refusal::invalid(format!(
                "type missing from pipeline '{pipeline}' in application '{application}', stage name: '{name}'"
            )));
        };
        let name = name.unwrap_or_else(|| kind.clone());
        stage(context, &kind, Some(name), now)
    };
    configs.into_iter().map(stage).collect()
}

/// The stages of a task: their names are their types, and what a client calls them stays a setting.
pub(super) fn of_task(jobs: Vec<Value>, source: &Source<'_>, now: Timestamp) -> Result<Vec<Stage>, Refusal> {
    let stage = |job: Value| {
        let context = context(job, source)?;
        let kind = context.text("type");
        let kind =
            kind.ok_or_else(|| Refusal::failure("a job of the task has no type: {\"job\": [{\"type\": ...}]}"))?;
        stage(context, &kind, None, now)
    };
    jobs.into_iter().map(stage).collect()
}

fn context(config: Value, source: &Source<'_>) -> Result<Object, Refusal> {
    match config {
        Value::Object(context) => Ok(context),
        other => Err(Refusal::invalid(format!("a stage of pipeline '{}' is not an object: {other}", source.pipeline))),
    }
}

fn stage(mut context: Object, kind: &str, name: Option<String>, now: Timestamp) -> Result<Stage, Refusal> {
    let provider = context.text("providerType").filter(|provider| !matches!(provider.as_str(), "aws" | "titus"));
    let kind = provider.map_or_else(|| kind.to_owned(), |provider| format!("{kind}_{provider}"));
    let name = name.unwrap_or_else(|| kind.clone());
    let ref_id = match context.shift_remove("refId") {
        None | Some(Value::Null) => None,
        Some(Value::String(ref_id)) => Some(ref_id),
        Some(other) => {
            return Err(Refusal::failure(format!("refId of stage '{name}' is not a text: write \"{other}\"")));
        }
    };
    if name.len() > LONGEST_NAME || ref_id.as_ref().is_some_and(|ref_id| ref_id.len() > LONGEST_NAME) {
        return Err(Refusal::invalid(format!("a stage's name or refId is longer than {LONGEST_NAME} bytes")));
    }
    let requisite_stage_ref_ids = requisites(context.shift_remove("requisiteStageRefIds"), &name)?;
    let start_time_expiry = whole_number(&context, "startTimeExpiry")?.map(Timestamp::from_millis);
    context.shift_remove("startTimeExpiry");
    context.shift_remove("type");
    drop_nulls(&mut context);
    let id = id::generate(now);
    Ok(Stage {
        id,
        ref_id,
        kind,
        name: Some(name),
        context,
        requisite_stage_ref_ids,
        start_time_expiry,
        ..Stage::default()
    })
}

/// The ref ids that a stage waits for. A number is read as its text: so upstream reads it back from its store.
fn requisites(list: Option<Value>, name: &str) -> Result<Vec<String>, Refusal> {
    let id = |item: Value| match item {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    match list {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items.into_iter().filter_map(id).collect()),
        Some(other) => {
            let problem = format!("requisiteStageRefIds of stage '{name}' is a list of refIds, not {other}");
            Err(Refusal::failure(problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use gennaker_base::Kind;

    use super::*;

    const SOURCE: Source<'static> = Source { pipeline: "p", application: "a" };
    const NOW: Timestamp = Timestamp::from_millis(1);

    fn list(value: Value) -> Vec<Value> {
        value.as_array().cloned().expect("a list")
    }

    fn pipeline(stages: Value) -> Result<Vec<Stage>, Refusal> {
        of_pipeline(list(stages), &SOURCE, NOW)
    }

    #[test]
    fn a_stages_own_fields_leave_its_context() {
        let sent = json!([{
            "type": "wait", "name": "w", "refId": "1", "waitTime": 2, "requisiteStageRefIds": [], "empty": null,
            "startTimeExpiry": "1700000000000",
        }, {"type": "deploy", "providerType": "gce"}]);
        let stages = pipeline(sent).expect("stages");
        assert_eq!(stages[0].ref_id.as_deref(), Some("1"));
        assert_eq!(stages[0].start_time_expiry, Some(Timestamp::from_millis(1_700_000_000_000)));
        assert_eq!(Value::Object(stages[0].context.clone()), json!({"waitTime": 2}));
        assert_eq!((stages[1].kind.as_str(), stages[1].name.as_deref()), ("deploy_gce", Some("deploy")));
    }

    #[test]
    fn a_job_is_called_by_its_type() {
        let jobs = list(json!([{"type": "wait", "name": "my wait", "refId": "0"}]));
        let stages = of_task(jobs, &SOURCE, NOW).expect("stages");
        assert_eq!(stages[0].name.as_deref(), Some("wait"));
        assert_eq!(Value::Object(stages[0].context.clone()), json!({"name": "my wait"}));
        assert!(of_task(list(json!([{"name": "x"}])), &SOURCE, NOW).expect_err("no type").fails_upstream);
    }

    #[test]
    fn stages_without_ref_ids_follow_each_other() {
        let numbered = |mut stages: Value| {
            number(&mut stages);
            stages
        };
        let none = json!([{"type": "a"}, {"type": "b", "refId": null, "requisiteStageRefIds": ["9"]}]);
        let expected = json!([
            {"type": "a", "refId": "0", "requisiteStageRefIds": []},
            {"type": "b", "refId": "1", "requisiteStageRefIds": ["0"]},
        ]);
        assert_eq!(numbered(none), expected);
        let some = json!([{"type": "a"}, {"type": "b", "refId": "1"}]);
        assert_eq!(numbered(some.clone()), some);
        assert_eq!(numbered(Value::Null), Value::Null);
    }

    #[test]
    fn requisites_are_texts_or_numbers() {
        let of = |list: Value| requisites(Some(list), "s");
        assert_eq!(of(json!(["1", 2, null])), Ok(vec!["1".to_owned(), "2".to_owned()]));
        assert_eq!(of(Value::Null), Ok(Vec::new()));
        assert!(of(json!("1")).expect_err("no list").fails_upstream);
    }

    #[test]
    fn what_cannot_be_a_stage_is_refused() {
        let refused = |stages: Value| pipeline(stages).expect_err("it is refused");
        let missing = refused(json!([{"refId": "1", "name": "no type"}]));
        assert_eq!(missing.message, "type missing from pipeline 'p' in application 'a', stage name: 'no type'");
        assert_eq!((missing.kind, missing.fails_upstream), (Kind::Invalid, false));
        assert!(refused(json!([{"type": "wait", "refId": 1}])).fails_upstream);
        assert_eq!(refused(json!([5])).kind, Kind::Invalid);
        assert_eq!(refused(json!([{"type": "a".repeat(LONGEST_NAME + 1)}])).kind, Kind::Invalid);
    }
}
