//! The command line client: applications, pipelines and executions of any gate, this program's or upstream's, over HTTP,
//! and expressions tried out here.
//!
//! `gennaker pipeline execute --application shop --name deploy --wait` starts a pipeline and shows its progress until it is
//! over. What was asked for goes to the standard output, everything else to the standard error; [`Exit`](exit::Exit)
//! lists the exit codes.
//!
//! Which gate it talks to, and as whom, stands in a file of [`context`]s, or in that of upstream's command line. It keeps nothing
//! else: each run is a few calls with a deadline each.

mod access;
mod account;
mod admin;
mod app;
mod artifact;
mod commands;
mod console;
mod context;
mod diff;
mod doctor;
pub(crate) mod document;
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
mod project;
mod replay;
mod search;
mod table;
mod task;
mod template;
mod time;
mod transfer;
mod tree;
mod watch;

use std::{
    io::{self, IsTerminal as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Duration,
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
    /// The gate to talk to: its address, or the name of a context (see `gennaker context`).
    #[arg(
        long,
        global = true,
        help_heading = HEADING,
        env = "GENNAKER_GATE",
        hide_env_values = true,
        value_name = "URL|CONTEXT",
        alias = "gate-endpoint",
        value_parser = gate_or_context
    )]
    gate: Option<String>,
    /// The file of contexts; by default ~/.config/gennaker/config.yml, then ~/.spin/config.
    #[arg(long, global = true, help_heading = HEADING, env = "GENNAKER_CONTEXTS", hide_env_values = true, value_name = "FILE")]
    contexts: Option<PathBuf>,
    /// How to print what was asked for.
    #[arg(long, short, global = true, help_heading = HEADING, value_enum, default_value_t = Format::Table)]
    output: Format,
    /// Print names and ids only, and no progress.
    #[arg(long, short, global = true, help_heading = HEADING)]
    quiet: bool,
    /// Print without colours; so does the variable NO_COLOR.
    #[arg(long, global = true, help_heading = HEADING)]
    no_color: bool,
    /// Take anybody's certificate for gate's.
    #[arg(long, short = 'k', global = true, help_heading = HEADING)]
    insecure: bool,
    /// Further headers of each call, separated by commas.
    #[arg(long, global = true, help_heading = HEADING, value_name = "NAME=VALUE", value_delimiter = ',', value_parser = pipeline::parameter)]
    default_headers: Vec<(String, String)>,
    /// How long saves and deletions are waited for; by default what the context says, or 120.
    #[arg(
        long,
        global = true,
        help_heading = HEADING,
        value_name = "SECONDS",
        alias = "retry-timeout",
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    task_timeout: Option<u64>,
}

/// The client's commands, to be flattened into the program's. Their exit codes stand in [`exit`].
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ClientCommand {
    /// Applications.
    #[command(subcommand, after_help = exit::HELP, aliases = ["application", "applications"])]
    App(app::Command),
    /// Pipelines: their definitions, and starting them.
    #[command(subcommand, after_help = exit::HELP, aliases = ["pipelines", "pi"])]
    Pipeline(pipeline::Command),
    /// Executions: runs of pipelines.
    #[command(subcommand, after_help = exit::HELP, aliases = ["executions", "ex"])]
    Execution(execution::Command),
    /// Pipeline templates: what pipelines are made of.
    #[command(subcommand, after_help = exit::HELP, aliases = ["pipeline-templates", "pt"])]
    PipelineTemplate(template::Command),
    /// Projects: applications and pipelines that belong together.
    #[command(subcommand, after_help = exit::HELP, aliases = ["projects", "prj"])]
    Project(project::Command),
    /// Accounts of the clouds, and who the caller is.
    #[command(subcommand, after_help = exit::HELP, aliases = ["accounts", "acc"])]
    Account(account::Command),
    /// Artifacts: where they come from, and their content.
    #[command(subcommand, after_help = exit::HELP, alias = "artifacts")]
    Artifact(artifact::Command),
    /// Find applications, projects and infrastructure by a part of their name.
    ///
    /// Example: gennaker search web --type serverGroups
    #[command(after_help = exit::HELP)]
    Search(search::Search),
    /// What only administrators may do.
    #[command(subcommand, after_help = exit::HELP)]
    Admin(admin::Command),
    /// Write everything that front50 keeps into a folder, a file an object.
    ///
    /// Example: gennaker export ./spinnaker --application shop
    #[command(after_help = exit::HELP)]
    Export(transfer::Export),
    /// Make what front50 keeps as the files of an export say; what would change is shown first.
    ///
    /// Example: gennaker import ./spinnaker --dry-run
    #[command(after_help = exit::HELP)]
    Import(transfer::Import),
    /// Why something does not go on.
    #[command(subcommand, after_help = exit::HELP)]
    Doctor(doctor::Command),
    /// Expressions: trying them out.
    #[command(subcommand, after_help = exit::HELP)]
    Expression(expression::Command),
    /// The gates that are written down, and which of them commands talk to.
    #[command(subcommand, after_help = exit::HELP, alias = "contexts")]
    Context(context::Command),
}

