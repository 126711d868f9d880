//! `savePipelinesFromArtifact`: saves the pipelines of an artifact, `{"application": [{"name": ...}, ...], ...}`, one after the other.
//!
//! A pipeline of a name that its application has already is replaced. One that front50 refuses does not keep the others from being
//! saved: the stage fails at its end. What became of each stands in `pipelinesCreated`, `pipelinesUpdated` and
//! `pipelinesFailedToSave`.
//!
//! Upstream: `SavePipelinesFromArtifactStage` and its tasks.

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use gennaker_artifacts::Artifact;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt, Status};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{monitor, refused, save_pipeline, save_pipeline::TO_SAVE};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate, artifact_view, task::PureTask,
};

const GET: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.pipeline.GetPipelinesFromArtifactTask";
const PREPARE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.pipeline.PreparePipelineToSaveTask";
const CHECK: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.pipeline.CheckPipelineResultsTask";
const REMAINING: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.pipeline.CheckForRemainingPipelinesTask";
const COMPLETE: &str = "com.netflix.spinnaker.orca.clouddriver.tasks.pipeline.SavePipelinesCompleteTask";

/// How many bytes the artifact may have.
const LARGEST: usize = 16 << 20;
/// What became of the others.
const CREATED: &str = "pipelinesCreated";
const UPDATED: &str = "pipelinesUpdated";
const FAILED: &str = "pipelinesFailedToSave";
/// What a run leaves, and another run must not find.
const FINDINGS: [&str; 6] = [TO_SAVE, CREATED, UPDATED, FAILED, "pipeline", "pipeline.id"];

/// Adds the stage and its tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(SaveStage);
    catalogue.add_task(GetTask);
    for (class, step) in [
        (PREPARE, prepare as fn(&TaskContext) -> Result<TaskResult, TaskError>),
        (CHECK, check),
        (REMAINING, remaining),
        (COMPLETE, complete),
    ] {
        catalogue.add_task(PureTask { class, step });
    }
}

struct SaveStage;

#[async_trait]
impl StageDefinition for SaveStage {
    fn kind(&self) -> &'static str {
        "savePipelinesFromArtifact"
    }

    fn schema(&self) -> Schema {
        Schema::of("Saves the pipelines of an artifact.")
            .with(Field::text("pipelinesArtifactId", "The artifact, by the id that the pipeline expects it under."))
            .with(Field::object("pipelinesArtifact", "The artifact itself, where there is no id.", []))
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let mut tasks = vec![TaskTemplate::new("getPipelinesFromArtifact", GET)];
        tasks.extend(TaskTemplate::looped(vec![
            TaskTemplate::new("preparePipelineToSaveTask", PREPARE),
            save_pipeline::task("savePipeline"),
            monitor::task("waitForPipelineSave"),
            TaskTemplate::new("checkPipelineResults", CHECK),
            TaskTemplate::new("checkForRemainingPipelines", REMAINING),
        ]));
        tasks.push(TaskTemplate::new("savePipelinesCompleteTask", COMPLETE));
        Ok(Composition { tasks, ..Composition::default() })
    }

    fn prepare_restart(&self, context: &mut Object) {
        for field in FINDINGS {
            context.remove(field);
        }
    }
}

/// Reads the artifact, and gives the pipelines that there are already their ids.
struct GetTask;

#[async_trait]
impl Task for GetTask {
    fn class(&self) -> &'static str {
        GET
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let artifact = artifact(context)?;
        let content = context.clients.clouddriver.artifact(&context.caller, &artifact, LARGEST).await?;
        let by_application: IndexMap<String, Vec<Object>> = serde_json::from_slice(&content).map_err(|error| {
            let message = format!("the artifact is no JSON of lists of pipelines by application: {error}");
            TaskError::new(Kind::Invalid, "IllegalStateException", message)
        })?;
        let mut to_save: Vec<Value> = Vec::new();
        for (application, pipelines) in by_application {
            for mut pipeline in pipelines {
                pipeline.insert("application".to_owned(), application.clone().into());
                if let Some(name) = pipeline.text("name") {
                    let front50 = &context.clients.front50;
                    let kept = front50.pipeline_named(&context.caller, &application, &name).await;
                    let kept = kept.map_err(refused(&http::Method::GET))?;
                    if let Some(id) =
                        kept.filter(|kept| kept.text("name").as_ref() == Some(&name)).and_then(|kept| kept.text("id"))
                    {
                        pipeline.insert("id".to_owned(), id.into());
                    }
                }
                to_save.push(Value::Object(pipeline));
            }
        }
        Ok(TaskResult::succeeded().with_context(TO_SAVE, to_save).with_context("isSavingMultiplePipelines", true))
    }
}

