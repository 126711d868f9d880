//! `gennaker admin`: what only administrators may do, as far as gate offers it.

use gennaker_wire::ObjectExt as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, execution, exit::Error, gate::Request};

/// What to do as an administrator.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// End an execution that does not react to a cancellation: its record is set to CANCELED, nothing is undone.
    ForceCancel {
        /// The execution's id.
        id: String,
        /// What it is.
        #[arg(long = "type", value_enum, default_value_t = Kind::Pipeline)]
        kind: Kind,
    },
    /// Put an execution that nobody works on back into work.
    #[command(alias = "hydrate")]
    Rehydrate {
        /// The execution's id.
        id: String,
        /// Say what would be done, and do nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Read everybody's roles anew.
    SyncRoles,
    /// Say whether the caller is an administrator.
    Me,
}

/// A kind of execution.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Kind {
    /// A run of a pipeline.
    Pipeline,
    /// A task, such as saving an application.
    Orchestration,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::ForceCancel { id, kind } => force_cancel(session, &id, kind).await,
        Command::Rehydrate { id, dry_run } => rehydrate(session, &id, dry_run).await,
        Command::SyncRoles => {
            let answer = session.gate.send(change(Method::POST, &["auth", "roles", "sync"])).await?;
            Ok(session.console.done(&answer, "roles", "the roles are read anew")?)
        }
        Command::Me => me(session).await,
    }
}

/// A change without a body of its own: some servers refuse one without any.
fn change<'call>(method: Method, path: &'call [&'call str]) -> Request<'call> {
    Request::new(method, path).body(json!({}))
}

async fn force_cancel(session: &mut Session<'_>, id: &str, kind: Kind) -> Result<(), Error> {
    let kind = match kind {
        Kind::Pipeline => "PIPELINE",
        Kind::Orchestration => "ORCHESTRATION",
    };
    let request = change(Method::PUT, &["admin", "executions", "forceCancel"]);
    let answer = session.gate.send(request.query("executionId", id).query("executionType", kind)).await;
    answer.map_err(|error| execution::missing(session, error, id))?;
    session.console.done(&json!({ "id": id }), id, &format!("execution {id} is ended by force"))?;
    Ok(())
}

async fn rehydrate(session: &mut Session<'_>, id: &str, dry_run: bool) -> Result<(), Error> {
    let request = change(Method::POST, &["admin", "executions", "hydrate"]);
    let answer = session.gate.send(request.query("executionId", id).query("dryRun", dry_run.to_string())).await;
    let answer = answer.map_err(|error| execution::missing(session, error, id))?;
    if session.console.is_for_people() && !answer.is_null() {
        return Ok(session.console.data(&answer)?);
    }
    session.console.done(&answer, id, &format!("execution {id} is put back into work"))?;
    Ok(())
}

async fn me(session: &mut Session<'_>) -> Result<(), Error> {
    let answer = session.gate.send(Request::get(&["admin"])).await?;
    let user = answer.as_object().cloned().unwrap_or_default();
    let name = user.text("username").unwrap_or_default();
    let admin = user.get("isAdmin") == Some(&Value::Bool(true));
    let fields = [("user", Some(name.clone())), ("admin", Some(if admin { "yes" } else { "no" }.to_owned()))];
    session.console.fields(&answer, &name, &fields)?;
    Ok(())
}
