//! `gennaker execution restart`: runs a stage of an execution again, with all that comes after it.

use gennaker_wire::{Execution, Stage};
use reqwest::Method;
use serde_json::json;

use super::{missing, read};
use crate::cli::{Session, exit::Error, gate::Request, judge, progress};

/// A restart.
#[derive(Debug, clap::Args)]
pub(crate) struct Restart {
    /// The execution's id.
    id: String,
    /// The stage, by its ref id, id or name; needed only if not exactly one has failed.
    #[arg(long)]
    stage: Option<String>,
    /// Leave the stage out, if its type allows it, and go on with what comes after it.
    #[arg(long)]
    skip: bool,
    /// Wait until the execution is over, showing its progress; the exit code says how it ended.
    #[arg(long)]
    wait: bool,
}

pub(super) async fn run(session: &mut Session<'_>, restart: &Restart) -> Result<(), Error> {
    let id = &restart.id;
    let answer = session.gate.send(Request::get(&["pipelines", id])).await;
    let execution = read(session, &answer.map_err(|error| missing(session, error, id))?)?;
    let stage = choose(session, &execution, restart.stage.as_deref())?;
    let path = ["pipelines", id, "stages", &stage.id, "restart"];
    let request = Request::new(Method::PUT, &path).body(json!({ "skip": restart.skip }));
    session.gate.send(request).await.map_err(|error| missing(session, error, id))?;
    if restart.wait {
        return progress::follow(session, id, None, false).await;
    }
    let effect = if restart.skip { "is left out" } else { "runs again" };
    let value = json!({ "id": id, "stage": stage.id });
    session.console.done(&value, id, &format!("{} {effect} in execution {id}", judge::name(stage)))?;
    Ok(())
}

/// The stage that is meant: the one that is named, or the only one of the author's that has failed.
fn choose<'one>(session: &Session<'_>, execution: &'one Execution, wanted: Option<&str>) -> Result<&'one Stage, Error> {
    let id = &execution.id;
    let is_meant = |stage: &Stage| match wanted {
        Some(wanted) => [judge::handle(stage), &stage.id, judge::name(stage)].contains(&wanted),
        None => stage.status.is_halt() && stage.parent_stage_id.is_none(),
    };
    let meant: Vec<&Stage> = execution.stages.iter().filter(|stage| is_meant(stage)).collect();
    match (meant.as_slice(), wanted) {
        ([stage], _) => Ok(stage),
        ([], Some(wanted)) => {
            let hint = session.commands.write(&["execution", "get", id]);
            Err(Error::Refused { message: format!("execution {id} has no stage {wanted}"), request_id: None, hint })
        }
        (several, _) => {
            let names: Vec<&str> = several.iter().map(|stage| judge::handle(stage)).collect();
            let which = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
            let count = several.len();
            Err(Error::Usage(format!("{count} stages of execution {id} are meant; say which with --stage{which}")))
        }
    }
}
