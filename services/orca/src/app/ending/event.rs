//! What echo is told of an execution: `orca:pipeline:complete` and its like, in upstream's JSON.
//!
//! Upstream: `EchoNotifyingExecutionListener`, `EchoNotifyingStageListener`. `eventId` is ours: the same end is the same event.

use gennaker_wire::{Execution, ExecutionKind, Object, Stage, Status};
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
    let mut told = execution.clone();
    notifications::complete(engine, &mut told).await;
    let event = event(&told, phase(told.status));
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
            let mut told = execution.clone();
            notifications::complete(engine, &mut told).await;
            let mut event = event(&told, "starting");
            event.as_object_mut()?.shift_remove("eventId");
            return Some(event);
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

fn event(execution: &Execution, phase: &str) -> Value {
    let kind = match execution.kind {
        ExecutionKind::Pipeline => "pipeline",
        ExecutionKind::Orchestration => "orchestration",
    };
    let end = execution.end_time.unwrap_or_default().millis();
    json!({
        "details": {
            "source": "orca",
            "type": format!("orca:{kind}:{phase}"),
            "application": execution.application,
        },
        "content": { "execution": execution, "executionId": execution.id },
        "eventId": format!("{}-{end}", execution.id),
    })
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
        let event = event(&execution, phase(execution.status));
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
