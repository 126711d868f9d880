//! The project's own commands: `cargo xtask check`, `cargo xtask test`, `cargo xtask prune`.
//!
//! `check` says whether the tree keeps its rules, `test` runs every test and adds the totals up, `prune` empties the
//! shared build folder once it has grown too large. What the product does is not here.

mod check;
mod process;
mod prune;
mod test;
mod tree;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check the rules of the tree; all of them, or those named.
    Check {
        /// Names of checks, as the list of verdicts prints them.
        names: Vec<String>,
    },
    /// Run every test; the last line is `N passed, N failed`.
    Test {
        /// What to test instead of `--workspace`, in cargo test's words, e.g. `-p gennaker-base -- claims`. The programs
        /// that its tests start must have been built.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        what: Vec<String>,
    },
    /// Delete the shared build folder if it is larger than 20 GB.
    Prune,
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Check { names } => check::run(&names),
        Command::Test { what } => test::run(&what),
        Command::Prune => prune::run(),
    }
}
