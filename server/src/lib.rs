//! The `gennaker` program: the control plane, the local agent, and the command line client.
//!
//! It is a library so that what reads its configuration ([`Settings`]) can be fed random input (`fuzz/`); `main.rs` calls
//! [`run`].

mod cli;
mod command;
mod node;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use self::node::Settings;

/// Continuous delivery in one program: Spinnaker's API, pipelines and operations.
#[derive(Parser)]
#[command(name = "gennaker", version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: cli::Global,
}

#[derive(Subcommand)]
enum Command {
    /// Run the control plane: gate, orca, clouddriver, front50 and echo in this process.
    Serve(command::Serve),
    /// Run the data plane of one local account: its processes and its load balancers.
    LocalAgent(command::LocalAgent),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(command::Config),
    /// Print a script that completes commands and options in a shell.
    Completion(command::Completion),
    /// Print the version.
    Version,
    #[command(flatten)]
    Client(cli::ClientCommand),
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let result = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => serve.run().await.map(|()| ExitCode::SUCCESS),
            Command::LocalAgent(agent) => agent.run().await.map(|()| ExitCode::SUCCESS),
            Command::Config(config) => config.run(),
            Command::Completion(completion) => {
                completion.run();
                Ok(ExitCode::SUCCESS)
            }
            Command::Version => command::version().map(|()| ExitCode::SUCCESS),
            Command::Client(client) => cli::run(client, &arguments.global).await,
        }
    });
    result.unwrap_or_else(|error| failed(&error))
}

/// Says what went wrong, with its causes, on standard error.
#[expect(clippy::print_stderr, reason = "the last words of the program")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("gennaker: {error:#}");
    ExitCode::FAILURE
}
