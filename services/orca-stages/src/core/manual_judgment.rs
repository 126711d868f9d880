//! `manualJudgment`: waits until a person says `continue` or `stop`.
//!
//! The judgment is a patch of the stage: `{"judgmentStatus": "continue", "judgmentInput": "..."}`. Upstream:
//! `ManualJudgmentStage`. Notifications are sent by echo, which is not part of this build yet; a stage that asks for them
//! runs, without them. Roles cannot be checked before sign-in is built, so a stage that requires some is refused.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Status};
use serde_json::json;

use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.echo.pipeline.ManualJudgmentStage.WaitForManualJudgmentTask";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(ManualJudgmentStage);
    catalogue.add_task(WaitForJudgmentTask);
}

struct ManualJudgmentStage;

#[async_trait]
impl StageDefinition for ManualJudgmentStage {
    fn kind(&self) -> &'static str {
        "manualJudgment"
    }

    fn schema(&self) -> Schema {
        let input = [Field::text("value", "The text of the answer.").required()];
        Schema::of("Waits until a person says that the pipeline goes on, or that it stops.")
            .with(Field::text("instructions", "What the person should know, as HTML."))
            .with(Field::list("judgmentInputs", "The answers that can be chosen from.", input))
            .with(Field::text("judgmentStatus", "The judgment: set while it runs.").one_of(&["continue", "stop"]))
            .with(Field::text("judgmentInput", "The chosen answer: set with the judgment."))
            .with(Field::list("selectedStageRoles", "The roles that may judge; not supported yet.", []))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        match unsupported_roles(context) {
            Some(problem) => vec![problem],
            None => Vec::new(),
        }
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("waitForJudgment", TASK)], ..Composition::default() })
    }
}

struct WaitForJudgmentTask;

#[async_trait]
impl Task for WaitForJudgmentTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(3 * 24 * 3600))
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        if let Some(problem) = unsupported_roles(settings) {
            return Err(TaskError::new(Kind::Unsupported, "UserException", problem));
        }
        let judgment = settings.text("judgmentStatus").unwrap_or_default();
        let result = match judgment.to_ascii_lowercase().as_str() {
            "continue" => TaskResult::succeeded(),
            "stop" => TaskResult::ended(Status::Terminal),
            _ => TaskResult::running(Next::OnChange),
        };
        // Whom it tells of the judgment stands in its context, as upstream has it, also if it is nobody.
        Ok(if settings.contains_key("notifications") {
            result
        } else {
            result.with_context("notifications", json!([]))
        })
    }
}

/// What to say where only people with certain roles may judge: nobody's roles are known before sign-in is built, and a
/// judgment that anyone could make is not what the author asked for.
fn unsupported_roles(context: &Object) -> Option<String> {
    ["requiredJudgmentRoles", "selectedStageRoles"].into_iter().find_map(|name| {
        let roles = context.texts(name);
        (!roles.is_empty()).then(|| {
            format!(
                "{name} is not supported yet: remove it, or let anyone judge this stage (it names {})",
                roles.join(", ")
            )
        })
    })
}
