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

/// How long a task may take unless it is said otherwise. Saving takes milliseconds here and seconds with upstream's.
pub(super) const LIMIT: Duration = Duration::from_secs(120);

/// Makes one `job` of this `application` and returns the task once it has succeeded.
///
/// # Errors
/// `Failed` with the exception's message if the task did not succeed, `TimedOut` after the session's patience, and gate's.
pub(super) async fn run(
    session: &mut Session<'_>,
    application: &str,
    description: &str,
    job: Value,
) -> Result<Value, Error> {
    let body = json!({ "application": application, "description": description, "job": [job] });
    let answer = session.gate.send(Request::new(Method::POST, &["tasks"]).body(body)).await?;
    let id = reference(session, &answer, "tasks")?;
    follow(session, &id, description).await
}

/// The end of the task that gate's `answer` to a call tells of. Some calls answer with the task itself, over or not, some with its
/// address, some with nothing.
///
/// # Errors
/// As [`run`].
pub(super) async fn of_answer(session: &mut Session<'_>, answer: Value, description: &str) -> Result<Value, Error> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    let id = match (text("ref"), text("id"), text("status")) {
        (Some(reference), ..) => reference.rsplit('/').next().unwrap_or_default().to_owned(),
        (None, Some(id), Some(_)) => id,
        _ => return Ok(answer),
    };
    let fields = answer.as_object();
    if let Some(end) = fields.and_then(|task| ended(task, &id, description)) {
        return end.map(|()| answer);
    }
    follow(session, &id, description).await
}

async fn follow(session: &mut Session<'_>, id: &str, description: &str) -> Result<Value, Error> {
    let limit = session.patience;
    let path = ["tasks", id];
    let mut poll = Poll::new(&path, Some(limit), true);
    loop {
        let task = match poll.look(&session.gate).await? {
            Look::Answer(task) => task,
            Look::Away(error) => {
                session.console.note(&away(&error))?;
                continue;
            }
            Look::TimeUp => {
                let message = format!("task {id} ({description}) is not over after {} s; it goes on", limit.as_secs());
                return Err(Error::TimedOut(message));
            }
        };
        let fields = task.as_object();
        if fields.and_then(|task| task.typed::<Status>("status")).is_none() {
            return Err(session.gate.unexpected(format!("task {id} has no status")).into());
        }
        match fields.and_then(|task| ended(task, id, description)) {
            Some(end) => return end.map(|()| task),
            None => poll.pause(false).await,
        }
    }
}

/// How a task ended; `None` while it runs.
fn ended(task: &Object, id: &str, description: &str) -> Option<Result<(), Error>> {
    match task.typed("status")? {
        Status::Succeeded => Some(Ok(())),
        status if status.is_complete() => {
            Some(Err(Error::Failed(format!("{description}: {status}{} (task {id})", why(task)))))
        }
        _ => None,
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
