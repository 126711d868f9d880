//! What the local agent's load balancer adds to a request, against the process behind it asked directly.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, ensure};
use gennaker_harness::{
    Install, InstallOptions, Programs, eventually,
    load::{self, Load},
};
use gennaker_provider_local::{
    client::{Call, Client},
    protocol::{LoadBalancerSpec, ServerGroupSpec},
};
use serde_json::json;

use crate::{
    report::{Report, Row, millis},
    sample::Sample,
};

const RATE: f64 = 2_000.0;
/// The share of requests that open a connection.
const NEW_CONNECTIONS: f64 = 0.02;
const WARM_UP: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_secs(6);
const ROUNDS: usize = 5;
const MOST_ADDED: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures both in turns, so that what else the machine does falls on both.
pub(crate) async fn measure(programs: &Programs, report: &mut Report) -> anyhow::Result<()> {
    let install = Install::start(programs, InstallOptions::default()).await?;
    let agent = Client::new(install.folder().join("agent").join("agent.sock"));
    let (behind, balancer) = prepare(&agent, programs).await?;
    for address in [behind, balancer] {
        ask(address, WARM_UP).await?;
    }
    let (mut direct, mut balanced) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        direct.add(&ask(behind, ROUND).await?);
        balanced.add(&ask(balancer, ROUND).await?);
    }
    let (added, added_median) = (
        balanced.p99.median().saturating_sub(direct.p99.median()),
        balanced.median.median().saturating_sub(direct.median.median()),
    );
    report.add(Row {
        what: "balancer adds, p99".to_owned(),
        target: Some(("< 1 ms".to_owned(), added < MOST_ADDED)),
        original: "-",
        measured: micros(added),
        method: format!(
            "{RATE} requests a second on an open schedule, {ROUNDS} rounds of {} s in turns to a process and to the \
             balancer before it, {} % of them on connections of their own; medians of the rounds: p99 {} through the \
             balancer and {} without, p50 {} and {} (adds {}).",
            ROUND.as_secs(),
            NEW_CONNECTIONS * 100.0,
            millis(balanced.p99.median()),
            millis(direct.p99.median()),
            millis(balanced.median.median()),
            millis(direct.median.median()),
            micros(added_median),
        ),
    });
    install.stop().await?;
    Ok(())
}

/// A balancer with one process behind it, and both addresses.
async fn prepare(agent: &Client, programs: &Programs) -> anyhow::Result<(SocketAddr, SocketAddr)> {
    let balancer = LoadBalancerSpec::new("bench");
    let balancer = agent.put_load_balancer(&balancer, &Call::unfenced("bench-balancer")).await?;
    let spec: ServerGroupSpec = serde_json::from_value(json!({
        "name": "bench-v000", "command": programs.path("greeter")?, "loadBalancers": ["bench"],
        "healthCheck": {"type": "tcp"},
    }))?;
    let group = agent.create_server_group(&spec, &Call::unfenced("bench-group")).await?;
    let port = group.instances.first().context("a server group without an instance")?.port;
    eventually(PATIENCE, "the process to be up", async || {
        let group = agent.server_group("bench-v000").await.map_err(|error| error.to_string())?;
        if group.up() == 1 { Ok(()) } else { Err("it is starting".to_owned()) }
    })
    .await?;
    Ok((SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from(([127, 0, 0, 1], balancer.port))))
}

async fn ask(address: SocketAddr, duration: Duration) -> anyhow::Result<load::Report> {
    let options = load::Options {
        rate: RATE,
        duration: Some(duration),
        new_connections: NEW_CONNECTIONS,
        ..load::Options::new(address)
    };
    let report = Load::start(options)?.finished().await;
    ensure!(report.failed == 0, "{report}");
    Ok(report)
}

/// The percentiles of some rounds.
#[derive(Debug, Default)]
struct Rounds {
    median: Sample,
    p99: Sample,
}

impl Rounds {
    fn add(&mut self, report: &load::Report) {
        self.median.add(report.latency.percentile(0.5));
        self.p99.add(report.latency.percentile(0.99));
    }
}

fn micros(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1_000.0)
}
