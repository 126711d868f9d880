//! Deny: banned crates, licences and sources of what is depended on, by `deny.toml`.

use super::Findings;
use crate::{process, tree::Tree};

/// What cargo-deny refuses. Its script installs it on first use; the advisory database is not looked at.
pub(crate) fn check(tree: &Tree) -> Findings {
    let mut deny = process::command(&format!("{}/tools/cargo-deny.sh", tree.root));
    deny.args(["--log-level", "error", "check", "bans", "licenses", "sources"]);
    Findings::of_program(process::output_if_failed(deny))
}
