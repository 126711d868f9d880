//! A store with many ended executions.

use std::time::Duration;

use gennaker_harness::Install;
use tokio::time::Instant;

use super::load::{from_clients, three_stages};
use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const STORED: usize = 100_000;
const APPLICATIONS: usize = 50;
const CONFIGS: usize = 10;
const LISTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(900);

pub(super) async fn measure(install: &Install, report: &mut Report) -> anyhow::Result<()> {
    let load = super::load(install)?;
    let starting = load.clone();
    from_clients(16, STORED, move |number| {
        let load = starting.clone();
        async move {
            let (application, config) = (number % APPLICATIONS, number / APPLICATIONS % CONFIGS);
            load.start(three_stages(&format!("app{application}"), &format!("config-{application}-{config}"))).await
        }
    })
    .await?;
    load.until_completed(STORED as u64, PATIENCE).await?;
    let mut sample = Sample::default();
    let mut listed = 0;
    for number in 0..LISTS {
        let application = number % APPLICATIONS;
        let begin = Instant::now();
        let list = load.get(&format!("/applications/app{application}/pipelines?limit=3")).await?;
        sample.add(begin.elapsed());
        listed = list.as_array().map_or(0, Vec::len);
    }
    report.add(Row {
        what: "list 30 of 100,000 executions".to_owned(),
        target: Some(("p99 < 15 ms".to_owned(), sample.percentile(0.99) < Duration::from_millis(15))),
        original: "-",
        measured: format!("p50 {}, p99 {}", millis(sample.median()), millis(sample.percentile(0.99))),
        method: format!(
            "{LISTS} times `GET /applications/APP/pipelines?limit=3`, which answers {listed} whole executions (3 of each of \
             {CONFIGS} pipelines), in a store of {STORED} ended executions of {APPLICATIONS} applications.",
        ),
    });
    Ok(())
}
