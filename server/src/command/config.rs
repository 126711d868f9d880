//! `gennaker config check`.

use std::{
    io::{Write as _, stderr, stdout},
    process::ExitCode,
};

use clap::Subcommand;

use super::ConfigArguments;
use crate::node;

/// Look at the configuration.
#[derive(Subcommand)]
pub(crate) enum Config {
    /// Print every effective value and where it came from, secrets masked; name what is wrong. Exit status 1 if anything is.
    Check(ConfigArguments),
}

impl Config {
    /// Reads what `serve` would read, and starts nothing.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let Config::Check(arguments) = self;
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
