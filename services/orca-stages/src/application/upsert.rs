//! `createApplication`, `updateApplication`, `upsertApplication`: all write the application, whether it is there or not.
//!
//! `{"application": {"name": ..., "email": ..., "permissions": {"READ": [...], "WRITE": [...]}}, "user": ...}`. The stage keeps
//! `previousState` and `newState`. Who may use the application is kept apart in front50 and written after it; upstream's old
//! `requiredGroupMembership` is understood. Upstream: `UpsertApplicationTask`, `AbstractFront50Task`.

use std::time::Duration;

use async_trait::async_trait;
use gennaker_base::{Kind, Timestamp};
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{application, existing, kept, name};
use crate::{
    Catalogue, ComposeContext, Composition, Field, PaceOptions, Schema, StageDefinition, Task, TaskContext, TaskError,
    TaskResult, TaskTemplate,
};

const TASK: &str = "com.netflix.spinnaker.orca.applications.tasks.UpsertApplicationTask";

/// Adds the stages and their task.
pub(super) fn register(catalogue: &mut Catalogue, pace: PaceOptions) {
    for kind in ["createApplication", "updateApplication", "upsertApplication"] {
        catalogue.add_stage(UpsertApplicationStage { kind });
    }
    catalogue.add_task(UpsertApplicationTask { pace });
}

struct UpsertApplicationStage {
    kind: &'static str,
}

#[async_trait]
impl StageDefinition for UpsertApplicationStage {
    fn kind(&self) -> &'static str {
        self.kind
    }

    fn schema(&self) -> Schema {
        let fields = [
            Field::text("name", "The name.").required(),
            Field::text("email", "Who is responsible for it."),
            Field::text("description", "What it is."),
            Field::object("permissions", "Who may use it: lists of roles by READ, WRITE and EXECUTE.", []),
        ];
        Schema::of("Creates an application, or merges fields into it.")
            .with(Field::object("application", "The application.", fields).required())
            .with(Field::text("user", "Who asks for it."))
    }

    fn validate(&self, context: &Object) -> Vec<String> {
        match application(context) {
            Ok((name, application)) => name::problems(&name, application),
            Err(problem) => vec![problem],
        }
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new(self.kind, TASK)], ..Composition::default() })
    }
}

struct UpsertApplicationTask {
    pace: PaceOptions,
}

#[async_trait]
impl Task for UpsertApplicationTask {
    fn class(&self) -> &'static str {
        TASK
    }

    fn timeout(&self) -> Option<Duration> {
        Some(self.pace.timeout())
    }

    fn longest_wait(&self) -> Duration {
        self.pace.longest_wait()
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let settings = context.view.context();
        let (name, given) = application(settings).map_err(TaskError::invalid)?;
        let problems = name::problems(&name, given);
        if !problems.is_empty() {
            return Err(TaskError::new(Kind::Invalid, "IllegalArgumentException", problems.join("; ")));
        }
        let permissions = Permissions::of(given);
        let mut application = kept(given.clone());
        if let Some(user) = settings.text("user").filter(|user| !user.is_empty()) {
            application.insert("user".to_owned(), user.into());
        }
        let (front50, caller) = (&context.clients.front50, &context.caller);
        let previous = existing(front50, caller, &name).await?;
        if permissions.as_ref().is_some_and(|permissions| permissions.are_restricted) {
            // Before the application is there for everybody.
            permissions_are_kept(context, &name).await?;
        }
        let fields = Value::Object(application.clone());
        match &previous {
            Some(_) => front50.update_application(caller, &name, &fields).await?,
            None => front50.create_application(caller, &fields).await?,
        };
        let of_new = previous.is_none().then(Permissions::default);
        if let Some(permissions) = permissions.or(of_new) {
            let user = application.text("user").unwrap_or_else(|| "unknown".to_owned());
            match front50.update_permissions(caller, &name, &permissions.record(&name, &user, context.now)).await {
                Err(error) if error.kind() == Kind::Unsupported && !permissions.are_restricted => {}
                written => written?,
            }
        }
        Ok(TaskResult::succeeded()
            .with_context("notification.type", "upsertapplication")
            .with_context("application.name", name)
            .with_context("previousState", previous.unwrap_or_default())
            .with_context("newState", application))
    }
}

/// Fails where front50 does not keep who may use an application.
async fn permissions_are_kept(context: &TaskContext, name: &str) -> Result<(), TaskError> {
    match context.clients.front50.permissions(&context.caller, name).await {
        Err(error) if error.kind() != Kind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Who may use an application: roles by permission.
#[derive(Debug, Default, PartialEq)]
struct Permissions {
    roles: Object,
    /// Whether not everybody may.
    are_restricted: bool,
}

impl Permissions {
    /// What the job says of them, if anything.
    fn of(application: &Object) -> Option<Self> {
        let given = application.object("permissions").map(|roles| Permissions::new(roles.clone()));
        if given.as_ref().is_some_and(|given| given.are_restricted) {
            return given;
        }
        let groups = application.get("requiredGroupMembership").filter(|groups| groups.is_array());
        let groups = groups.map(|_| {
            let groups = application.texts("requiredGroupMembership");
            let groups: Vec<_> = groups.iter().map(|group| group.trim().to_lowercase()).collect();
            Permissions::new(Object::from_iter(["READ", "WRITE"].map(|name| (name.to_owned(), json!(groups)))))
        });
        groups.or(given)
    }

    fn new(roles: Object) -> Self {
        let are_restricted = roles.values().any(|roles| roles.as_array().is_some_and(|roles| !roles.is_empty()));
        Permissions { roles, are_restricted }
    }

    /// As front50 keeps them.
    fn record(&self, name: &str, user: &str, now: Timestamp) -> Value {
        json!({ "name": name, "lastModified": now.millis(), "lastModifiedBy": user, "permissions": self.roles })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_those_given_or_the_old_groups() {
        let of = |application: Value| {
            let found = Permissions::of(application.as_object().expect("an object"));
            found.map(|found| (Value::Object(found.roles), found.are_restricted))
        };
        assert_eq!(of(json!({"name": "shop"})), None);
        assert_eq!(of(json!({"permissions": null})), None);
        assert_eq!(of(json!({"permissions": {"READ": []}})), Some((json!({"READ": []}), false)));
        let groups = json!({"READ": ["team a"], "WRITE": ["team a"]});
        assert_eq!(of(json!({"requiredGroupMembership": [" Team A "]})), Some((groups.clone(), true)));
        let both = json!({"requiredGroupMembership": ["team a"], "permissions": {"WRITE": ["b"]}});
        assert_eq!(of(both), Some((json!({"WRITE": ["b"]}), true)));
        let open = json!({"requiredGroupMembership": ["team a"], "permissions": {}});
        assert_eq!(of(open), Some((groups, true)));
    }
}
