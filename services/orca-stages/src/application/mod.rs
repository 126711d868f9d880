//! `createApplication`, `updateApplication`, `upsertApplication`, `deleteApplication`: applications in front50.
//!
//! Upstream: orca-applications. The web UI and `spin` write applications only in this way.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const UPSERT: &str = "com.netflix.spinnaker.orca.applications.tasks.UpsertApplicationTask";
const DELETE: &str = "com.netflix.spinnaker.orca.applications.tasks.DeleteApplicationTask";

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue) {
    for kind in ["createApplication", "updateApplication", "upsertApplication"] {
        catalogue.add_stage(ApplicationStage { kind, class: UPSERT });
    }
    catalogue.add_stage(ApplicationStage { kind: "deleteApplication", class: DELETE });
    catalogue.add_task(UpsertApplicationTask);
    catalogue.add_task(DeleteApplicationTask);
}

/// A stage whose one task has the stage's name.
struct ApplicationStage {
    kind: &'static str,
    class: &'static str,
}

#[async_trait]
impl StageDefinition for ApplicationStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        let fields = [
            Field::text("name", "The name.").required(),
            Field::text("email", "Who is responsible for it."),
            Field::text("description", "What it is."),
        ];
        let (what, fields) = match self.class {
            DELETE => ("Deletes an application.", &fields[..1]),
            _ => ("Creates an application, or merges fields into it.", &fields[..]),
        };
        Schema::of(what)
            .with(Field::object("application", "The application.", fields.to_vec()).required())
            .with(Field::text("user", "Who asks for it."))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        application(context).err().into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(self.kind, self.class)], ..Composition::default() })
    }
}

struct UpsertApplicationTask;

#[async_trait]
impl Task for UpsertApplicationTask {
    fn class(&self) -> &'static str {
        UPSERT
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (name, mut application) = application(settings).map_err(TaskError::invalid)?;
        // The user that the client names is kept with the application, as upstream does.
        if let Some(user) = settings.text("user") {
            application.entry("user").or_insert_with(|| user.into());
        }
        let front50 = &context.clients.front50;
        let fields = Value::Object(application.clone());
        let previous = match front50.application(&context.caller, &name).await {
            Ok(existing) => {
                front50.update_application(&context.caller, &name, &fields).await?;
                serde_json::to_value(existing).unwrap_or_default()
            }
            Err(error) if error.kind() == Kind::NotFound => {
                front50.create_application(&context.caller, &fields).await?;
                json!({})
            }
            Err(error) => return Err(error.into()),
        };
        Ok(TaskResult::succeeded()
            .with_context("notification.type", "upsertapplication")
            .with_context("application.name", name)
            .with_context("previousState", previous)
            .with_context("newState", application))
    }
}

struct DeleteApplicationTask;

#[async_trait]
impl Task for DeleteApplicationTask {
    fn class(&self) -> &'static str {
        DELETE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (name, _) = application(context.view.context()).map_err(TaskError::invalid)?;
        let result = TaskResult::succeeded()
            .with_context("notification.type", "deleteapplication")
            .with_context("application.name", name.clone());
        match context.clients.front50.delete_application(&context.caller, &name).await {
            Ok(()) => Ok(result),
            // Gone already, perhaps by this task before it was interrupted.
            Err(error) if error.kind() == Kind::NotFound => Ok(result),
            Err(error) => Err(error.into()),
        }
    }
}

/// The application in the settings, with its name.
fn application(context: &Object) -> Result<(String, Object), String> {
    let Some(application) = context.object("application") else {
        return Err(
            "the job needs an application: {\"application\": {\"name\": \"...\", \"email\": \"...\"}}".to_owned()
        );
    };
    match application.text("name").filter(|name| !name.trim().is_empty()) {
        Some(name) => Ok((name, application.clone())),
        None => Err("the application needs a name".to_owned()),
    }
}
