//! The notifications of an execution as echo is told of them: their expressions evaluated, and those of its application with them.
//!
//! A notification of the application that the pipeline has too (same type, and same address or publisher) counts for what the
//! pipeline does not say of it. Upstream: `EchoNotifyingExecutionListener`.

use std::borrow::Cow;

use gennaker_wire::{Execution, ExecutionKind, Object, ObjectExt};
use serde_json::Value;

use super::caller;
use crate::{engine::Engine, expressions::contains_expression};

/// The execution with its notifications complete. If front50 does not say what the application's are, the pipeline's own remain.
pub(super) async fn completed<'e>(engine: &Engine, execution: &'e Execution) -> Cow<'e, Execution> {
    let caller = caller(execution);
    let mut notifications = Vec::new();
    for notification in &execution.notifications {
        notifications.push(evaluated(engine, execution, notification).await);
    }
    if execution.kind == ExecutionKind::Pipeline {
        let known = engine.clients().front50.application_notifications(&caller, &execution.application).await;
        let known = known.inspect_err(|error| {
            tracing::debug!(execution = %execution.id, %error, "the application's notifications are left out");
        });
        for notification in of_pipelines(&known.unwrap_or_default()) {
            let notification = evaluated(engine, execution, &Value::Object(notification)).await;
            add(&mut notifications, notification);
        }
    }
    // It may be large, and most have none.
    if notifications == execution.notifications {
        return Cow::Borrowed(execution);
    }
    Cow::Owned(Execution { notifications, ..execution.clone() })
}

async fn evaluated(engine: &Engine, execution: &Execution, notification: &Value) -> Value {
    match notification {
        Value::Object(fields) if contains_expression(fields) => {
            Value::Object(engine.expressions().in_execution(&caller(execution), execution, fields).await)
        }
        other => other.clone(),
    }
}

/// Those of an application that are for pipelines, with what they are for.
fn of_pipelines(of_application: &Object) -> Vec<Object> {
    let lists = of_application.values().filter_map(Value::as_array).flatten().filter_map(Value::as_object);
    let of_pipelines = lists.filter_map(|notification| {
        let when: Vec<String> =
            notification.texts("when").into_iter().filter(|when| when.starts_with("pipeline")).collect();
        (!when.is_empty()).then(|| {
            let mut notification = notification.clone();
            notification.insert("when".to_owned(), when.into());
            notification
        })
    });
    of_pipelines.collect()
}

/// Adds one of the application's, for what none of the pipeline's is for.
fn add(notifications: &mut Vec<Value>, mut own: Value) {
    let Value::Object(fields) = &mut own else { return };
    let is_same = |other: &Object, field: &str| {
        let text = fields.text(field).filter(|text| !text.is_empty());
        text.is_some() && text == other.text(field)
    };
    let mut known = notifications.iter().filter_map(Value::as_object);
    let found =
        known.find(|other| is_same(other, "type") && (is_same(other, "address") || is_same(other, "publisherName")));
    if let Some(found) = found {
        let taken = found.texts("when");
        let left: Vec<String> = fields.texts("when").into_iter().filter(|when| !taken.contains(when)).collect();
        if left.is_empty() {
            return;
        }
        fields.insert("when".to_owned(), left.into());
    }
    notifications.push(own);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_applications_notifications_count_for_what_the_pipeline_leaves() {
        let application = json!({
            "application": "shop", "lastModified": 5,
            "slack": [{"type": "slack", "address": "#a", "when": ["pipeline.complete", "pipeline.failed", "stage.failed"]}],
            "email": [{"type": "email", "address": "x@example.com", "when": ["stage.failed"]}],
        });
        let found = of_pipelines(application.as_object().expect("an object"));
        assert_eq!(found.len(), 1, "{found:?}");
        let merged = |own: Value| {
            let mut notifications = vec![own];
            add(&mut notifications, Value::Object(found[0].clone()));
            notifications.iter().map(|notification| notification["when"].clone()).collect::<Vec<_>>()
        };
        let own = |address: &str, when: Value| json!({"type": "slack", "address": address, "when": when});
        assert_eq!(
            merged(own("#a", json!(["pipeline.failed"]))),
            [json!(["pipeline.failed"]), json!(["pipeline.complete"])]
        );
        assert_eq!(merged(own("#a", json!(["pipeline.failed", "pipeline.complete"]))).len(), 1);
        assert_eq!(merged(own("#b", json!(["pipeline.failed"])))[1], json!(["pipeline.complete", "pipeline.failed"]));
    }
}
