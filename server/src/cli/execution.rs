//! `gennaker execution`: list, get, watch and steer executions.

use std::time::Duration;

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, ObjectExt as _, Status};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, app, exit::Error, gate, gate::Request, judge, progress, replay, table, time, tree, watch};

mod restart;

/// What to do with executions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the newest executions of each pipeline of an application, or of one pipeline.
    ///
    /// Example: gennaker execution list --application shop --status RUNNING,PAUSED
    #[command(alias = "ls", group(clap::ArgGroup::new("whose").required(true)))]
    List {
        /// The application.
        #[arg(long, short, group = "whose")]
        application: Option<String>,
        /// The id of a pipeline.
        #[arg(long, short = 'i', value_name = "ID", group = "whose")]
        pipeline_id: Option<String>,
        /// Only those with one of these statuses, separated by commas, for example RUNNING,PAUSED.
        #[arg(long, short, value_delimiter = ',', value_parser = status)]
        status: Vec<Status>,
        /// How many of each pipeline at most; gate decides by default.
        #[arg(long, short, value_parser = clap::value_parser!(u32).range(1..))]
        limit: Option<u32>,
    },
    /// Show an execution with its stages.
    Get(Id),
    /// Cancel an execution.
    Cancel {
        #[command(flatten)]
        id: Id,
        /// Why, for those who look at it later.
        #[arg(long, short)]
        reason: Option<String>,
    },
    /// Run a stage of an execution again, with all that comes after it.
    Restart(restart::Restart),
    /// Hold an execution: no further stage starts.
    Pause(Id),
    /// Let a held execution go on.
    Resume(Id),
    /// Answer a manual judgment.
    Judge(judge::Judgment),
    /// Delete an execution that is over.
    Delete(Id),
    /// Show an execution's progress until it is over; the exit code says how it ended.
    Watch {
        #[command(flatten)]
        id: Id,
        /// Wait this long at most; forever by default.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
        timeout: Option<u64>,
    },
    /// Run what is recorded of an execution through the planner again: would it be decided likewise today?
    ///
    /// It ends with 1 if not. With --export the recording becomes a file that is a test case, and --file runs such a file.
    Replay(replay::Replay),
}

/// An execution.
#[derive(Debug, clap::Args)]
pub(crate) struct Id {
    /// The execution's id.
    id: String,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::List { application, pipeline_id, status, limit } => {
            list(session, application.as_deref(), pipeline_id.as_deref(), &status, limit).await
        }
        Command::Restart(restart) => restart::run(session, &restart).await,
        Command::Get(Id { id }) => get(session, &id).await,
        Command::Cancel { id: Id { id }, reason } => steer(session, &id, "cancel", reason, "will be cancelled").await,
        Command::Pause(Id { id }) => steer(session, &id, "pause", None, "will be held").await,
        Command::Resume(Id { id }) => steer(session, &id, "resume", None, "goes on").await,
        Command::Judge(judgment) => judge::run(session, &judgment).await,
        Command::Delete(Id { id }) => delete(session, &id).await,
        Command::Watch { id: Id { id }, timeout } => {
            progress::follow(session, &id, timeout.map(Duration::from_secs), false).await
        }
        Command::Replay(replay) => replay::run(session, &replay).await,
    }
}

/// The error of a call about the execution `id`.
pub(super) fn missing(session: &Session<'_>, error: gate::Error, id: &str) -> Error {
    let hint = session.commands.write(&["execution", "list", "--application", "NAME"]);
    Error::missing(error, format!("there is no execution {id}"), hint)
}

/// The execution in gate's answer.
pub(super) fn read(session: &Session<'_>, answer: &Value) -> Result<Execution, Error> {
    let read = serde_json::from_value(answer.clone());
    Ok(read.map_err(|error| session.gate.unexpected(format!("the execution cannot be read: {error}")))?)
}

async fn list(
    session: &mut Session<'_>,
    application: Option<&str>,
    pipeline_id: Option<&str>,
    statuses: &[Status],
    limit: Option<u32>,
) -> Result<(), Error> {
    let names: Vec<&str> = statuses.iter().map(|status| status.name()).collect();
    let statuses = (!names.is_empty()).then(|| names.join(","));
    let path = ["applications", application.unwrap_or_default(), "pipelines"];
    let request = match pipeline_id {
        Some(id) => Request::get(&["executions"]).query("pipelineConfigIds", id),
        None => Request::get(&path),
    };
    let request = request.query("expand", "false").query_if("statuses", statuses);
    let answer = session.gate.send(request.query_if("limit", limit.map(|limit| limit.to_string()))).await;
    let Some(application) = application else {
        return table(
            session,
            &answer?,
            &format!("pipeline {} has no such execution", pipeline_id.unwrap_or_default()),
        );
    };
    let answer = answer.map_err(|error| app::missing(session, error, application))?;
    let execute = ["pipeline", "execute", "--application", application, "--name", "NAME"];
    let note =
        format!("application {application} has no such execution; start one: {}", session.commands.write(&execute));
    table(session, &answer, &note)
}

