//! Clippy: no warning in any target of any crate.

use super::Findings;
use crate::{process, tree::Tree};

/// What clippy says of the whole workspace; a crate that fails does not hide the others.
pub(crate) fn check(_: &Tree) -> Findings {
    let mut cargo = process::command("cargo");
    cargo.args(["clippy", "--quiet", "--workspace", "--all-targets", "--keep-going", "--", "-D", "warnings"]);
    Findings::of_program(process::output_if_failed(cargo))
}