/// What a command works with.
struct Session<'run> {
    global: &'run Global,
    gate: Gate,
    console: Console<'run>,
    clock: SharedClock,
    commands: Commands,
    /// How long tasks are waited for.
    patience: Duration,
}

/// Carries out a command and prints what comes of it, errors included, as the exit code then says.
pub(crate) async fn run(command: ClientCommand, global: &Global) -> anyhow::Result<ExitCode> {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let terminal = match global.output {
        Format::Table => out.is_terminal(),
        Format::Json | Format::Yaml => err.is_terminal(),
    };
    let clock: SharedClock = Arc::new(SystemClock);
    let mut console = Console::new(&mut out, &mut err, global.output, global.quiet, terminal, !global.no_color);
    let outcome = match command {
        ClientCommand::Context(command) => context::run(command, global, &mut console, clock.now()),
        command => match session(global, console, clock) {
            Ok(mut session) => carry_out(command, &mut session).await,
            Err(error) => Err(error),
        },
    };
    Ok(exit::conclude(outcome, &mut err).into())
}

fn session<'run>(global: &'run Global, console: Console<'run>, clock: SharedClock) -> Result<Session<'run>, Error> {
    let access = context::access(global, clock.now())?;
    let patience = global.task_timeout.map(Duration::from_secs).or(access.wait).unwrap_or(task::LIMIT);
    Ok(Session { global, gate: Gate::new(&access)?, console, clock, commands: Commands::of(&access), patience })
}

async fn carry_out(command: ClientCommand, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        ClientCommand::App(command) => app::run(command, session).await,
        ClientCommand::Pipeline(command) => pipeline::run(command, session).await,
        ClientCommand::Execution(command) => execution::run(command, session).await,
        ClientCommand::PipelineTemplate(command) => template::run(command, session).await,
        ClientCommand::Project(command) => project::run(command, session).await,
        ClientCommand::Account(command) => account::run(command, session).await,
        ClientCommand::Artifact(command) => artifact::run(command, session).await,
        ClientCommand::Search(search) => search::run(search, session).await,
        ClientCommand::Admin(command) => admin::run(command, session).await,
        ClientCommand::Export(export) => transfer::export(&export, session).await,
        ClientCommand::Import(import) => transfer::import(&import, session).await,
        ClientCommand::Doctor(command) => doctor::run(command, session).await,
        ClientCommand::Expression(command) => expression::run(command, session).await,
        ClientCommand::Context(_) => Ok(()),
    }
}

fn gate_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write for example {DEFAULT_GATE}"))?;
    match (url.scheme(), url.host()) {
        ("http" | "https", Some(_)) => Ok(url),
        _ => Err(format!("a gate is reached over http or https; write for example {DEFAULT_GATE}")),
    }
}

fn gate_or_context(text: &str) -> Result<String, String> {
    if !is_context_name(text) {
        gate_url(text)?;
    }
    Ok(text.to_owned())
}

/// Whether it may be a context's name rather than an address.
fn is_context_name(text: &str) -> bool {
    !text.contains([':', '/'])
}

#[cfg(test)]
mod tests;
