//! What echo is told of an execution: `orca:pipeline:complete` and its like, in upstream's JSON.
//!
//! Upstream: `EchoNotifyingExecutionListener`. `eventId` is ours: the same end is the same event.

use gennaker_wire::{Execution, ExecutionKind, Status};
use serde_json::{Value, json};

use super::{Error, caller, notifications, settled};
use crate::engine::Engine;

/// Tells echo that it is over.
pub(super) async fn ended(engine: &Engine, execution: &Execution) -> Result<(), Error> {
    if !engine.tells_echo() {
        return Ok(());
    }
    let mut told = execution.clone();
    notifications::complete(engine, &mut told).await;
    let event = event(&told, phase(told.status));
    let answer = engine.clients().echo.post_event(&caller(execution), &event).await;
    settled(answer, "echo refuses the end of an execution").map(drop)
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
