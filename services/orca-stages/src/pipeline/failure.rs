//! Why a child pipeline failed, as its parent's stage says it: where, and with which errors.

use std::collections::HashSet;

use gennaker_wire::{Execution, Object, ObjectExt, Stage, Status, SyntheticOwner};
use serde_json::{Value, json};

/// The exception of a stage whose child failed: `source` is the child's first failed stage, `details.errors` what all failed stages say.
pub(super) fn of_child(child: &Execution) -> Value {
    let stages = in_order(child);
    let failed: Vec<&Stage> = stages.iter().copied().filter(|stage| stage.status == Status::Terminal).collect();
    let errors: Vec<Value> = failed.iter().flat_map(|stage| errors(child, stage)).map(Value::from).collect();
    let mut source = json!({ "stageIndex": 0 });
    if let Some(first) = failed.first() {
        let index = stages.iter().position(|stage| stage.id == first.id).unwrap_or_default();
        source = json!({
            "executionId": child.id, "stageId": first.id, "stageName": name(first), "stageIndex": index,
        });
    }
    json!({ "source": source, "details": { "errors": errors } })
}

/// The exception in a stage's context with one more error.
pub(super) fn appended(settings: &Object, message: &str) -> Value {
    let mut exception = settings.object("exception").cloned().unwrap_or_default();
    let mut details = exception.object("details").cloned().unwrap_or_default();
    let mut errors = details.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
    errors.push(message.into());
    details.insert("errors".to_owned(), errors.into());
    exception.insert("details".to_owned(), details.into());
    Value::Object(exception)
}

/// The stages as upstream lists them: each after those that it requires, as far as it can be said, its before-stages before it and its
/// after-stages after it.
pub(super) fn in_order(execution: &Execution) -> Vec<&Stage> {
    let mut ordered = Vec::with_capacity(execution.stages.len());
    group(execution, None, None, &mut ordered);
    // What belongs to nobody stands at the end.
    let known: HashSet<&str> = ordered.iter().map(|stage| stage.id.as_str()).collect();
    ordered.extend(execution.stages.iter().filter(|stage| !known.contains(stage.id.as_str())));
    ordered
}

fn group<'a>(
    execution: &'a Execution,
    parent: Option<&str>,
    owner: Option<SyntheticOwner>,
    ordered: &mut Vec<&'a Stage>,
) {
    let is_member = |stage: &&Stage| stage.parent_stage_id.as_deref() == parent && stage.synthetic_stage_owner == owner;
    let mut open: Vec<&Stage> = execution.stages.iter().filter(is_member).collect();
    let mut done: HashSet<&str> = HashSet::new();
    while !open.is_empty() {
        let is_ready = |stage: &&Stage| stage.requisite_stage_ref_ids.iter().all(|id| done.contains(id.as_str()));
        let (mut ready, rest): (Vec<_>, Vec<_>) = open.into_iter().partition(is_ready);
        if ready.is_empty() {
            // They wait for each other, or for what is not there.
            ready.extend(&rest);
            open = Vec::new();
        } else {
            open = rest;
        }
        done.extend(ready.iter().filter_map(|stage| stage.ref_id.as_deref()));
        for stage in ready {
            if ordered.iter().any(|known| known.id == stage.id) {
                continue;
            }
            group(execution, Some(&stage.id), Some(SyntheticOwner::StageBefore), ordered);
            ordered.push(stage);
            group(execution, Some(&stage.id), Some(SyntheticOwner::StageAfter), ordered);
        }
    }
}

/// What a failed stage says: the errors of its exception, else those of its failed operations.
fn errors(child: &Execution, stage: &Stage) -> Vec<String> {
    let said = |message: &str| {
        let pipeline = child.name.as_deref().unwrap_or("null");
        format!("Exception in child pipeline stage ({pipeline}: {}): {message}", name(stage))
    };
    let exception = stage.context.object("exception");
    if let Some(details) = exception.and_then(|exception| exception.object("details")).filter(|all| !all.is_empty()) {
        let several = details.get("errors").filter(|errors| errors.as_array().is_none_or(|errors| !errors.is_empty()));
        let messages = match several.filter(|errors| !errors.is_null()).or(details.get("error")) {
            Some(Value::Array(errors)) => errors.iter().map(text).collect(),
            Some(Value::Null) | None => Vec::new(),
            Some(error) => vec![text(error)],
        };
        return messages.iter().map(|message| said(message)).collect();
    }
    let tasks = stage.context.get("kato.tasks").and_then(Value::as_array);
    tasks.into_iter().flatten().filter_map(Value::as_object).filter_map(failed_operation).map(|m| said(&m)).collect()
}

