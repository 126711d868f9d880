//! `upsertProject` and `deleteProject`: projects in front50.
//!
//! `{"project": {"id": ..., "name": ..., "email": ..., "config": {...}}}`; one without an id is new. Upstream: `UpsertProjectStage`,
//! `DeleteProjectStage`.

use async_trait::async_trait;
use gennaker_base::Kind;
use gennaker_clients::Caller;
use gennaker_wire::{Object, ObjectExt};
use serde_json::Value;

use crate::{
    Catalogue, ComposeContext, Composition, Field, Schema, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};

const UPSERT: &str = "com.netflix.spinnaker.orca.applications.pipelines.UpsertProjectStage.UpsertProjectTask";
const DELETE: &str = "com.netflix.spinnaker.orca.applications.pipelines.DeleteProjectStage.DeleteProjectTask";

/// Adds the stages and tasks.
pub(super) fn register(catalogue: &mut Catalogue) {
    catalogue.add_stage(ProjectStage {
        kind: "upsertProject",
        class: UPSERT,
        check: |context| upserted(context).err(),
    });
    catalogue.add_stage(ProjectStage { kind: "deleteProject", class: DELETE, check: |context| deleted(context).err() });
    catalogue.add_task(UpsertProjectTask);
    catalogue.add_task(DeleteProjectTask);
}

/// A stage whose one task has the stage's name.
struct ProjectStage {
    kind: &'static str,
    class: &'static str,
    check: fn(&Object) -> Option<String>,
}

#[async_trait]
impl StageDefinition for ProjectStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        let id = Field::text("id", "Its id.");
        let (what, fields) = match self.class {
            DELETE => ("Deletes a project.", vec![id.required()]),
            _ => (
                "Creates a project, or replaces the one of its id.",
                vec![
                    id,
                    Field::text("name", "The name.").required(),
                    Field::text("email", "Who is responsible for it."),
                    Field::object("config", "Its applications, clusters and pipelines.", []),
                ],
            ),
        };
        Schema::of(what).with(Field::object("project", "The project.", fields).required())
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        (self.check)(context).into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(self.kind, self.class)], ..Composition::default() })
    }
}

struct UpsertProjectTask;

#[async_trait]
impl Task for UpsertProjectTask {
    fn class(&self) -> &'static str {
        UPSERT
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let (id, project) = upserted(context.view.context()).map_err(TaskError::invalid)?;
        let project = Value::Object(project.clone());
        let front50 = &context.clients.front50;
        match id {
            Some(id) => front50.update_project(&context.caller, &id, &project).await?,
            None => {
                let caller = Caller { idempotency_key: Some(context.request_id.clone()), ..context.caller.clone() };
                front50.create_project(&caller, &project).await?
            }
        };
        Ok(TaskResult::succeeded().with_context("notification.type", "upsertproject"))
    }
}

struct DeleteProjectTask;

#[async_trait]
impl Task for DeleteProjectTask {
    fn class(&self) -> &'static str {
        DELETE
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let id = deleted(context.view.context()).map_err(TaskError::invalid)?;
        match context.clients.front50.delete_project(&context.caller, &id).await {
            // Gone already, perhaps by this task before it was interrupted.
            Err(error) if error.kind() != Kind::NotFound => Err(error.into()),
            _ => Ok(TaskResult::succeeded().with_context("notification.type", "deleteproject")),
        }
    }
}

fn project(context: &Object) -> Result<(Option<String>, &Object), String> {
    let project = context.object("project").ok_or("the job needs a project: {\"project\": {\"name\": \"...\"}}")?;
    Ok((project.text("id").filter(|id| !id.is_empty()), project))
}

fn upserted(context: &Object) -> Result<(Option<String>, &Object), String> {
    let (id, project) = project(context)?;
    match project.text("name").filter(|name| !name.trim().is_empty()) {
        None if id.is_none() => Err("a new project needs a name".to_owned()),
        _ => Ok((id, project)),
    }
}

fn deleted(context: &Object) -> Result<String, String> {
    project(context)?.0.ok_or_else(|| "the project to delete is named by its id".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_project_is_named_by_its_id_and_a_new_one_by_its_name() {
        let context = |project: Value| json!({ "project": project }).as_object().cloned().expect("an object");
        let id = |project: Value| upserted(&context(project)).map(|(id, _)| id);
        assert_eq!(id(json!({"name": "p"})), Ok(None));
        assert_eq!(id(json!({"name": "p", "id": ""})), Ok(None));
        assert_eq!(id(json!({"id": "7"})), Ok(Some("7".to_owned())));
        assert!(id(json!({"email": "a@b.c"})).is_err_and(|problem| problem.contains("name")));
        assert_eq!(deleted(&context(json!({"id": "7"}))), Ok("7".to_owned()));
        assert!(deleted(&context(json!({"name": "p"}))).is_err());
        assert!(upserted(&Object::new()).is_err_and(|problem| problem.contains("needs a project")));
    }
}
