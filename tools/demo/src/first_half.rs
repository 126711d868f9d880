//! Version 1 becomes version 2 under load.

use anyhow::{Context as _, ensure};
use gennaker_harness::{
    delivery::{Version, stages},
    load::{Leave, Load, Options, Report, SlowOptions, WebSocketOptions},
};
use tokio::time::{Duration, sleep};

use crate::{
    follow::follow,
    say::say,
    stand::{PIPELINE, Stand},
};

/// The least number of requests that shows something.
const LEAST: u64 = 500;

/// Plays it; returns the id of the execution.
pub(crate) async fn play(stand: &Stand) -> anyhow::Result<String> {
    let delivery = &stand.delivery;
    let load = Load::start(options(stand, 200.0, Leave::AfterAcross(20)))?;
    say(format_args!("demo: a load runs: 200 requests a second, a slow one and a WebSocket always open"));

    let version = Version { instances: 2, ..Version::new("2") };
    let deployment = [stages::wait(2), stages::judgment(), delivery.deploy(&version)];
    delivery.save(PIPELINE, stages(deployment)).await?;
    let id = delivery.start(PIPELINE).await?;
    say(format_args!("demo: pipeline {PIPELINE} takes the program to version 2"));
    follow(delivery, &id).await?;
    while load.report_so_far().sent < LEAST {
        sleep(Duration::from_millis(50)).await;
    }
    let report = load.stop().await;
    check(&report).with_context(|| report.to_string())?;
    ensure!(report.slow.across > 0, "no slow request was held across the switch: {report}");
    ensure!(report.web_socket.echoes_across > 0, "no WebSocket was held across the switch: {report}");
    ensure!(report.answered_by("1") > 0, "version 1 answered nothing: {report}");

    let now = gennaker_harness::Client::new(format!("http://{}", delivery.address()))?.get("/").await?.ok()?;
    let version = now["version"].as_str().unwrap_or_default();
    ensure!(version == "2", "the program answers as version {version}");
    say(format_args!(
        "demo: version={version} requests={} failed={} seconds={:.1}",
        report.sent,
        report.failed,
        report.elapsed.as_secs_f64()
    ));
    Ok(id)
}

/// The load of either half.
pub(crate) fn options(stand: &Stand, rate: f64, leave: Leave) -> Options {
    let web_socket = WebSocketOptions { leave, ..WebSocketOptions::default() };
    Options {
        rate,
        slow: Some(SlowOptions::default()),
        web_socket: Some(web_socket),
        ..Options::new(stand.delivery.address())
    }
}

/// What either half asks of its load.
pub(crate) fn check(report: &Report) -> anyhow::Result<()> {
    ensure!(report.failed == 0, "{} of {} requests failed", report.failed, report.sent);
    ensure!(report.sent >= LEAST, "only {} requests were sent", report.sent);
    ensure!(
        report.new_connections > 0 && report.new_connections < report.sent,
        "not both kinds of connections were used"
    );
    ensure!(report.answered_by("2") > 0, "version 2 answered nothing");
    Ok(())
}
