//! Pipelines of three stages that compute: how many a minute, and how soon at a steady rate.

use std::time::Duration;

use anyhow::Context as _;
use gennaker_harness::Install;
use serde_json::Value;
use tokio::time::Instant;

use super::load::{Load, cpu_of, from_clients, three_stages};
use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const PIPELINES: usize = 10_000;
const CLIENTS: usize = 16;
const PATIENCE: Duration = Duration::from_secs(300);
const RATE: u32 = 50;
const STEADY: usize = 1_000;

/// 10,000 pipelines from 16 clients.
pub(super) async fn as_fast_as_they_come(install: &mut Install, report: &mut Report) -> anyhow::Result<()> {
    let load = super::load(install)?;
    let pid = install.control_plane().pid();
    let warm_up = load.clone();
    from_clients(CLIENTS, 200, move |_| start_one(warm_up.clone())).await?;
    load.until_completed(200, PATIENCE).await?;
    let before = (cpu_of(pid)?, cpu_of(std::process::id())?, Instant::now());
    let starting = load.clone();
    from_clients(CLIENTS, PIPELINES, move |_| start_one(starting.clone())).await?;
    let submitted = before.2.elapsed();
    load.until_completed((200 + PIPELINES) as u64, PATIENCE).await?;
    let took = before.2.elapsed();
    let (program, generator) = (cpu_of(pid)? - before.0, cpu_of(std::process::id())? - before.1);
    let a_minute = PIPELINES as f64 * 60.0 / took.as_secs_f64();
    report.add(Row {
        what: "pipelines a minute".to_owned(),
        target: Some((">= 12,000".to_owned(), a_minute >= 12_000.0)),
        original: "536",
        measured: format!("{a_minute:.0}"),
        method: format!(
            "{PIPELINES} pipelines of three sequential `evaluateVariables` stages from {CLIENTS} clients by `POST /orchestrate`, \
             from the first submit to the last end: {:.1} s (all were accepted after {:.1} s); the program used {:.1} s of CPU, \
             the clients in the same machine {:.1} s. `synchronous=FULL`.",
            took.as_secs_f64(),
            submitted.as_secs_f64(),
            program.as_secs_f64(),
            generator.as_secs_f64(),
        ),
    });
    Ok(())
}

async fn start_one(load: Load) -> anyhow::Result<String> {
    load.start(three_stages("bench", "bench-throughput")).await
}

/// 50 pipelines a second, whatever came of those before.
pub(super) async fn fifty_a_second(install: &mut Install, report: &mut Report) -> anyhow::Result<()> {
    let load = super::load(install)?;
    let before = load.completed().await?;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE);
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..STEADY {
        ticks.tick().await;
        let load = load.clone();
        starts.spawn(async move { load.start(three_stages("steady", "bench-steady")).await });
    }
    let mut ids = Vec::new();
    while let Some(id) = starts.join_next().await {
        ids.push(id??);
    }
    load.until_completed(before + STEADY as u64, PATIENCE).await?;
    let (mut first, mut end) = (Sample::default(), Sample::default());
    for id in ids {
        let execution = load.get(&format!("/pipelines/{id}")).await?;
        let accepted = execution["buildTime"].as_i64().context("no buildTime")?;
        let since = |time: &Value| Some(Duration::from_millis(u64::try_from(time.as_i64()? - accepted).unwrap_or(0)));
        first.add(since(&execution["stages"][0]["tasks"][0]["startTime"]).context("no first task")?);
        end.add(since(&execution["endTime"]).context("it has not ended")?);
    }
    for (what, sample, target) in [
        (
            "first task, 50 a second",
            &first,
            Some(("p99 < 20 ms".to_owned(), first.percentile(0.99) < Duration::from_millis(20))),
        ),
        ("end, 50 a second", &end, None),
    ] {
        report.add(Row {
            what: what.to_owned(),
            target,
            original: "-",
            measured: format!("p50 {}, p99 {}", millis(sample.median()), millis(sample.percentile(0.99))),
            method: format!(
                "{STEADY} such pipelines at a steady {RATE} a second, after the run before on the same store: from an execution's \
                 `buildTime` to its first task's `startTime`, or its `endTime`, in whole milliseconds.",
            ),
        });
    }
    Ok(())
}
