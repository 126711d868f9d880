//! The size of the program, and what it holds in memory when nothing happens.

use std::{fs, time::Duration};

use anyhow::Context as _;
use gennaker_harness::{Install, Programs};

use crate::{
    machine::field,
    report::{Report, Row, mebibytes},
};

/// How long nothing happens before it is looked at.
const IDLE: Duration = Duration::from_secs(10);
/// The most that both may hold together.
const MOST: u64 = 60 << 20;

pub(crate) async fn measure(programs: &Programs, install: &mut Install, report: &mut Report) -> anyhow::Result<()> {
    let size = fs::metadata(programs.path("gennaker")?)?.len();
    report.add(Row {
        what: "size of the program".to_owned(),
        target: None,
        original: "-",
        measured: mebibytes(size),
        method: "the file `gennaker` of the release build, without debug information.".to_owned(),
    });
    tokio::time::sleep(IDLE).await;
    let control_plane = resident(install.control_plane().pid())?;
    let agent = resident(install.agent().pid())?;
    let rows = [
        ("idle memory", control_plane + agent, Some(("<= 60 MiB".to_owned(), control_plane + agent <= MOST))),
        ("idle memory, control plane", control_plane, None),
        ("idle memory, agent", agent, None),
    ];
    for (what, bytes, target) in rows {
        let whole = target.is_some();
        report.add(Row {
            what: what.to_owned(),
            target,
            original: if whole { "2.7 GB for five of its ten services" } else { "-" },
            measured: mebibytes(bytes),
            method: "resident memory (`VmRSS`) after 10 s in which nothing was asked, no server group deployed."
                .to_owned(),
        });
    }
    Ok(())
}

/// The resident memory of a process in bytes.
pub(crate) fn resident(pid: u32) -> anyhow::Result<u64> {
    let text = field(&format!("/proc/{pid}/status"), "VmRSS").with_context(|| format!("process {pid} is gone"))?;
    let kibibytes: u64 = text.trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes << 10)
}
