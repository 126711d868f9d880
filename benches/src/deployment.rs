//! What a deployment costs beyond the program's own start.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use gennaker_harness::{
    Client, Delivery, Install, Launch, Program,
    delivery::{Execution, Version, stages},
    reserve_port,
};
use tokio::time::Instant;

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const PIPELINE: &str = "deploy";
const ROUNDS: usize = 10;
const DEADLINE: Duration = Duration::from_secs(30);
const TARGET: Duration = Duration::from_millis(300);

pub(crate) async fn measure(
    delivery: &Delivery,
    install: &Install,
    greeter: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    let own = own_start(install, greeter).await?;
    let mut took = Sample::default();
    for round in 0..=ROUNDS {
        delivery.save(PIPELINE, stages([delivery.deploy(&Version::new(round.to_string()))])).await?;
        let id = delivery.start(PIPELINE).await?;
        let ended = delivery.until_succeeded(&id, DEADLINE).await?;
        // The first one has nothing to replace.
        if round > 0 {
            took.add(duration(&ended).with_context(|| format!("no times in {ended}"))?);
        }
    }
    let overhead = took.median().saturating_sub(own.median());
    report.add(Row {
        what: "the program's own start".to_owned(),
        target: None,
        original: "-",
        measured: millis(own.median()),
        method: format!(
            "median of {}: the example program, started by hand, until its `/health` answers 200.",
            own.count()
        ),
    });
    report.add(Row {
        what: "a deployment's own overhead".to_owned(),
        target: Some(("< 300 ms".to_owned(), overhead < TARGET)),
        original: "-",
        measured: format!("{} (whole: {}, longest {})", millis(overhead), millis(took.median()), millis(took.longest())),
        method: format!(
            "median of {} red/black deployments of one process, each a pipeline of one stage, by the execution's \
             `startTime` and `endTime`, less the program's own start. Without load: draining takes as long as requests take.",
            took.count()
        ),
    });
    Ok(())
}

fn duration(execution: &Execution) -> Option<Duration> {
    let (start, end) = (execution.0["startTime"].as_i64()?, execution.0["endTime"].as_i64()?);
    Some(Duration::from_millis(u64::try_from(end - start).ok()?))
}

/// How long the program takes until it is healthy.
async fn own_start(install: &Install, greeter: &Path) -> anyhow::Result<Sample> {
    let mut sample = Sample::default();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        let (mut program, _) = start_by_hand(install, greeter).await?;
        sample.add(begin.elapsed());
        program.kill()?;
    }
    Ok(sample)
}

/// The program, when it is healthy, and its address.
pub(crate) async fn start_by_hand(install: &Install, greeter: &Path) -> anyhow::Result<(Program, String)> {
    let port = reserve_port().context("no port of 127.0.0.1 is free")?;
    let base = format!("http://127.0.0.1:{port}");
    let client = Client::new(base.clone())?;
    let launch = Launch::new("greeter", greeter, install.folder().join("logs/greeter.log"));
    let begin = Instant::now();
    let mut program = launch.env("PORT", port.to_string()).start(install.group())?;
    while !client.get("/health").await.is_ok_and(|answer| answer.status == 200) {
        program.check_running()?;
        anyhow::ensure!(begin.elapsed() < DEADLINE, "the program does not become healthy");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok((program, base))
}
