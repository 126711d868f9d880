//! The command line client: applications, pipelines and executions of any gate, this program's or upstream's, over HTTP,
//! and expressions tried out here.
//!
//! `gennaker pipeline execute --application shop --name deploy --wait` starts a pipeline and shows its progress until it is
//! over. What was asked for goes to the standard output, everything else to the standard error; [`Exit`](exit::Exit)
//! lists the exit codes.
//!
//! It keeps nothing and signs in nowhere: each run is a few calls with a deadline each.

mod app;
mod commands;
mod console;
mod doctor;
mod execution;
mod exit;
mod expression;
mod failure;
mod gate;
mod input;
mod judge;
mod pipeline;
mod plan;
mod poll;
mod progress;
mod replay;
mod table;
mod task;
mod time;
mod tree;
mod watch;

use std::{
    io::{self, IsTerminal as _},
    process::ExitCode,
    sync::Arc,
};

use gennaker_base::{SharedClock, SystemClock};
use url::Url;

use self::{
    commands::Commands,
    console::{Console, Format},
    exit::Error,
    gate::Gate,
};

/// The gate of a stand-alone install.
const DEFAULT_GATE: &str = "http://localhost:8084";

/// Keeps these options apart from those of the commands that are no clients.
const HEADING: &str = "Client options";

/// What every client command is told.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// The gate to talk to.
    #[arg(
        long,
        global = true,
        help_heading = HEADING,
        env = "GENNAKER_GATE",
        hide_env_values = true,
        value_name = "URL",
        default_value = DEFAULT_GATE,
        value_parser = gate_url
    )]
    gate: Url,
    /// How to print what was asked for.
    #[arg(long, global = true, help_heading = HEADING, value_enum, default_value_t = Format::Table)]
    output: Format,
    /// Print names and ids only, and no progress.
    #[arg(long, short, global = true, help_heading = HEADING)]
    quiet: bool,
}

/// The client's commands, to be flattened into the program's.
///
/// Exit codes: 0 succeeded, 1 failed or cancelled, 2 wrong usage, 3 gate cannot be reached or fails, 4 timed out waiting,
/// 5 refused.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ClientCommand {
    /// Applications.
    #[command(subcommand, after_help = exit::HELP)]
    App(app::Command),
    /// Pipelines: their definitions, and starting them.
    #[command(subcommand, after_help = exit::HELP)]
    Pipeline(pipeline::Command),
    /// Executions: runs of pipelines.
    #[command(subcommand, after_help = exit::HELP)]
    Execution(execution::Command),
    /// Why something does not go on.
    #[command(subcommand, after_help = exit::HELP)]
    Doctor(doctor::Command),
    /// Expressions: trying them out.
    #[command(subcommand, after_help = exit::HELP)]
    Expression(expression::Command),
}

/// What a command works with.
struct Session<'run> {
    gate: Gate,
    console: Console<'run>,
    clock: SharedClock,
    commands: Commands,
}

/// Carries out a command and prints what comes of it, errors included, as the exit code then says.
pub(crate) async fn run(command: ClientCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let terminal = match global.output {
        Format::Table => out.is_terminal(),
        Format::Json => err.is_terminal(),
    };
    let outcome = match Gate::new(&global.gate) {
        Ok(gate) => {
            let console = Console::new(&mut out, &mut err, global.output, global.quiet, terminal);
            let commands = Commands::new(&global.gate);
            let mut session = Session { gate, console, clock: Arc::new(SystemClock), commands };
            carry_out(command, &mut session).await
        }
        Err(error) => Err(error.into()),
    };
    Ok(exit::conclude(outcome, &mut err).into())
}

async fn carry_out(command: ClientCommand, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        ClientCommand::App(command) => app::run(command, session).await,
        ClientCommand::Pipeline(command) => pipeline::run(command, session).await,
        ClientCommand::Execution(command) => execution::run(command, session).await,
        ClientCommand::Doctor(command) => doctor::run(command, session).await,
        ClientCommand::Expression(command) => expression::run(command, session).await,
    }
}

fn gate_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write for example {DEFAULT_GATE}"))?;
    match (url.scheme(), url.host()) {
        ("http" | "https", Some(_)) => Ok(url),
        _ => Err(format!("a gate is reached over http or https; write for example {DEFAULT_GATE}")),
    }
}

#[cfg(test)]
mod tests;
