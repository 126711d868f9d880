//! front50 and gate with a large install's applications: how soon they are there, and how soon gate answers.

mod steady;
mod stored;

use std::time::Duration;

use anyhow::Context as _;
use gennaker_harness::{Install, InstallOptions, Programs, Service};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::{
    steady::at_a_rate,
    stored::{APPLICATIONS, PIPELINES},
};
use crate::{
    deployment::start_by_hand,
    engine::{Load, three_stages},
    idle::resident,
    report::{Report, Row, mebibytes, millis},
    sample::Sample,
};

const LISTS: usize = 100;
const SAVES: usize = 200;
const READS: usize = 1_000;
const RATE: u32 = 50;
const REQUESTS: usize = 6_000;
const MOST: u64 = 400 << 20;
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures all of it on one install.
pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let mut install = Install::start(programs, InstallOptions::default()).await?;
    install.stop_control_plane().await?;
    stored::write(&install)?;
    install.start_control_plane().await?;
    install.stop_control_plane().await?;
    install.start_control_plane().await?;
    report.add(Row {
        what: "ready, 60,000 objects".to_owned(),
        target: Some(("< 5 s".to_owned(), install.ready_after() < Duration::from_secs(5))),
        original: "-",
        measured: millis(install.ready_after()),
        method: format!(
            "from the start of `gennaker serve` until every service is healthy, on a folder of {APPLICATIONS} applications and \
             {PIPELINES} pipelines of about 2 kB that was read before.",
        ),
    });
    let gate = Load::new(install.base_url(Service::Gate))?;
    let execution = ended_execution(&install).await?;
    list(&gate, report).await?;
    greet(&install, programs, report).await?;
    read_executions(&gate, &execution, report).await?;
    mixed(&gate, &execution, report).await?;
    save(&gate, report).await?;
    let held = resident(install.control_plane().pid())?;
    report.add(Row {
        what: "memory, 60,000 objects".to_owned(),
        target: Some(("<= 400 MiB".to_owned(), held <= MOST)),
        original: "-",
        measured: mebibytes(held),
        method: "resident memory (`VmRSS`) of the control plane after all of this.".to_owned(),
    });
    install.stop().await?;
    Ok(())
}

/// An execution that gate can be asked for.
async fn ended_execution(install: &Install) -> anyhow::Result<String> {
    let orca = Load::new(install.base_url(Service::Orca))?;
    let id = orca.start(three_stages("app1", "pipeline-1-0")).await?;
    orca.ended(&id, PATIENCE).await?;
    Ok(id)
}

async fn list(gate: &Load, report: &mut Report) -> anyhow::Result<()> {
    let (mut sample, mut listed) = (Sample::default(), 0);
    for _ in 0..LISTS {
        let begin = Instant::now();
        let bytes = gate.bytes("/applications").await?;
        sample.add(begin.elapsed());
        listed = bytes.len() as u64;
    }
    report.add(Row {
        what: "list of 10,000 applications".to_owned(),
        target: Some(("p99 < 50 ms".to_owned(), sample.percentile(0.99) < Duration::from_millis(50))),
        original: "-",
        measured: percentiles(&sample),
        method: format!(
            "{LISTS} times `GET /applications` of gate, one after the other, until the last of {} is there.",
            mebibytes(listed)
        ),
    });
    Ok(())
}

/// What the client and the machine take of the time of the next.
async fn greet(install: &Install, programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let (mut greeter, base) = start_by_hand(install, programs.path("greeter")?).await?;
    let sample = at_a_rate(&Load::new(base)?, RATE, READS, |_| "/health".to_owned()).await?;
    greeter.kill()?;
    report.add(Row {
        what: format!("the machine's own answer, {RATE} a second"),
        target: None,
        original: "-",
        measured: percentiles(&sample),
        method: format!(
            "{READS} times `GET /health` of the example program, which has nothing to do for it, at {RATE} a second, each from \
             its due time: what the client and this machine take of the time of the next row."
        ),
    });
    Ok(())
}

async fn read_executions(gate: &Load, execution: &str, report: &mut Report) -> anyhow::Result<()> {
    let path = format!("/pipelines/{execution}");
    let sample = at_a_rate(gate, RATE, READS, move |_| path.clone()).await?;
    let kept = sample.median() < Duration::from_millis(2) && sample.percentile(0.99) < Duration::from_millis(5);
    report.add(Row {
        what: format!("one execution through gate, {RATE} a second"),
        target: Some(("p50 < 2 ms, p99 < 5 ms".to_owned(), kept)),
        original: "p50 19.5 ms, p99 86.5 ms",
        measured: percentiles(&sample),
        method: format!(
            "{READS} times `GET /pipelines/ID` at {RATE} a second, whatever came of those before, each from its due time."
        ),
    });
    Ok(())
}

/// What the web UI asks for.
async fn mixed(gate: &Load, execution: &str, report: &mut Report) -> anyhow::Result<()> {
    let execution = execution.to_owned();
    let sample = at_a_rate(gate, 300, REQUESTS, move |number| {
        let application = number % APPLICATIONS;
        match number % 5 {
            0 => format!("/applications/app{application}?expand=false"),
            1 => format!("/applications/app{application}/pipelineConfigs"),
            2 => format!("/applications/app{application}/pipelines?limit=2&expand=false"),
            3 => format!("/applications/app{application}/tasks?statuses=RUNNING,SUSPENDED,NOT_STARTED"),
            _ => format!("/pipelines/{execution}"),
        }
    })
    .await?;
    report.add(Row {
        what: "300 requests a second through gate".to_owned(),
        target: Some(("p99 < 20 ms".to_owned(), sample.percentile(0.99) < Duration::from_millis(20))),
        original: "-",
        measured: percentiles(&sample),
        method: format!(
            "{REQUESTS} requests at 300 a second, each from its due time: an application, its pipelines, executions and tasks, and \
             one execution, in turn over all applications.",
        ),
    });
    Ok(())
}

async fn save(gate: &Load, report: &mut Report) -> anyhow::Result<()> {
    let mut sample = Sample::default();
    for number in 0..SAVES {
        let path = format!("/applications/app{number}/pipelineConfigs");
        let configs = gate.get(&path).await?;
        let mut config: Value = configs.get(0).cloned().context("no pipelines")?;
        config["description"] = json!(format!("saved as number {number}"));
        let begin = Instant::now();
        gate.send("/pipelines", config.to_string()).await?;
        sample.add(begin.elapsed());
    }
    report.add(Row {
        what: "a pipeline's save".to_owned(),
        target: Some(("p99 < 30 ms".to_owned(), sample.percentile(0.99) < Duration::from_millis(30))),
        original: "-",
        measured: percentiles(&sample),
        method: format!("{SAVES} times `POST /pipelines` of gate, one after the other, each pipeline of another application; on disk when it is answered."),
    });
    Ok(())
}

fn percentiles(sample: &Sample) -> String {
    format!("p50 {}, p99 {}", millis(sample.median()), millis(sample.percentile(0.99)))
}
