//! `gennaker version`.

use std::io::{Write as _, stdout};

/// Prints the version.
pub(crate) fn version() -> anyhow::Result<()> {
    writeln!(stdout(), "gennaker {}", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
