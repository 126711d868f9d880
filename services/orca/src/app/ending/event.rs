//! What echo is told of an execution: `orca:pipeline:complete` and its like, in upstream's JSON.
//!
//! Upstream: `EchoNotifyingExecutionListener`, `EchoNotifyingStageListener`. `eventId` is ours: the same end is the same event.

use gennaker_wire::{Execution, ExecutionKind, Object, Stage, Status};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Error, caller, notifications, settled};
use crate::{
    engine::{Engine, News},
    expressions::contains_expression,
};

/// Tells echo that it is over.
pub(super) async fn ended(engine: &Engine, execution: &Execution) -> Result<(), Error> {
    if !engine.echo().enabled {
        return Ok(());
    }
    let told = notifications::completed(engine, execution).await;
    let event = Told { event_id: Some(identity(execution)), ..Told::of(&told, phase(told.status)) };
    let answer = engine.clients().echo.post_event(&caller(execution), &event).await;
    settled(answer, "echo refuses the end of an execution").map(drop)
}

/// Tells echo what happened while it goes on; what cannot be told is left out.
pub(super) async fn progress(engine: &Engine, execution: &Execution, news: &[News]) {
    for one in news {
        let Some(event) = of_news(engine, execution, one).await else { continue };
        if let Err(error) = engine.clients().echo.post_event(&caller(execution), &event).await {
            tracing::debug!(execution = %execution.id, %error, "echo is not told what happened");
        }
    }
}

async fn of_news(engine: &Engine, execution: &Execution, news: &News) -> Option<Value> {
    let (kind, phase, stage, task) = match news {
        News::Starting => {
            let told = notifications::completed(engine, execution).await;
            return Some(json!(Told::of(&told, "starting")));
        }
        News::Stage(stage, phase) => ("stage", phase, stage, None),
        News::Task(stage, task, phase) => ("task", phase, stage, Some(task)),
    };
    let settings = &engine.echo().events;
    if task.is_some() && settings.ignore_task_events {
        return None;
    }
    let stage = execution.stage(stage)?;
    let context = if contains_expression(&stage.context) {
        engine.expressions().in_execution(&caller(execution), execution, &stage.context).await
    } else {
        stage.context.clone()
    };
    let mut content = of_stage(execution, stage, context);
    if let Some(task) = task.and_then(|id| stage.tasks.iter().find(|task| task.id == *id)) {
        content.insert("taskName".to_owned(), format!("{}.{}", stage.kind, task.name).into());
    }
    if task.is_none() || settings.include_full_execution {
        content.insert("execution".to_owned(), json!(execution));
    }
    Some(json!({
        "details": {
            "source": "orca",
            "type": format!("orca:{kind}:{phase}"),
            "application": execution.application,
        },
        "content": content,
    }))
}

fn of_stage(execution: &Execution, stage: &Stage, context: Object) -> Object {
    let content = [
        ("standalone", json!(execution.kind == ExecutionKind::Orchestration)),
        ("canceled", json!(execution.canceled)),
        ("context", Value::Object(context)),
        ("startTime", json!(stage.start_time)),
        ("endTime", json!(stage.end_time)),
        ("executionId", json!(execution.id)),
        ("stageId", json!(stage.id)),
        ("isSynthetic", json!(stage.synthetic_stage_owner.is_some())),
        ("name", json!(stage.name)),
    ];
    content.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Whether it went well, as upstream says it.
fn phase(status: Status) -> &'static str {
    match status {
        Status::Succeeded | Status::Stopped | Status::Skipped => "complete",
        _ => "failed",
    }
}

/// An event of an execution. It is written as it is sent, since a copy of the execution may have megabytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'e> {
    details: Value,
    content: Content<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'e> {
    execution: &'e Execution,
    execution_id: &'e str,
}

impl Told<'_> {
    fn of<'e>(execution: &'e Execution, phase: &str) -> Told<'e> {
        let kind = match execution.kind {
            ExecutionKind::Pipeline => "pipeline",
            ExecutionKind::Orchestration => "orchestration",
        };
        let details = json!({
            "source": "orca",
            "type": format!("orca:{kind}:{phase}"),
            "application": execution.application,
        });
        Told { details, content: Content { execution, execution_id: &execution.id }, event_id: None }
    }
}

/// What is the same whenever an end is told.
fn identity(execution: &Execution) -> String {
    format!("{}-{}", execution.id, execution.end_time.unwrap_or_default().millis())
}

#[cfg(test)]
mod tests {
    use gennaker_base::Timestamp;

    use super::*;

    #[test]
    fn an_event_is_as_upstreams() {
        let execution = Execution {
            id: "E".into(),
            application: "shop".into(),
            end_time: Some(Timestamp::from_millis(9)),
            status: Status::Succeeded,
            ..Execution::default()
        };
        let event =
            json!(Told { event_id: Some(identity(&execution)), ..Told::of(&execution, phase(execution.status)) });
        assert_eq!(
            event["details"],
            json!({"source": "orca", "type": "orca:pipeline:complete", "application": "shop"})
        );
        assert_eq!((&event["content"]["executionId"], &event["eventId"]), (&json!("E"), &json!("E-9")));
        assert_eq!(event["content"]["execution"], json!(execution));
        for (status, expected) in [
            (Status::Stopped, "complete"),
            (Status::Terminal, "failed"),
            (Status::Canceled, "failed"),
            (Status::FailedContinue, "failed"),
        ] {
            assert_eq!(phase(status), expected, "{status}");
        }
    }
}
