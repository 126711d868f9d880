//! What `make fuzz` runs compiles: it is a workspace of its own, which no test builds.

use std::process::{Command, Stdio};

use super::Findings;
use crate::{process, tree::Tree};

/// What the compiler says of `fuzz/`, its lock file as it is. Without a C++ compiler, which libFuzzer needs, nothing is looked at.
pub(crate) fn check(_: &Tree) -> Findings {
    let compiler = Command::new("c++").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !compiler.is_ok_and(|status| status.success()) {
        let warning = "there is no c++, so that fuzz/ was not compiled; on Debian: apt-get install -y g++";
        return Findings { failures: Vec::new(), warnings: vec![warning.to_owned()] };
    }
    let mut cargo = process::command("cargo");
    cargo.args(["check", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target"]);
    Findings::of_program(process::output_if_failed(cargo))
}
