//! Format: `cargo fmt` has nothing to change.

use super::Findings;
use crate::{process, tree::Tree};

/// The files that `cargo fmt` would change.
pub(crate) fn check(_: &Tree) -> Findings {
    let mut cargo = process::command("cargo");
    cargo.args(["fmt", "--all", "--check", "--", "-l"]);
    let said = process::output_if_failed(cargo);
    Findings::of_program(said.map_err(|files| format!("{files}\nrun `cargo fmt`")))
}
