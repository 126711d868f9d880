//! Starting other programs.

use std::process::Command;

use anyhow::Context as _;

/// What `cargo run` tells the program it runs about that program's own package.
const OWN_PACKAGE: [&str; 16] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_AUTHORS",
    "CARGO_PKG_DESCRIPTION",
    "CARGO_PKG_HOMEPAGE",
    "CARGO_PKG_LICENSE",
    "CARGO_PKG_LICENSE_FILE",
    "CARGO_PKG_NAME",
    "CARGO_PKG_README",
    "CARGO_PKG_REPOSITORY",
    "CARGO_PKG_RUST_VERSION",
    "CARGO_PKG_VERSION",
    "CARGO_PKG_VERSION_MAJOR",
    "CARGO_PKG_VERSION_MINOR",
    "CARGO_PKG_VERSION_PATCH",
    "CARGO_PKG_VERSION_PRE",
];

/// A program that runs as if a person had started it, not cargo.
///
/// Build scripts watch the variables of [`OWN_PACKAGE`] (ring's does): passed on, they would build their crates again.
pub(crate) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in OWN_PACKAGE {
        command.env_remove(variable);
    }
    command
}

/// Runs it to its end; `Err` is everything it printed, if it failed or could not start.
pub(crate) fn output_if_failed(mut command: Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name} could not be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    Err(format!("{}\n{name} ended with {}", String::from_utf8_lossy(&said).trim_end(), output.status))
}

/// What it printed on its standard output; an error if it failed.
pub(crate) fn stdout(mut command: Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("{name} could not be started"))?;
    anyhow::ensure!(
        output.status.success(),
        "{name} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim_end()
    );
    Ok(String::from_utf8(output.stdout)?)
}
