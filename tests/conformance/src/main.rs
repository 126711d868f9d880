//! `conformance SET PATH...`: plays the cases of a set; see the library for the whole.
//!
//! Exit code 0: all passed; 1: some failed; 2: it could not play them (unknown set, unreadable or malformed file).

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use conformance::{Target, files::Selection};

/// Play recorded answers of the original against Gennaker; the last line is `N passed, M failed`.
#[derive(Parser)]
#[command(name = "conformance")]
struct Arguments {
    /// Which set of cases, for example naming.
    set: String,
    /// Case files, or folders whose case files of this set are taken.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Services that run already, and are not started: orca=http://localhost:8083,front50=... What they have stored shows in
    /// answers, so a fresh install is best.
    #[arg(long, value_name = "NAME=URL", value_delimiter = ',')]
    target: Vec<Target>,
    /// Play only cases whose names begin so.
    #[arg(long, value_name = "NAME-PREFIX", value_delimiter = ',')]
    only: Vec<String>,
    /// Leave out cases whose names begin so.
    #[arg(long, value_name = "NAME-PREFIX", value_delimiter = ',')]
    skip: Vec<String>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell if this fails too.
            let _ = writeln!(io::stderr(), "conformance: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut set = conformance::sets::find(&arguments.set)?;
    set.aim(&arguments.target)?;
    let mut files = conformance::files::load(set.as_ref(), &arguments.paths)?;
    Selection { only: arguments.only, skip: arguments.skip }.apply(&mut files);
    let tally = conformance::play::all(set.as_ref(), &files, &mut io::stdout().lock())?;
    Ok(if tally.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
