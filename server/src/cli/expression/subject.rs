//! What an expression is evaluated in: an execution, one of its stages, or a plain object.

use gennaker_spel::pipeline::Context;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use crate::cli::exit::Error;

/// The most stages that a message names.
const NAMED: usize = 20;

/// What an expression is evaluated in.
#[derive(Debug)]
pub(super) struct Subject {
    json: Object,
    part: Part,
    user: Option<String>,
}

#[derive(Debug)]
enum Part {
    /// The keys of the object are the names.
    Map,
    /// The object is an execution.
    Execution,
    /// The stage of it with this id or ref id.
    Stage(String),
}

impl Subject {
    /// A plain object.
    pub(super) fn of_map(json: Object, user: Option<String>) -> Self {
        Subject { json, part: Part::Map, user }
    }

    /// An execution, or the stage of it that has this ref id, id or name. Without a `user` it is the execution's.
    ///
    /// # Errors
    /// `Refused` if there is no such stage, or more than one has that name.
    pub(super) fn of_execution(execution: Object, stage: Option<&str>, user: Option<String>) -> Result<Self, Error> {
        let user = user.or_else(|| execution.object("authentication")?.text("user"));
        let part = match stage {
            Some(wanted) => Part::Stage(choose(&execution, wanted)?),
            None => Part::Execution,
        };
        Ok(Subject { json: execution, part, user })
    }

    /// What the names in an expression refer to.
    pub(super) fn context(&self) -> Context<'_> {
        let context = match &self.part {
            Part::Map => Context::of_map(&self.json),
            Part::Execution => Context::of_execution(&self.json),
            // It was found by this when it was chosen.
            Part::Stage(id) => Context::of_stage(&self.json, id).unwrap_or_else(|| Context::of_execution(&self.json)),
        };
        context.with_user(self.user.as_deref())
    }
}

/// The id of the stage that is meant, or its ref id if it has no id.
fn choose(execution: &Object, wanted: &str) -> Result<String, Error> {
    let stages: Vec<&Object> =
        execution.get("stages").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
    let having = |key: &str| -> Vec<&Object> {
        stages.iter().copied().filter(|stage| stage.text(key).as_deref() == Some(wanted)).collect()
    };
    let found = ["refId", "id", "name"].into_iter().map(having).find(|found| !found.is_empty()).unwrap_or_default();
    let id = execution.text("id").unwrap_or_default();
    let refuse = |message: String, shown: &[&Object]| {
        let handle = shown.iter().find_map(|stage| stage.text("refId")).unwrap_or_else(|| "1".to_owned());
        let hint = format!("name a stage by its ref id, id or name: --stage '{handle}'");
        Error::Refused { message, request_id: None, hint }
    };
    match found.as_slice() {
        [stage] => match stage.text("id").or_else(|| stage.text("refId")) {
            Some(handle) => Ok(handle),
            None => {
                Err(refuse(format!("the stage {wanted} of execution {id} has neither an id nor a ref id"), &stages))
            }
        },
        [] if stages.is_empty() => Err(refuse(format!("execution {id} has no stages"), &stages)),
        [] => Err(refuse(format!("execution {id} has no stage {wanted}; it has {}", names(&stages)), &stages)),
        several => Err(refuse(format!("several stages of execution {id} are {wanted}: {}", names(several)), several)),
    }
}

/// `1 (Bake), 2 (Deploy)`.
fn names(stages: &[&Object]) -> String {
    let name = |stage: &&Object| {
        let handle = stage.text("refId").or_else(|| stage.text("id")).unwrap_or_default();
        format!("{handle} ({})", stage.text("name").or_else(|| stage.text("type")).unwrap_or_default())
    };
    let mut names = stages.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ");
    if stages.len() > NAMED {
        names.push_str(", ...");
    }
    names
}
