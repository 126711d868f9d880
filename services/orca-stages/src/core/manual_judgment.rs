//! `manualJudgment`: waits until a person says `continue` or `stop`, three days at most.
//!
//! The judgment is a patch of the stage: `{"judgmentStatus": "continue", "judgmentInput": "..."}`; `judgmentInputs` offers the
//! inputs. Who judged is in the stage's `lastModified`, and with `propagateAuthenticationContext` becomes the user of what follows
//! ([`super::authentication_for`]).
//!
//! `requiredJudgmentRoles` and `selectedStageRoles` ask for one of these roles, where an authorisation service knows who has
//! them. There is none in this build, and without one anybody may judge, as in upstream. Nor is there echo, which sends
//! `notifications`: their state is kept, and nobody is told. Upstream: `ManualJudgmentStage`, `ManualJudgmentAuthorization`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt, Status};

use super::notifications;
use crate::{
    Catalogue, ComposeContext, Composition, Field, Next, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

/// The stage's type.
pub(super) const KIND: &str = "manualJudgment";
const TASK: &str = "com.netflix.spinnaker.orca.echo.pipeline.ManualJudgmentStage.WaitForManualJudgmentTask";
const NOTIFICATIONS: &str = "notifications";
const JUDGMENT: &str = "judgmentStatus";

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(ManualJudgmentStage);
    catalogue.add_task(WaitForJudgmentTask);
}

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgment {
    Continue,
    Stop,
    /// Nothing yet, or nothing that is known.
    Awaited,
}

impl Judgment {
    /// By the context of the stage.
    pub(super) fn of(context: &Object) -> Self {
        match context.text(JUDGMENT).unwrap_or_default().to_ascii_lowercase().as_str() {
            "continue" => Judgment::Continue,
            "stop" => Judgment::Stop,
            _ => Judgment::Awaited,
        }
    }

    /// The name by which notifications ask for it.
    fn notification_state(self) -> &'static str {
        match self {
            Judgment::Continue => "manualJudgmentContinue",
            Judgment::Stop => "manualJudgmentStop",
            Judgment::Awaited => "manualJudgment",
        }
    }
}

struct ManualJudgmentStage;

#[async_trait]
impl StageDefinition for ManualJudgmentStage {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn schema(&self) -> Schema {
        let input = [Field::text("value", "The text of the answer.").required()];
        Schema::of("Waits until a person says that the pipeline goes on, or that it stops.")
            .with(Field::text("instructions", "What the person should know, as HTML."))
            .with(Field::list("judgmentInputs", "The answers that can be chosen from.", input))
            .with(Field::text("judgmentStatus", "The judgment: set while it runs.").one_of(&["continue", "stop"]))
            .with(Field::text("judgmentInput", "The chosen answer: set with the judgment."))
            .with(Field::list("selectedStageRoles", "The roles that may judge.", []))
            .with(
                Field::flag("propagateAuthenticationContext", "Whether what follows acts for who judged.")
                    .default(false),
            )
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("waitForJudgment", TASK)], ..Composition::default() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        for name in [JUDGMENT, "lastModifiedBy"] {
            context.shift_remove(name);
        }
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

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(15)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let judgment = Judgment::of(settings);
        let state = judgment.notification_state();
        let list = notifications::completed(settings.get(NOTIFICATIONS));
        let result = match judgment {
            Judgment::Continue => TaskResult::succeeded(),
            Judgment::Stop => TaskResult::ended(Status::Terminal),
            Judgment::Awaited => {
                TaskResult::running(notifications::next_repetition(&list, state).map_or(Next::OnChange, Next::At))
            }
        };
        if !keeps_notifications(settings, judgment) {
            return Ok(result);
        }
        let unsent = notifications::due(&list, state, context.now);
        if unsent > 0 {
            let (execution, stage) = (&context.view.execution.id, &context.view.stage.id);
            tracing::warn!(execution, stage, state, unsent, "nobody is notified: echo is not part of this build");
        }
        Ok(if settings.get(NOTIFICATIONS) == Some(&list) { result } else { result.with_context(NOTIFICATIONS, list) })
    }
}

/// Of a judgment that was made people are told only with `sendNotifications`. The list stands in the context in any case.
fn keeps_notifications(settings: &Object, judgment: Judgment) -> bool {
    judgment == Judgment::Awaited
        || settings.boolean("sendNotifications") == Some(true)
        || !settings.contains_key(NOTIFICATIONS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_judgment_is_read_in_any_case() {
        let of = |judgment: Value| Judgment::of(&object(json!({ "judgmentStatus": judgment })));
        assert_eq!(of(json!("Continue")), Judgment::Continue);
        assert_eq!(of(json!("STOP")), Judgment::Stop);
        assert_eq!(of(json!("")), Judgment::Awaited);
        assert_eq!(of(json!(null)), Judgment::Awaited);
        assert_eq!(of(json!("perhaps")), Judgment::Awaited);
    }

    #[test]
    fn a_restart_forgets_the_judgment() {
        let judged =
            json!({"judgmentStatus": "stop", "lastModifiedBy": "ann", "judgmentInput": "no", "instructions": "i"});
        let mut context = object(judged);
        ManualJudgmentStage.prepare_restart(&mut context);
        assert_eq!(Value::Object(context), json!({"judgmentInput": "no", "instructions": "i"}));
    }

    #[test]
    fn after_the_judgment_the_list_stays_as_it_is_unless_it_is_to_be_told() {
        let kept = |settings: Value, judgment| keeps_notifications(&object(settings), judgment);
        assert!(kept(json!({"notifications": []}), Judgment::Awaited));
        assert!(!kept(json!({"notifications": []}), Judgment::Stop));
        assert!(kept(json!({"notifications": [], "sendNotifications": true}), Judgment::Continue));
        assert!(kept(json!({}), Judgment::Continue));
    }
}
