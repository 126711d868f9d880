//! The programs of this workspace as cargo builds them.
//!
//! Cargo says where it puts an executable; nothing here knows the layout of a target folder.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
};

use gennaker_base::Kind;
use serde_json::Value;
use tokio::process::Command;

use crate::Launch;

/// How cargo builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build: what tests and the demo use.
    Dev,
    /// Optimised: what benches use.
    Release,
}

impl Profile {
    /// The one that the caller itself was built with.
    pub fn own() -> Self {
        if cfg!(debug_assertions) { Profile::Dev } else { Profile::Release }
    }
}

/// Why there are no programs.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Cargo could not be run.
    #[error("cargo cannot be run; install the Rust tool chain from https://rustup.rs")]
    NoCargo(#[source] io::Error),
    /// Cargo ran and failed; it has said why on standard error.
    #[error("`cargo build` of {names} failed ({status}); its messages are above")]
    Failed {
        /// The programs, separated by commas.
        names: String,
        /// How cargo ended.
        status: ExitStatus,
    },
    /// This program was not built.
    #[error("no program `{name}` was built, only: {built}; name it in `Programs::build`")]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// The names there are, separated by commas.
        built: String,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoCargo(_) => Kind::Unavailable,
            Error::Failed { .. } => Kind::Invalid,
            Error::Unknown { .. } => Kind::NotFound,
        }
    }
}

/// Executables by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programs(BTreeMap<String, PathBuf>);

impl Programs {
    /// Builds the programs `names` of this workspace and takes note of where they are.
    ///
    /// Takes as long as cargo does; what cargo prints goes to standard error. Dropping it stops cargo. Dependencies are
    /// built with the features of the whole workspace, so that every way of building shares them.
    ///
    /// # Errors
    /// [`Error::NoCargo`], [`Error::Failed`].
    pub async fn build(profile: Profile, names: &[&str]) -> Result<Self, Error> {
        let mut cargo = Command::new(cargo());
        for variable in OWN_PACKAGE {
            cargo.env_remove(variable);
        }
        cargo.args(["build", "--workspace", "--message-format=json-render-diagnostics"]);
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        for name in names {
            cargo.args(["--bin", name]);
        }
        cargo.current_dir(workspace()).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        // Not `output`, which would take standard error as well.
        let child = cargo.spawn().map_err(Error::NoCargo)?;
        let output = child.wait_with_output().await.map_err(Error::NoCargo)?;
        if !output.status.success() {
            return Err(Error::Failed { names: names.join(", "), status: output.status });
        }
        Ok(Programs(executables(&String::from_utf8_lossy(&output.stdout))))
    }

    /// Programs that are there already, e.g. installed ones.
    pub fn at(executables: impl IntoIterator<Item = (impl Into<String>, impl Into<PathBuf>)>) -> Self {
        Programs(executables.into_iter().map(|(name, path)| (name.into(), path.into())).collect())
    }

    /// Where the program `name` is.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn path(&self, name: &str) -> Result<&Path, Error> {
        self.0.get(name).map(PathBuf::as_path).ok_or_else(|| Error::Unknown {
            name: name.to_owned(),
            built: self.0.keys().cloned().collect::<Vec<_>>().join(", "),
        })
    }

    /// A start of the program `name`, whose output is appended to the file `log`.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn launch(&self, name: &str, log: impl Into<PathBuf>) -> Result<Launch, Error> {
        Ok(Launch::new(name, self.path(name)?, log))
    }
}

/// What cargo tells a program that it runs about the program's own package. Build scripts watch some of it (ring's does):
/// passed on to another cargo, it would build their crates again.
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

/// The cargo that built this crate, or the one on the path should it have been removed.
fn cargo() -> &'static str {
    let own = env!("CARGO");
    if Path::new(own).exists() { own } else { "cargo" }
}

fn workspace() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own)
}

/// The programs among cargo's messages, one JSON object a line.
fn executables(messages: &str) -> BTreeMap<String, PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter_map(|message| {
            let kinds = message["target"]["kind"].as_array()?;
            let name = message["target"]["name"].as_str()?;
            let path = message["executable"].as_str()?;
            kinds.iter().any(|kind| kind == "bin").then(|| (name.to_owned(), PathBuf::from(path)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_programs_count_among_the_messages_of_cargo() {
        let messages = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"base"},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"greeter"},"executable":"/t/debug/greeter"}
{"reason":"compiler-artifact","target":{"kind":["custom-build"],"name":"build"},"executable":"/t/build"}
{"reason":"build-finished","success":true}
not json"#;
        assert_eq!(executables(messages), Programs::at([("greeter", "/t/debug/greeter")]).0);
    }

    #[test]
    fn an_unknown_program_is_an_error_with_the_known_ones() {
        let error = Programs::at([("greeter", "/t/greeter")]).path("gennaker").expect_err("it is not there");
        assert_eq!(error.kind(), Kind::NotFound);
        assert_eq!(error.to_string(), "no program `gennaker` was built, only: greeter; name it in `Programs::build`");
    }
}
