//! `savePipeline` and `updatePipeline`: save a pipeline, or several at once.
//!
//! `{"pipeline": BASE64, "staleCheck": false}`, or `{"isBulkSavingPipelines": true, "pipelines": BASE64}`. A pipeline from a template is
//! saved with the triggers, parameters … that it inherits. A new one gets an id here, derived from the task: a step that is made again
//! saves the same pipeline. Upstream: `SavePipelineStage`, `UpdatePipelineStage`, `SavePipelineTask`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::id;
use gennaker_wire::{Object, ObjectExt, Status};
use http::Method;
use serde_json::{Value, json};

use super::{encoded, illegal, keep_place, monitor, pipeline, refused, service_account};
use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate, TasksOptions, TemplateLookup,
};

const TASK: &str = "com.netflix.spinnaker.orca.front50.tasks.SavePipelineTask";
/// Makes front50 give the cron triggers of a pipeline ids of their own, as those of a new one.
const RENEW: &str = "regenerateCronTriggerIds";
const BULK: &str = "isBulkSavingPipelines";
/// The pipelines that `savePipelinesFromArtifact` saves after this one.
pub(super) const TO_SAVE: &str = "pipelinesToSave";

/// Adds the stages and their task.
pub(super) fn register(catalogue: &mut Catalogue, options: &TasksOptions, templates: &TemplateLookup) {
    let has_accounts = options.use_managed_service_accounts;
    catalogue.add_stage(SavePipelineStage { kind: "savePipeline", has_accounts, is_watched: true });
    catalogue.add_stage(SavePipelineStage { kind: "updatePipeline", has_accounts, is_watched: false });
    catalogue.add_task(SavePipelineTask { templates: templates.clone() });
}

struct SavePipelineStage {
    kind: &'static str,
    /// Whether service accounts are managed for pipelines with roles.
    has_accounts: bool,
    /// Whether it waits until front50 shows the pipeline.
    is_watched: bool,
}

#[async_trait]
impl StageDefinition for SavePipelineStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        Schema::of("Saves a pipeline, or several.")
            .with(Field::any("pipeline", "The pipeline: base 64 of its JSON."))
            .with(
                Field::flag("staleCheck", "Whether one is refused that was changed since it was read.").default(false),
            )
            .with(Field::flag(BULK, "Whether there are several.").default(false))
            .with(Field::text("pipelines", "The pipelines, if there are several: base 64 of a JSON list."))
            .with(Field::flag("isSavingMultiplePipelines", "Whether it is one of many stages like it.").default(false))
    }

    /// Its task says what is missing, as upstream's does.
    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        let tasks = [
            self.has_accounts.then(service_account::task),
            Some(TaskTemplate::new(self.kind, TASK)),
            self.is_watched.then(|| monitor::task("waitForPipelineSave")),
        ];
        Ok(Composition { tasks: tasks.into_iter().flatten().collect(), ..Composition::default() })
    }
}

/// The task under a name.
pub(super) fn task(name: &str) -> TaskTemplate {
    TaskTemplate::new(name, TASK)
}

struct SavePipelineTask {
    templates: TemplateLookup,
}

#[async_trait]
impl Task for SavePipelineTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(Duration::from_secs(30))
    }

    fn longest_wait(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let is_bulk = settings.boolean(BULK) == Some(true);
        let stale_check = settings.boolean("staleCheck") == Some(true);
        let mut pipelines = if is_bulk { pipelines(settings)? } else { vec![pipeline(context)?] };
        for (place, pipeline) in pipelines.iter_mut().enumerate() {
            keep_place(&context.clients.front50, &context.caller, pipeline).await?;
            if let Some(account) = settings.text("pipeline.serviceAccount") {
                run_as(pipeline, &account);
            }
            self.templates.mutate(&context.clients, &context.caller, pipeline).await?;
            let id = new_id(context, place);
            give_id(pipeline, settings, id);
        }
        let front50 = &context.clients.front50;
        let result = TaskResult::succeeded().with_context("notification.type", "savepipeline");
        let result = settings
            .get("application")
            .into_iter()
            .fold(result, |result, application| result.with_context("application", application.clone()));
        if is_bulk {
            let saved = front50.save_pipelines(&context.caller, &json!(pipelines), stale_check).await;
            return Ok(result.with_context("bulksave", saved.map_err(refused(&Method::POST))?));
        }
        let pipeline = Value::Object(pipelines.into_iter().next().unwrap_or_default());
        let saved = front50.save_pipeline_config(&context.caller, &pipeline, stale_check).await;
        let saved = match saved.map_err(refused(&Method::POST)) {
            // The others are saved all the same.
            Err(error) if settings.contains_key(TO_SAVE) && !error.kind.is_transient() => {
                return Ok(TaskResult { error: Some(error), ..TaskResult::ended(Status::FailedContinue) });
            }
            saved => saved?,
        };
        let id = saved.text("id").or_else(|| pipeline["id"].as_str().map(str::to_owned));
        let result = match pipeline.get("name") {
            Some(name) if !name.is_null() => result.with_context("pipeline.name", name.clone()),
            _ => result,
        };
        Ok(result.with_context("pipeline.id", id.unwrap_or_default()))
    }
}

