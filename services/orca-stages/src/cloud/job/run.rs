//! The stage `runJob`, and the task that starts its job.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{artifact, wait};
use crate::{
    CancelContext, Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, TaskError, TaskTemplate,
    artifacts::bind_produced_artifacts,
    cloud::operation_stage::{OperationTask, Prepared},
    server_group::{
        operation::{self, JOBS, monitor_job},
        settings::account,
    },
};

const RUN: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.job.RunJobTask";
/// What a run leaves, and another run must not find.
const FINDINGS: [&str; 4] = ["jobStatus", "completionDetails", "propertyFileContents", JOBS];

/// Adds the stage and its task.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(RunJobStage);
    catalogue.add_task(OperationTask {
        class: RUN,
        prepare: |settings| Ok(Prepared::whole("runJob", settings).keeping("kato.result.expected", false)),
    });
}

struct RunJobStage;

#[async_trait]
impl StageDefinition for RunJobStage {
    fn kind(&self) -> &'static str {
        "runJob"
    }

    fn schema(&self) -> Schema {
        Schema::of("Runs a job.")
            .with(Field::text("credentials", "The account; account is read too."))
            .with(Field::text("cloudProvider", "The cloud.").default("aws"))
            .with(Field::text("application", "The application; the execution's if missing."))
            .with(Field::flag("waitForCompletion", "Whether its end is waited for.").default(true))
            .with(Field::text("propertyFile", "The file whose properties become outputs."))
            .with(Field::text("consumeArtifactSource", "Where more outputs come from: an artifact of JSON.").one_of(&[
                "none",
                "artifact",
                "propertyFile",
            ]))
            .with(Field::text("consumeArtifactId", "The artifact, by the id that the pipeline expects it under."))
            .with(Field::text("consumeArtifactAccount", "The account that reads it."))
            .with(Field::flag("noOutput", "Whether later stages see none of its outputs.").default(false))
            .with(Field::list("expectedArtifacts", "What it produces.", []))
    }

    async fn compose(&self, context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(composed(context.view.context()))
    }

    fn cleans_up(&self) -> bool {
        true
    }

    /// Ends the job of a stage that was cancelled, or whose wait has failed, unless it is over.
    async fn cancel(&self, context: &CancelContext) -> Result<Object, TaskError> {
        end_job(context).await
    }

    fn prepare_restart(&self, context: &mut Object) {
        forget_run(context);
    }
}

/// The tasks of a stage that runs a job.
pub(super) fn composed(settings: &Object) -> Composition {
    let mut tasks = vec![TaskTemplate::new("runJob", RUN), monitor_job()];
    if settings.boolean("waitForCompletion") != Some(false) {
        tasks.push(wait::wait());
    }
    if settings.contains_key("expectedArtifacts") {
        tasks.push(bind_produced_artifacts());
    }
    let source = settings.text("consumeArtifactSource").unwrap_or_default();
    if source.eq_ignore_ascii_case("artifact") {
        tasks.push(artifact::consume());
    }
    Composition { tasks, ..Composition::default() }
}

/// Ends the stage's job, also one that its operation has started and its monitor has not found out about; nothing where there is none
/// any more.
pub(super) async fn end_job(context: &CancelContext) -> Result<Object, TaskError> {
    let settings = context.view.context();
    let over = settings.object("jobStatus").and_then(|job| job.text("jobState"));
    if matches!(over.as_deref(), Some("Succeeded" | "Failed")) {
        return Ok(Object::new());
    }
    let job = match wait::job(settings) {
        Some(job) => Some(job),
        None => {
            let jobs = operation::started(&context.clients, &context.caller, settings).await?;
            wait::job(&jobs.map(|jobs| (JOBS.to_owned(), jobs)).into_iter().collect())
        }
    };
    let Some((place, name)) = job else { return Ok(Object::new()) };
    let application = wait::application(&context.view);
    let account = account(settings)?;
    let caller =
        gennaker_clients::Caller { idempotency_key: Some(context.request_id.clone()), ..context.caller.clone() };
    match context.clients.clouddriver.cancel_job(&caller, &application, &account, &place, &name).await {
        Ok(()) => {}
        Err(error) if error.kind() == Kind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let ended = json!({ "jobName": name, "region": place, "credentials": account });
    Ok([("canceledJob".to_owned(), ended)].into_iter().collect())
}

/// Takes out what a former run has found; its job stays known under `restartDetails`.
pub(super) fn forget_run(context: &mut Object) {
    let found: Vec<(&str, Option<Value>)> = FINDINGS.iter().map(|field| (*field, context.remove(*field))).collect();
    if found.iter().any(|(field, value)| *field == "jobStatus" && value.is_some()) {
        let mut details = context.object("restartDetails").cloned().unwrap_or_default();
        for (field, value) in found {
            details.insert(field.to_owned(), json!(value));
        }
        context.insert("restartDetails".to_owned(), Value::Object(details));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_job_does_at_its_end_is_the_settings_to_say() {
        let names = |settings: Value| {
            let composed = composed(settings.as_object().expect("an object"));
            composed.tasks.into_iter().map(|task| task.name).collect::<Vec<_>>()
        };
        assert_eq!(names(json!({})), ["runJob", "monitorDeploy", "waitOnJobCompletion"]);
        assert_eq!(names(json!({"waitForCompletion": "false"})), ["runJob", "monitorDeploy"]);
        let all = json!({"expectedArtifacts": [], "consumeArtifactSource": "artifact"});
        let expected = ["runJob", "monitorDeploy", "waitOnJobCompletion", "bindProducedArtifacts", "consumeArtifact"];
        assert_eq!(names(all), expected);
    }

    #[test]
    fn a_restart_knows_the_former_job() {
        let mut context = json!({"jobStatus": {"id": "j"}, JOBS: {"here": ["j"]}, "image": "i"})
            .as_object()
            .cloned()
            .expect("an object");
        forget_run(&mut context);
        let details = json!({
            "jobStatus": {"id": "j"}, "completionDetails": null, "propertyFileContents": null, JOBS: {"here": ["j"]},
        });
        assert_eq!(Value::Object(context), json!({"image": "i", "restartDetails": details}));
    }
}
