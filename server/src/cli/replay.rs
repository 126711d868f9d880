//! `gennaker execution replay`: a recorded execution, run through the planner again.
//!
//! By its id gate says what comes of it; with `--export` the recording becomes a file that is a whole test case, and `--file` runs
//! such a file here, without a server.

use std::{fs, path::Path};

use gennaker_orca::recording::Case;
use gennaker_wire::Replayed;
use serde_json::Value;

use super::{
    Session,
    console::Format,
    execution,
    exit::Error,
    gate::Request,
    input,
    table::{self, clean},
};

/// A recording to run again.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("recording").required(true)))]
pub(crate) struct Replay {
    /// The execution's id.
    #[arg(group = "recording")]
    id: Option<String>,
    /// Run an exported recording here, without a server; `-` reads the standard input.
    #[arg(long, short, value_name = "FILE", group = "recording")]
    file: Option<String>,
    /// Write the recording to this file, which must not be there yet: a test case that needs nothing else.
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    export: Option<String>,
    /// Write it without the texts of parameters, contexts, outputs and errors.
    #[arg(long, requires = "export")]
    redact: bool,
}

pub(super) async fn run(session: &mut Session<'_>, replay: &Replay) -> Result<(), Error> {
    let (what, replayed) = match (&replay.file, &replay.id, &replay.export) {
        (Some(file), _, _) => (file.clone(), of_file(file)?),
        (None, Some(id), Some(file)) => (id.clone(), export(session, id, file, replay.redact).await?),
        (None, id, None) => {
            let id = id.clone().unwrap_or_default();
            let answer = ask(session, &id, None).await?;
            let replayed = serde_json::from_value(answer)
                .map_err(|error| session.gate.unexpected(format!("the replay cannot be read: {error}")))?;
            (id, replayed)
        }
        (None, None, Some(_)) => return Err(Error::Usage("an export needs the id of an execution".to_owned())),
    };
    show(session, &what, &replayed)
}

/// What came of it, for people.
pub(super) fn lines(replayed: &Replayed) -> Vec<String> {
    if replayed.same {
        return vec![format!("{} events, the same execution", replayed.events)];
    }
    let mut lines: Vec<String> = replayed
        .ignored
        .iter()
        .map(|event| {
            let stage = event.stage.as_ref().map(|stage| format!(" of stage {stage}")).unwrap_or_default();
            format!("event {} ({}{stage}): today's planner would not have waited for it", event.number, event.kind)
        })
        .collect();
    if let Some(difference) = &replayed.difference {
        let stage = difference.stage.as_ref().map(|stage| format!(" (stage {stage})")).unwrap_or_default();
        lines.push(format!("{}{stage}: stored {}, today {}", difference.path, difference.stored, difference.replayed));
    }
    lines
}

fn show(session: &mut Session<'_>, what: &str, replayed: &Replayed) -> Result<(), Error> {
    let console = &mut session.console;
    match console.format {
        Format::Json | Format::Yaml => console.data(&serde_json::to_value(replayed).unwrap_or_default())?,
        Format::Table if console.quiet => console.line(if replayed.same { "same" } else { "different" })?,
        Format::Table => lines(replayed).iter().try_for_each(|line| console.line(&clean(line)))?,
    }
    if replayed.same {
        return Ok(());
    }
    Err(Error::Failed(format!("{what}: today's planner decides otherwise than was recorded")))
}

fn of_file(file: &str) -> Result<Replayed, Error> {
    let place = if file == "-" { "the standard input" } else { file };
    let wrong = |problem: String| Error::Usage(format!("{place}: {problem}"));
    let case =
        Case::read(&Value::Object(input::object(file)?).to_string()).map_err(|error| wrong(error.to_string()))?;
    case.rerun().map_err(|error| wrong(error.to_string()))
}

async fn ask(session: &Session<'_>, id: &str, export: Option<&str>) -> Result<Value, Error> {
    let path = ["pipelines", id, "replay"];
    let answer = session.gate.send(Request::get(&path).query_if("export", export)).await;
    answer.map_err(|error| execution::missing(session, error, id))
}

/// Writes the recording, and runs what was written.
async fn export(session: &mut Session<'_>, id: &str, file: &str, redact: bool) -> Result<Replayed, Error> {
    if Path::new(file).exists() {
        return Err(Error::Usage(format!("{file} is there already: name another file, or remove it")));
    }
    let answer = ask(session, id, Some("true")).await?;
    let case = Case::read(&answer.to_string());
    let mut case = case.map_err(|error| session.gate.unexpected(error.to_string()))?;
    if redact {
        case = case.redacted().map_err(|error| Error::Failed(error.to_string()))?;
    }
    let replayed =
        case.rerun().map_err(|error| Error::Failed(format!("execution {id} cannot be replayed: {error}")))?;
    let text = serde_json::to_string_pretty(&case)
        .map_err(|error| Error::Failed(format!("the recording cannot be written as JSON: {error}")))?;
    fs::write(file, text + "\n").map_err(|error| Error::Usage(format!("{file} cannot be written: {error}")))?;
    session.console.note(&format!("the recording is in {}", table::clean(file)))?;
    if !redact {
        let warning = "it has the values of parameters, contexts and outputs as they are, secrets among them: read it before \
                       you pass it on, or write it with --redact";
        session.console.note(warning)?;
    }
    Ok(replayed)
}
