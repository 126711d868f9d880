//! Changes that gate makes through a task of orca's: the task is started, and waited for.

use std::time::Duration;

use gennaker_wire::{Object, ObjectExt as _, Status};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Session,
    exit::Error,
    failure,
    gate::Request,
    poll::{AWAY, Look, Poll},
};

/// How long a task may take. Saving takes milliseconds here and seconds with upstream's.
const LIMIT: Duration = Duration::from_secs(120);

/// Makes one `job` of this `application` and returns the task once it has succeeded.
///
/// # Errors
/// `Failed` with the exception's message if the task did not succeed, `TimedOut` after [`LIMIT`], and gate's.
pub(super) async fn run(
    session: &mut Session<'_>,
    application: &str,
    description: &str,
    job: Value,
) -> Result<Value, Error> {
    let body = json!({ "application": application, "description": description, "job": [job] });
    let answer = session.gate.send(Request::new(Method::POST, &["tasks"]).body(body)).await?;
    let id = reference(session, &answer, "tasks")?;
    let path = ["tasks", id.as_str()];
    let mut poll = Poll::new(&path, Some(LIMIT), true);
    loop {
        let task = match poll.look(&session.gate).await? {
            Look::Answer(task) => task,
            Look::Away(error) => {
                session.console.note(&away(&error))?;
                continue;
            }
            Look::TimeUp => {
                let message = format!("task {id} ({description}) is not over after {} s; it goes on", LIMIT.as_secs());
                return Err(Error::TimedOut(message));
            }
        };
        let fields = task.as_object();
        let status: Option<Status> = fields.and_then(|task| task.typed("status"));
        match status {
            Some(Status::Succeeded) => return Ok(task),
            Some(status) if status.is_complete() => {
                let why = fields.map(why).unwrap_or_default();
                return Err(Error::Failed(format!("{description}: {status}{why} (task {id})")));
            }
            Some(_) => poll.pause(false).await,
            None => {
                return Err(session.gate.unexpected(format!("task {id} has no status")).into());
            }
        }
    }
}

/// The id in an answer like `{"ref": "/tasks/ID"}`.
pub(super) fn reference(session: &Session<'_>, answer: &Value, noun: &str) -> Result<String, Error> {
    let reference = answer.get("ref").and_then(Value::as_str).unwrap_or_default();
    match reference.rsplit('/').next().filter(|id| !id.is_empty()) {
        Some(id) => Ok(id.to_owned()),
        None => {
            Err(session.gate.unexpected(format!("it should answer {{\"ref\": \"/{noun}/...\"}}, not {answer}")).into())
        }
    }
}

/// What to say while gate is away.
pub(super) fn away(error: &super::gate::Error) -> String {
    format!("{error}; trying again for {} s", AWAY.as_secs())
}

/// Why a task failed: from its variables, or from its stages where the gate sends none.
fn why(task: &Object) -> String {
    let variables = task.get("variables").and_then(Value::as_array).into_iter().flatten();
    let variables: Object = variables
        .filter_map(|variable| Some((variable.get("key")?.as_str()?.to_owned(), variable.get("value")?.clone())))
        .collect();
    let mut lines = failure::lines(&variables);
    if lines.is_empty() {
        let stages = task.object("execution").and_then(|execution| execution.get("stages")?.as_array());
        let contexts = stages.into_iter().flatten().filter_map(|stage| stage.get("context")?.as_object());
        lines = contexts.flat_map(failure::lines).collect();
    }
    if lines.is_empty() { String::new() } else { format!(": {}", lines.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_found_in_variables_or_stages() {
        let exception = json!({"details": {"errors": ["the name is taken"]}});
        let tasks = [
            json!({"variables": [{"key": "exception", "value": exception}, {"key": "odd"}]}),
            json!({"variables": [], "execution": {"stages": [{"context": {"exception": exception}}]}}),
        ];
        for task in tasks {
            assert_eq!(why(task.as_object().expect("an object")), ": the name is taken");
        }
        assert_eq!(why(&Object::new()), "");
    }
}
