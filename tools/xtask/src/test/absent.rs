//! What tests need and this machine lacks: the tests that need it pass without having looked at anything, which the report
//! has to say.

use std::{path::PathBuf, process::Stdio};

use anyhow::Context as _;
use cargo_metadata::MetadataCommand;

use crate::process;

/// Where Debian puts Chromium; `tests/system/tests/browser/mod.rs` looks there too.
const CHROMIUM: &str = "/usr/bin/chromium";

/// A note for each kind of tests that will not run.
pub(super) fn notes() -> anyhow::Result<Vec<String>> {
    let root = MetadataCommand::new().no_deps().exec()?.workspace_root;
    let server = why_not(root.join("tools/peer.sh").as_str(), "versitygw")?;
    let page = why_not(root.join("tools/ui.sh").as_str(), "modules")?;
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from(CHROMIUM), PathBuf::from);
    let browser = (!chromium.exists())
        .then(|| format!("There is no Chromium at {}; get it with: apt-get install -y chromium", chromium.display()));
    let absent = [
        ("the tests on an S3 server", server),
        ("the tests of the web page", page.or(browser)),
        ("the tests on a full disk", no_small_disk()),
    ];
    let notes = absent.into_iter().filter_map(|(tests, why)| Some((tests, why?)));
    Ok(notes.map(|(tests, why)| format!("NOT RUN, though they count as passed: {tests}. {why}")).collect())
}

/// What a script says that cannot bring what it is asked for; `None` if it can.
fn why_not(script: &str, what: &str) -> anyhow::Result<Option<String>> {
    let output = process::command(script).arg(what).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("{script} could not be started"))?;
    Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Why the tests cannot mount a small disk, if so. This one is mounted where nobody else sees it, and gone at once.
fn no_small_disk() -> Option<String> {
    let mut mount = process::command("unshare");
    mount.args(["--mount", "mount", "-t", "tmpfs", "none"]).arg(std::env::temp_dir());
    let output = mount.stdin(Stdio::null()).output();
    let why = match output {
        Ok(output) if output.status.success() => return None,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    Some(format!("This user may not mount a small disk ({why}); run the tests as root, where mounting is allowed"))
}
