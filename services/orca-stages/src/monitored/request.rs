//! What monitors are told.

use gennaker_wire::{Object, ObjectExt, Status, SyntheticOwner};
use serde_json::{Value, json};

use super::task::Question;
use crate::StageView;

/// The body of a question. What is not known is null.
pub(super) fn body(question: Question, view: &StageView) -> Value {
    let settings = view.context();
    let monitor = settings.object("deploymentMonitor");
    let mut body = json!({
        "application": view.execution.application,
        "executionId": view.execution.id,
        "stageId": view.stage.id,
        "deploymentId": view.stage.parent_stage_id,
        "oldServerGroup": settings.get("oldServerGroup"),
        "newServerGroup": settings.get("newServerGroup"),
        "account": settings.get("account"),
        "region": settings.get("region"),
        "cloudProvider": settings.get("cloudProvider"),
        "parameters": monitor.and_then(|monitor| monitor.get("parameters")),
    });
    match question {
        Question::Starting => {}
        Question::Health => {
            body["newInstances"] = json!([]);
            body["currentProgress"] = settings.integer("currentProgress").unwrap_or(0).into();
        }
        Question::Completed => {
            let failed = settings.boolean("hasDeploymentFailed") == Some(true);
            body["status"] = if failed { "failure" } else { "success" }.into();
            body["rollback"] = rollback(view).into();
        }
    }
    body
}

/// How going back ended, if the deployment did.
fn rollback(view: &StageView) -> &'static str {
    let Some(parent) = view.parent() else { return "not_performed" };
    let parent = view.of(parent);
    let mut children = parent.children(SyntheticOwner::StageBefore).chain(parent.children(SyntheticOwner::StageAfter));
    match children.find(|stage| stage.kind == "rollbackCluster") {
        Some(stage) if stage.status == Status::Succeeded => "success",
        Some(_) => "failure",
        None => "not_performed",
    }
}

/// The id of the monitor that a stage asks.
pub(super) fn monitor_id(settings: &Object) -> String {
    settings.object("deploymentMonitor").and_then(|monitor| monitor.text("id")).unwrap_or_default()
}
