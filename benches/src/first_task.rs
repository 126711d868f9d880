//! How long after its start a pipeline's first task starts.

use std::time::Duration;

use gennaker_base::{Clock as _, SystemClock};
use gennaker_harness::{
    Delivery,
    delivery::{Execution, stages},
};
use tokio::time::Instant;

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const PIPELINE: &str = "first-task";
const WARM_UP: usize = 10;
const ROUNDS: usize = 200;
const DEADLINE: Duration = Duration::from_secs(20);
const TARGET: Duration = Duration::from_millis(20);

pub(crate) async fn measure(delivery: &Delivery, report: &mut Report) -> anyhow::Result<()> {
    delivery.save(PIPELINE, stages([stages::wait(0)])).await?;
    let (mut started, mut observed) = (Sample::default(), Sample::default());
    for round in 0..WARM_UP + ROUNDS {
        let (submitted, begin) = (SystemClock.now(), Instant::now());
        let id = delivery.start(PIPELINE).await?;
        let seen = loop {
            let execution = delivery.execution(&id).await?;
            if first_start(&execution).is_some() {
                break begin.elapsed();
            }
            anyhow::ensure!(begin.elapsed() < DEADLINE, "no task starts: {execution}");
        };
        let ended = delivery.until_succeeded(&id, DEADLINE).await?;
        let start = first_start(&ended).unwrap_or_default();
        if round >= WARM_UP {
            started.add(Duration::from_millis(u64::try_from(start - submitted.millis()).unwrap_or(0)));
            observed.add(seen);
        }
    }
    let rows = [
        ("first task", started, true, "by its `startTime`, in whole milliseconds"),
        ("first task, seen", observed, false, "until a client that asks again and again has an answer which shows it"),
    ];
    for (what, sample, promised, until) in rows {
        let p99 = sample.percentile(0.99);
        report.add(Row {
            what: what.to_owned(),
            target: promised.then(|| ("p99 < 20 ms".to_owned(), p99 < TARGET)),
            original: if promised { "131 ms p50" } else { "-" },
            measured: format!("p50 {}, p99 {}", millis(sample.median()), millis(p99)),
            method: format!(
                "{} pipelines of one stage, one after the other: from before the client connects to gate to start one until \
                 its first task starts, {until}.",
                sample.count()
            ),
        });
    }
    Ok(())
}

/// When the first task started, in milliseconds of Unix time.
fn first_start(execution: &Execution) -> Option<i64> {
    let tasks = execution.stages().flat_map(|stage| stage["tasks"].as_array().into_iter().flatten());
    tasks.filter_map(|task| task["startTime"].as_i64()).min()
}