/// The executions in gate's answer, the newest first; `none` is said if there are none.
pub(super) fn table(session: &mut Session<'_>, answer: &Value, none: &str) -> Result<(), Error> {
    let mut executions =
        answer.as_array().into_iter().flatten().map(|one| read(session, one)).collect::<Result<Vec<_>, _>>()?;
    executions.sort_by_key(|execution| std::cmp::Reverse((accepted(execution), execution.id.clone())));
    let now = session.clock.now();
    let rows: Vec<Vec<String>> = executions.iter().map(|execution| row(execution, now)).collect();
    if rows.is_empty() {
        session.console.note(none)?;
    }
    session.console.list(answer, &["ID", "PIPELINE", "STATUS", "STARTED", "TOOK", "BY"], rows)?;
    Ok(())
}

fn accepted(execution: &Execution) -> Timestamp {
    execution.build_time.or(execution.start_time).unwrap_or_default()
}

fn row(execution: &Execution, now: Timestamp) -> Vec<String> {
    let taken = time::taken(execution.start_time, execution.end_time, now);
    vec![
        execution.id.clone(),
        execution.name.clone().unwrap_or_default(),
        execution.status.to_string(),
        time::instant(accepted(execution)),
        taken.map(time::duration).unwrap_or_default(),
        execution.trigger.text("user").or_else(|| execution.authentication.user.clone()).unwrap_or_default(),
    ]
}

async fn get(session: &mut Session<'_>, id: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["pipelines", id])).await;
    let answer = answer.map_err(|error| missing(session, error, id))?;
    let execution = read(session, &answer)?;
    let now = session.clock.now();
    let taken = time::taken(execution.start_time, execution.end_time, now);
    let fields = [
        ("id", Some(execution.id.clone())),
        ("application", Some(execution.application.clone())),
        ("pipeline", execution.name.clone()),
        ("status", Some(execution.status.to_string())),
        ("started", execution.start_time.map(time::instant)),
        ("took", taken.map(time::duration)),
        ("by", execution.trigger.text("user")),
        ("cancelled by", execution.canceled_by.clone()),
        ("reason", execution.cancellation_reason.clone()),
    ];
    session.console.fields(&answer, id, &fields)?;
    if session.console.is_for_people() {
        let mut lines = vec![String::new()];
        lines.extend(table::lines(&tree::cells(&tree::rows(&execution), now)));
        lines.extend(watch::attention(&execution, &session.commands));
        lines.iter().try_for_each(|line| session.console.line(line))?;
    }
    Ok(())
}

async fn steer(
    session: &mut Session<'_>,
    id: &str,
    verb: &str,
    reason: Option<String>,
    effect: &str,
) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["pipelines", id])).await;
    let known = read(session, &answer.map_err(|error| missing(session, error, id))?)?;
    if known.status.is_complete() {
        // Gates accept the call, and nothing comes of it.
        let hint = session.commands.write(&["execution", "get", id]);
        let message = format!("execution {id} is over ({}): there is nothing to {verb}", known.status);
        return Err(Error::Refused { message, request_id: None, hint });
    }
    let path = ["pipelines", id, verb];
    // Some servers refuse a PUT without a body.
    let request = Request::new(Method::PUT, &path).query_if("reason", reason).body(json!({}));
    session.gate.send(request).await.map_err(|error| missing(session, error, id))?;
    session.console.done(&json!({ "id": id }), id, &format!("execution {id} {effect}"))?;
    Ok(())
}

async fn delete(session: &mut Session<'_>, id: &str) -> Result<(), Error> {
    let deleted = session.gate.send(Request::new(Method::DELETE, &["pipelines", id])).await;
    deleted.map_err(|error| missing(session, error, id))?;
    session.console.done(&json!({ "id": id }), id, &format!("execution {id} is deleted"))?;
    Ok(())
}

fn status(text: &str) -> Result<Status, String> {
    let name = text.trim().to_ascii_uppercase();
    serde_json::from_value(Value::String(name)).map_err(|_| {
        "there is no such status; write for example RUNNING, PAUSED, SUCCEEDED, TERMINAL or CANCELED".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_in_any_case() {
        assert_eq!(status("running"), Ok(Status::Running));
        assert_eq!(status(" FAILED_CONTINUE"), Ok(Status::FailedContinue));
        assert!(status("done").is_err());
    }
}
