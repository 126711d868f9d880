//! `conformance SET PATH...`: plays the cases of a set; see the library for the whole.
//!
//! Exit code 0: all passed; 1: some failed; 2: it could not play them (unknown set, unreadable or malformed file).

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;

/// Play recorded answers of the original against Gennaker; the last line is `N passed, M failed`.
#[derive(Parser)]
#[command(name = "conformance")]
struct Arguments {
    /// Which set of cases, for example naming.
    set: String,
    /// Case files, or folders whose case files of this set are taken.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to tell if this fails too.
            let _ = writeln!(io::stderr(), "conformance: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let set = conformance::sets::find(&arguments.set)?;
    let files = conformance::files::load(set.as_ref(), &arguments.paths)?;
    let tally = conformance::play::all(set.as_ref(), &files, &mut io::stdout().lock())?;
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