/// The last word of an operation of clouddriver's that failed.
fn failed_operation(task: &Object) -> Option<String> {
    if task.object("status")?.boolean("failed") != Some(true) {
        return None;
    }
    let message = task.object("exception").and_then(|exception| exception.text("message"));
    message.filter(|message| !message.is_empty()).or_else(|| match task.get("history")?.as_array()?.last()? {
        Value::Object(entry) => entry.text("status"),
        entry => Some(text(entry)),
    })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn name(stage: &Stage) -> &str {
    stage.name.as_deref().unwrap_or(&stage.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(id: &str, status: Status, context: Value) -> Stage {
        let context = context.as_object().cloned().expect("an object");
        Stage { id: id.into(), ref_id: Some(id.into()), kind: "deploy".into(), status, context, ..Stage::default() }
    }

    fn child(stages: Vec<Stage>) -> Execution {
        Execution { id: "01C".into(), name: Some("child".into()), stages, ..Execution::default() }
    }

    #[test]
    fn a_failed_before_stage_stands_before_its_parent() {
        let mut before = stage("1<1", Status::Terminal, json!({}));
        before.parent_stage_id = Some("1".into());
        before.synthetic_stage_owner = Some(SyntheticOwner::StageBefore);
        let mut after = stage("1>1", Status::NotStarted, json!({}));
        after.parent_stage_id = Some("1".into());
        after.synthetic_stage_owner = Some(SyntheticOwner::StageAfter);
        let mut later = stage("0", Status::NotStarted, json!({}));
        later.requisite_stage_ref_ids = vec!["1".into()];
        let child = child(vec![later, stage("1", Status::Terminal, json!({})), after, before]);
        let ids: Vec<_> = in_order(&child).into_iter().map(|stage| stage.id.as_str()).collect();
        assert_eq!(ids, ["1<1", "1", "1>1", "0"]);
        let source = json!({"executionId": "01C", "stageId": "1<1", "stageName": "deploy", "stageIndex": 0});
        assert_eq!(of_child(&child), json!({"source": source, "details": {"errors": []}}));
    }

    #[test]
    fn stages_that_wait_for_each_other_are_listed_once() {
        let mut first = stage("1", Status::NotStarted, json!({}));
        first.requisite_stage_ref_ids = vec!["2".into()];
        let mut second = stage("2", Status::NotStarted, json!({}));
        second.requisite_stage_ref_ids = vec!["1".into()];
        let mut orphan = stage("3", Status::NotStarted, json!({}));
        orphan.parent_stage_id = Some("gone".into());
        assert_eq!(in_order(&child(vec![first, second, orphan])).len(), 3);
    }

    #[test]
    fn every_failed_stage_says_its_errors() {
        let failed = |context: Value| stage("1", Status::Terminal, context);
        let errors = |context: Value| of_child(&child(vec![failed(context)]))["details"]["errors"].clone();
        let prefix = "Exception in child pipeline stage (child: deploy): ";
        let exception = |details: Value| json!({"exception": {"details": details}});
        assert_eq!(
            errors(exception(json!({"errors": ["a", 5], "error": "b"}))),
            json!([format!("{prefix}a"), format!("{prefix}5")])
        );
        assert_eq!(errors(exception(json!({"errors": [], "error": "b"}))), json!([format!("{prefix}b")]));
        let tasks = json!({"kato.tasks": [
            {"status": {"failed": true}, "exception": {"message": "no room"}},
            {"status": {"failed": true}, "history": [{"phase": "p", "status": "first"}, {"phase": "p", "status": "last"}]},
            {"status": {"failed": false}, "exception": {"message": "fine"}},
        ]});
        assert_eq!(errors(tasks), json!([format!("{prefix}no room"), format!("{prefix}last")]));
        assert_eq!(errors(json!({})), json!([]));
    }

    #[test]
    fn an_error_is_added_to_those_that_are_there() {
        let settings = json!({"exception": {"details": {"errors": ["a"], "error": "e"}, "operation": "o"}});
        assert_eq!(
            appended(settings.as_object().expect("an object"), "b"),
            json!({"exception": {"details": {"errors": ["a", "b"], "error": "e"}, "operation": "o"}})["exception"]
        );
        assert_eq!(appended(&Object::new(), "b"), json!({"details": {"errors": ["b"]}}));
    }
}