/// The artifact that the stage names, or has.
fn artifact(context: &TaskContext) -> Result<Artifact, TaskError> {
    let settings = context.view.context();
    let id = settings.text("pipelinesArtifactId").filter(|id| !id.is_empty());
    let inline = settings.get("pipelinesArtifact").filter(|artifact| artifact.is_object());
    let inline = inline.map(Artifact::from_value).transpose()?;
    let execution = artifact_view(&context.view.execution, context.view.stages.iter().map(AsRef::as_ref));
    let found = match execution.stage_by_id(&context.view.stage.id) {
        Some(stage) => stage.bound_artifact(id.as_deref(), inline, |fields| fields)?,
        None => inline,
    };
    found.ok_or_else(|| {
        TaskError::invalid(
            "no artifact is bound: set pipelinesArtifactId to one that is expected, or pipelinesArtifact",
        )
    })
}

fn to_save(context: &TaskContext) -> Vec<Object> {
    context.view.context().typed(TO_SAVE).unwrap_or_default()
}

/// Puts the next pipeline where it is saved from.
fn prepare(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let mut pipelines = to_save(context);
    if pipelines.is_empty() {
        return Err(TaskError::invalid("the artifact has no pipelines: nothing is to be saved"));
    }
    let pipeline = pipelines.remove(0);
    let exists = pipeline.text("id").is_some();
    let text = serde_json::to_vec(&pipeline).unwrap_or_default();
    Ok(TaskResult::succeeded()
        .with_context("application", json!(pipeline.get("application")))
        .with_context("pipeline.name", json!(pipeline.get("name")))
        .with_context("pipeline.id", json!(pipeline.get("id")))
        .with_context("pipeline", STANDARD.encode(text))
        .with_context("isExistingPipeline", exists)
        .with_context(TO_SAVE, json!(pipelines)))
}

/// Notes what became of the pipeline.
fn check(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let settings = context.view.context();
    let saving = context.view.stage.tasks.iter().find(|task| task.name == "savePipeline");
    let saved = saving.is_some_and(|task| task.status == Status::Succeeded);
    let list = match (saved, settings.boolean("isExistingPipeline")) {
        (false, _) => FAILED,
        (true, Some(true)) => UPDATED,
        (true, _) => CREATED,
    };
    let reference = json!({
        "application": settings.get("application"),
        "name": settings.get("pipeline.name"),
        "id": settings.get("pipeline.id"),
    });
    let with = |name: &str| {
        let mut known = settings.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        if name == list {
            known.push(reference.clone());
        }
        known
    };
    let lists = [CREATED, UPDATED, FAILED].into_iter();
    Ok(lists.fold(TaskResult::succeeded(), |result, name| result.with_context(name, with(name))))
}

/// Back to the next pipeline, while there is one.
fn remaining(context: &TaskContext) -> Result<TaskResult, TaskError> {
    Ok(TaskResult::ended(if to_save(context).is_empty() { Status::Succeeded } else { Status::Redirect }))
}

fn complete(context: &TaskContext) -> Result<TaskResult, TaskError> {
    let failed: Vec<Object> = context.view.context().typed(FAILED).unwrap_or_default();
    if failed.is_empty() {
        return Ok(TaskResult::succeeded());
    }
    let names: Vec<String> = failed.iter().filter_map(|one| one.text("name")).collect();
    Err(TaskError::invalid(format!("front50 has refused the pipelines {}: look at its log", names.join(", "))))
}
