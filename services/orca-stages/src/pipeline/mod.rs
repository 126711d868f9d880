//! `pipeline`: runs another pipeline as a child.
//!
//! `{"application": ..., "pipeline": ID, "pipelineParameters": {...}, "waitForCompletion": true}`. Its tasks:
//!
//! | | |
//! |---|---|
//! | `startPipeline` | starts the child, unless the stage has an `executionId`; skipped then |
//! | `monitorPipeline` | waits for its end, unless `waitForCompletion` is false; takes over its outputs, or says why it failed |
//! | `bindProducedArtifacts` | if the stage lists `expectedArtifacts` |
//!
//! # Guarantees
//! * The child is started once for each run of the stage: its id is derived from the execution, the stage and the start of the task, so
//!   that a step that is made again asks for the same child.
//! * The end of a child wakes the stage that waits for it, where one node drives both; otherwise it sees it at its next look.
//! * A stage that is cancelled, or fails, cancels its child; also one whose start was under way.
//!
//! Upstream: `PipelineStage`, `StartPipelineTask`, `MonitorPipelineTask`.

mod failure;
mod monitor;
mod start;

use async_trait::async_trait;
use gennaker_clients::Caller;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{
    CancelContext, Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, StageView, TaskError,
    TaskTemplate, artifacts::bind_produced_artifacts,
};

const START: &str = "com.netflix.spinnaker.orca.front50.tasks.StartPipelineTask";
const MONITOR: &str = "com.netflix.spinnaker.orca.front50.tasks.MonitorPipelineTask";

/// The child's id, in the context of a stage.
const EXECUTION_ID: &str = "executionId";
/// The child's name there.
const EXECUTION_NAME: &str = "executionName";
/// Set by who restarts the child itself: the stage goes on with it.
const SKIP_RESTART: &str = "_skipPipelineRestart";
/// Who cancels children.
const PARENT: &str = "parent pipeline";

/// Adds the stage and its tasks.
pub(crate) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(PipelineStage);
    catalogue.add_task(start::StartPipelineTask);
    catalogue.add_task(monitor::MonitorPipelineTask);
}

struct PipelineStage;

#[async_trait]
impl StageDefinition for PipelineStage {
    fn kind(&self) -> &'static str {
        "pipeline"
    }

    fn schema(&self) -> Schema {
        Schema::of("Runs another pipeline as a child.")
            .with(Field::text("application", "The application of the other pipeline."))
            .with(Field::text("pipeline", "The id of the other pipeline.").required())
            .with(Field::object("pipelineParameters", "Its parameters by their names.", []))
            .with(Field::flag("waitForCompletion", "Whether the stage lasts until the child ends.").default(true))
            .with(Field::list("expectedArtifacts", "The artifacts that the child makes for later stages.", []))
            .with(Field::flag("skippable", "Whether a person may leave the stage out while it runs.").default(false))
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: tasks(context.view.context()), ..Composition::default() })
    }

    fn can_skip(&self, context: &Object) -> bool {
        context.boolean("skippable") == Some(true)
    }

    fn cleans_up(&self) -> bool {
        true
    }

    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        let known = context.view.context().text(EXECUTION_ID);
        // The stage may have been cancelled while its child was being started.
        let Some(child) = known.or_else(|| start::child_id(&context.view)) else { return Ok(Object::new()) };
        match cancel_child(context, &child).await {
            Err(error) if error.kind().is_transient() => return Err(error.into()),
            Err(error) => tracing::warn!(%child, %error, "the child pipeline was not cancelled"),
            Ok(()) => {}
        }
        Ok(Object::new())
    }

    fn prepare_restart(&self, context: &mut Object) {
        context.shift_remove("status");
        if context.shift_remove(SKIP_RESTART) != Some(Value::Bool(true)) {
            context.shift_remove(EXECUTION_NAME);
            context.shift_remove(EXECUTION_ID);
        }
    }
}

fn tasks(settings: &Object) -> Vec<TaskTemplate> {
    let is_started = settings.get(EXECUTION_ID).is_some_and(|id| !id.is_null());
    let waits = settings.text("waitForCompletion").is_none_or(|waits| !waits.eq_ignore_ascii_case("false"));
    let expects = settings.contains_key("expectedArtifacts");
    [
        (!is_started).then(|| TaskTemplate::new("startPipeline", START)),
        waits.then(|| TaskTemplate::new("monitorPipeline", MONITOR)),
        expects.then(bind_produced_artifacts),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Cancels the child in the name of its parent, unless somebody has.
async fn cancel_child(context: &CancelContext, child: &str) -> gennaker_clients::Result<()> {
    let orca = &context.clients.orca;
    let execution = match orca.execution(&context.caller, child).await {
        Err(error) if error.kind() == gennaker_base::Kind::NotFound => return Ok(()),
        execution => execution?,
    };
    if execution.canceled {
        return Ok(());
    }
    let parent = Caller { user: PARENT.to_owned(), ..context.caller.clone() };
    orca.cancel(&parent, child, None, false).await
}

/// Whether the outputs of the child stay its own.
fn keeps_outputs(view: &StageView) -> bool {
    view.context().boolean("skipDownstreamOutput") == Some(true)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn its_tasks_follow_its_settings() {
        let names =
            |settings: Value| tasks(&object(settings)).into_iter().map(|task| task.name).collect::<Vec<_>>().join(",");
        assert_eq!(names(json!({})), "startPipeline,monitorPipeline");
        assert_eq!(names(json!({"waitForCompletion": "FALSE"})), "startPipeline");
        assert_eq!(names(json!({"waitForCompletion": false, "executionId": null})), "startPipeline");
        assert_eq!(
            names(json!({"executionId": "01E", "expectedArtifacts": []})),
            "monitorPipeline,bindProducedArtifacts"
        );
    }

    #[test]
    fn a_restart_starts_a_new_child_unless_the_child_itself_was_restarted() {
        let restarted = |context: Value| {
            let mut context = object(context);
            PipelineStage.prepare_restart(&mut context);
            Value::Object(context)
        };
        let former = json!({"pipeline": "p", "executionId": "01E", "executionName": "n", "status": "TERMINAL"});
        assert_eq!(restarted(former.clone()), json!({"pipeline": "p"}));
        let mut kept = former;
        kept["_skipPipelineRestart"] = json!(true);
        assert_eq!(restarted(kept), json!({"pipeline": "p", "executionId": "01E", "executionName": "n"}));
    }
}