/// The pipelines of a stage that saves several.
fn pipelines(settings: &Object) -> Result<Vec<Object>, TaskError> {
    if !settings.contains_key("pipelines") {
        return Err(illegal("pipelines context must be provided when saving multiple pipelines"));
    }
    let object = |pipeline: Value| match pipeline {
        Value::Object(pipeline) => Ok(pipeline),
        other => Err(illegal(format!("pipelines is a list of pipelines, not of {other}"))),
    };
    match encoded::decoded(settings, "pipelines")? {
        Value::Array(pipelines) => pipelines.into_iter().map(object).collect(),
        _ => Err(illegal("pipelines is base 64 of a JSON list")),
    }
}

/// The id of a pipeline that has none yet.
fn new_id(context: &TaskContext, place: usize) -> String {
    id::derive(context.started, &["pipeline", &context.request_id, &place.to_string()])
}

/// The id that a task before this one made for the pipeline; else, if it is new, its own. The cron triggers of a new one get new ids from
/// front50.
fn give_id(pipeline: &mut Object, settings: &Object, own: String) {
    if pipeline.get("id").is_some_and(|id| !id.is_null()) {
        return;
    }
    let made = settings.text("pipeline.id").filter(|_| settings.boolean("isSavingMultiplePipelines") != Some(true));
    if made.is_some() {
        pipeline.insert(RENEW.to_owned(), true.into());
    } else {
        let triggers = pipeline.get_mut("triggers").and_then(Value::as_array_mut).into_iter().flatten();
        let crons = triggers.filter_map(Value::as_object_mut).filter(|it| it.get("type") == Some(&json!("cron")));
        crons.for_each(|cron| drop(cron.shift_remove("id")));
    }
    pipeline.insert("id".to_owned(), made.unwrap_or(own).into());
}

/// Triggers of a pipeline with roles run as its service account, unless they name one of their own; without roles they do not.
pub(super) fn run_as(pipeline: &mut Object, account: &str) {
    let has_roles = pipeline.get("roles").and_then(Value::as_array).is_some_and(|roles| !roles.is_empty());
    let Some(Value::Array(triggers)) = pipeline.get_mut("triggers").filter(|_| !account.is_empty()) else { return };
    for trigger in triggers.iter_mut().filter_map(Value::as_object_mut) {
        let user = trigger.text("runAsUser");
        if has_roles && user.as_deref().is_none_or(service_account::is_managed) {
            trigger.insert("runAsUser".to_owned(), account.into());
        } else if !has_roles && user.as_deref() == Some(account) {
            trigger.shift_remove("runAsUser");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_pipeline_without_an_id_gets_that_of_the_task_before_or_its_own() {
        let given = |pipeline: Value, settings: Value| {
            let mut pipeline = object(pipeline);
            give_id(&mut pipeline, &object(settings), "own".to_owned());
            Value::Object(pipeline)
        };
        assert_eq!(given(json!({"id": "7"}), json!({"pipeline.id": "8"})), json!({"id": "7"}));
        assert_eq!(given(json!({}), json!({"pipeline.id": "8"})), json!({"id": "8", RENEW: true}));
        let new = json!({"id": null, "triggers": [{"type": "cron", "id": "t"}, {"type": "git", "id": "g"}]});
        let expected = json!({"id": "own", "triggers": [{"type": "cron"}, {"type": "git", "id": "g"}]});
        assert_eq!(given(new, json!({})), expected);
        let many = json!({"pipeline.id": "8", "isSavingMultiplePipelines": true});
        assert_eq!(given(json!({}), many), json!({"id": "own"}));
    }

    #[test]
    fn triggers_run_as_the_account_of_the_roles() {
        let ran = |roles: Value| {
            let mut pipeline = object(json!({"roles": roles, "triggers": [
                {"runAsUser": "p@managed-service-account"}, {"runAsUser": "own"}, {},
            ]}));
            run_as(&mut pipeline, "p@managed-service-account");
            pipeline["triggers"].clone()
        };
        let account = "p@managed-service-account";
        let all = json!([{"runAsUser": account}, {"runAsUser": "own"}, {"runAsUser": account}]);
        assert_eq!(ran(json!(["dev"])), all);
        assert_eq!(ran(json!([])), json!([{}, {"runAsUser": "own"}, {}]));
    }
}
