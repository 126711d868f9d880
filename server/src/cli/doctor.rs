//! `gennaker doctor`: why something does not go on, on one page, for whoever is woken by it.
//!
//! `gennaker doctor execution ID` asks gate for the diagnosis of an execution and prints it: how it stands, what it waits for, what
//! would help, who owned it when, and what it asked of others. It changes nothing.

mod page;

use gennaker_wire::Diagnosis;

use super::{Session, execution, exit::Error, gate::Request, table};

/// What to look at.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Say why an execution waits, who owned it when, and what would help.
    ///
    /// It takes the id of a task, too. It ends with 0 however the execution stands.
    Execution {
        /// The execution's id.
        id: String,
    },
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::Execution { id } => self::execution(session, &id).await,
    }
}

async fn execution(session: &mut Session<'_>, id: &str) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["pipelines", id, "diagnosis"])).await;
    let answer = answer.map_err(|error| execution::missing(session, error, id))?;
    if session.console.is_for_programs() {
        return Ok(session.console.data(&answer)?);
    }
    let diagnosis: Diagnosis = serde_json::from_value(answer)
        .map_err(|error| session.gate.unexpected(format!("the diagnosis cannot be read: {error}")))?;
    if session.console.quiet {
        return Ok(session.console.line(&table::clean(&diagnosis.summary))?);
    }
    page::lines(&diagnosis, &session.commands).iter().try_for_each(|line| session.console.line(line))?;
    Ok(())
}
