//! What 200 server groups with 1,000 processes cost while nothing happens to them.

use std::{path::Path, time::Duration};

use anyhow::Context as _;
use gennaker_harness::{Install, InstallOptions, Programs, Service};
use gennaker_provider_local::{
    client::{Call, Client},
    protocol::{InstanceState, ServerGroupSpec, Snapshot},
};
use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    idle::resident,
    report::{Report, Row, mebibytes, millis},
    sample::Sample,
};

const CLUSTERS: usize = 40;
const GROUPS_EACH: usize = 5;
const INSTANCES_EACH: u32 = 5;
/// How long it may take until all of them run.
const PATIENCE: Duration = Duration::from_secs(300);
/// What the first moments leave to do is done by then.
const SETTLE: Duration = Duration::from_secs(5);
/// How long the idle time is measured: more than one of the agent's long polls.
const IDLE: Duration = Duration::from_secs(30);
const READS: usize = 500;

const MOST_VIEW: Duration = Duration::from_millis(30);
const MOST_CPU: f64 = 5.0;
const MOST_MEMORY: u64 = 150 << 20;

pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let defaults = InstallOptions::default();
    let limits = [("GENNAKER_AGENT_MAX_PROCESSES", "1000"), ("GENNAKER_AGENT_PORTS", "20000-22999")];
    let limits = limits.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let environment = defaults.environment.iter().cloned().chain(limits).collect();
    let mut install = Install::start(programs, InstallOptions { environment, ..defaults }).await?;
    let agent = Client::new(install.folder().join("agent").join("agent.sock"));
    let took = deploy(&agent).await?;
    sleep(SETTLE).await;

    let pids = [install.control_plane().pid(), install.agent().pid()];
    let cpu = idle_cpu(pids).await?;
    let memory = resident(pids[0])? + resident(pids[1])?;
    let (one, all) = views(&install).await?;
    let what = format!("{} processes", CLUSTERS * GROUPS_EACH * INSTANCES_EACH as usize);
    let rows = [
        (
            format!("{what}: until all run"),
            format!("{:.1} s", took.as_secs_f64()),
            None,
            "200 server groups of 5 instances of `sleep`, created one after the other through the agent.".to_owned(),
        ),
        (
            format!("{what}: idle CPU"),
            format!("{cpu:.1} % of a core"),
            Some(("< 5 %".to_owned(), cpu < MOST_CPU)),
            format!("control plane and agent together over {} s, by `/proc`; health check `process`.", IDLE.as_secs()),
        ),
        (
            format!("{what}: memory"),
            mebibytes(memory),
            Some(("<= 150 MiB".to_owned(), memory <= MOST_MEMORY)),
            "resident memory of control plane and agent together; that of the processes is their own.".to_owned(),
        ),
        (
            format!("{what}: cluster view, p99"),
            millis(one.percentile(0.99)),
            Some(("< 30 ms".to_owned(), one.percentile(0.99) < MOST_VIEW)),
            format!(
                "`GET /applications/many/serverGroups?clusters=...` through gate, {} reads, one after the other.",
                one.count()
            ),
        ),
        (
            format!("{what}: all server groups, p99"),
            millis(all.percentile(0.99)),
            None,
            format!("`GET /applications/many/serverGroups` through gate, {} reads, one after the other.", all.count()),
        ),
    ];
    for (what, measured, target, method) in rows {
        report.add(Row { what, target, original: "-", measured, method });
    }
    install.stop().await?;
    Ok(())
}

/// Creates the server groups and waits until all of their instances are up.
async fn deploy(agent: &Client) -> anyhow::Result<Duration> {
    let begin = Instant::now();
    for cluster in 0..CLUSTERS {
        for number in 0..GROUPS_EACH {
            let name = format!("many-c{cluster:02}-v{number:03}");
            let spec: ServerGroupSpec = serde_json::from_value(json!({
                "name": name, "command": "sleep", "args": ["1000000"], "capacity": INSTANCES_EACH,
            }))?;
            agent.create_server_group(&spec, &Call::unfenced(&name)).await?;
        }
    }
    let all_up = async {
        let mut snapshot = agent.state().await?;
        while !is_up(&snapshot) {
            snapshot = agent.follow(snapshot.version).await?;
        }
        anyhow::Ok(())
    };
    timeout(PATIENCE, all_up).await.context("not all of the processes are up")??;
    Ok(begin.elapsed())
}

fn is_up(snapshot: &Snapshot) -> bool {
    let mut instances = snapshot.server_groups.iter().flat_map(|group| &group.instances);
    instances.all(|instance| instance.state == InstanceState::Up)
}

/// The share of a core that the processes take while nothing is asked of them.
async fn idle_cpu(pids: [u32; 2]) -> anyhow::Result<f64> {
    let ticks = || pids.iter().map(|pid| cpu_ticks(*pid)).sum::<anyhow::Result<u64>>();
    let (before, begin) = (ticks()?, Instant::now());
    sleep(IDLE).await;
    // The kernel counts hundredths of a second on every machine that we know.
    Ok((ticks()? - before) as f64 / begin.elapsed().as_secs_f64())
}

/// Fields 14 and 15 of proc(5).
fn cpu_ticks(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"))?;
    let fields: Vec<&str> = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let field = |index: usize| fields.get(index).context("a short stat")?.parse::<u64>().context("no number");
    Ok(field(11)? + field(12)?)
}

/// How long reading one cluster takes, and reading all.
async fn views(install: &Install) -> anyhow::Result<(Sample, Sample)> {
    let gate = install.client(Service::Gate);
    let mut samples = (Sample::default(), Sample::default());
    for read in 0..READS {
        let path = format!("/applications/many/serverGroups?clusters=local%3Amany-c{:02}", read % CLUSTERS);
        let begin = Instant::now();
        let groups = gate.get(&path).await?.ok()?;
        samples.0.add(begin.elapsed());
        let shown = groups.as_array().map_or(0, Vec::len);
        anyhow::ensure!(shown == GROUPS_EACH, "{path} shows {shown} server groups");
        if read % 10 == 0 {
            let begin = Instant::now();
            gate.get("/applications/many/serverGroups").await?.ok()?;
            samples.1.add(begin.elapsed());
        }
    }
    Ok(samples)
}
