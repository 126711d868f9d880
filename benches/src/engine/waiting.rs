//! Executions that wait for a person.

use std::time::Duration;

use anyhow::ensure;
use gennaker_harness::Install;
use serde_json::json;
use tokio::time::Instant;

use super::load::{cpu_of, from_clients};
use crate::{
    idle::resident,
    report::{Report, Row, mebibytes},
};

const WAITING: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(60);
const MOST: u64 = 150 << 20;
/// How long nothing happens before it is looked at.
const IDLE: Duration = Duration::from_secs(10);

pub(super) async fn measure(install: &mut Install, report: &mut Report) -> anyhow::Result<()> {
    let load = super::load(install)?;
    let pid = install.control_plane().pid();
    let pipeline = json!({
        "application": "waiting", "id": "bench-waiting", "name": "waiting",
        "stages": [{"refId": "1", "type": "manualJudgment", "name": "judge", "judgmentInputs": []}],
    });
    let starting = load.clone();
    let text = pipeline.to_string();
    let ids = from_clients(16, WAITING, move |_| {
        let (load, text) = (starting.clone(), text.clone());
        async move { load.start(text).await }
    })
    .await?;
    let begin = Instant::now();
    for id in ids.iter().rev().take(16) {
        while load.get(&format!("/pipelines/{id}")).await?["stages"][0]["status"] != "RUNNING" {
            ensure!(begin.elapsed() < PATIENCE, "{id} does not come to its judgment");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    tokio::time::sleep(IDLE).await;
    let before = cpu_of(pid)?;
    tokio::time::sleep(IDLE).await;
    let idle_cpu = cpu_of(pid)? - before;
    let bytes = resident(pid)?;
    report.add(Row {
        what: "10,000 waiting executions".to_owned(),
        target: Some(("<= 150 MiB".to_owned(), bytes <= MOST)),
        original: "-",
        measured: mebibytes(bytes),
        method: format!(
            "resident memory (`VmRSS`) of the control plane {} s after {WAITING} executions have come to their manual judgment; in \
             the next {} s it used {} ms of CPU.",
            IDLE.as_secs(),
            IDLE.as_secs(),
            idle_cpu.as_millis(),
        ),
    });
    Ok(())
}
