//! `gennaker config`: check what is there, and import what Halyard has.

use std::{
    io::{Write as _, stderr, stdout},
    process::ExitCode,
};

use clap::Subcommand;

use super::{ConfigArguments, halyard};
use crate::node;

/// Look at the configuration.
#[derive(Subcommand)]
pub(crate) enum Config {
    /// Print every effective value and where it came from, secrets masked; name what is wrong. Exit status 1 if anything is.
    Check(ConfigArguments),
    /// Make the files that services read of an operator's Halyard folder, and say what became of each key.
    ///
    /// Example: gennaker config import ~/.hal --to ./config
    Import(halyard::Import),
}

impl Config {
    /// Starts nothing: `check` reads what `serve` would read.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let arguments = match self {
            Config::Check(arguments) => arguments,
            Config::Import(import) => return import.run(),
        };
        let config = arguments.load()?;
        let settings = node::Settings::bind(&config);
        let mut out = stdout().lock();
        for entry in config.report() {
            let value = entry.value.as_deref().unwrap_or("-");
            writeln!(out, "{:<12} {} = {value}  ({})", entry.service, entry.key, entry.origin)?;
        }
        for warning in config.warnings() {
            writeln!(stderr(), "warning: {warning}")?;
        }
        settings?;
        Ok(ExitCode::SUCCESS)
    }
}
