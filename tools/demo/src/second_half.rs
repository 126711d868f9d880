//! The control plane is killed in the middle of a pipeline, under load, and nobody notices.

use anyhow::{Context as _, ensure};
use gennaker_harness::{
    Delivery, Install, Process,
    delivery::{Version, stages},
    load::{Leave, Load},
};
use tokio::time::Duration;

use crate::{
    first_half::{check, options},
    follow::follow,
    say::say,
    stand::{PIPELINE, Stand},
};

const INSTANCES: u32 = 2;
/// How long the new processes take to be healthy: the middle of the pipeline, in which the control plane is killed.
const STARTUP: Duration = Duration::from_millis(1500);
/// How long the deployment may take to be in its middle.
const MIDDLE: Duration = Duration::from_secs(60);

/// Plays it.
pub(crate) async fn play(stand: &mut Stand) -> anyhow::Result<()> {
    let before = stand.processes()?;
    // Both server groups have the same version, so a WebSocket cannot know when it is held across the switch.
    let load = Load::start(options(stand, 500.0, Leave::After(20)))?;
    say(format_args!("demo: the same once more, under 500 requests a second, and the control plane is killed"));

    let Stand { install, delivery } = &mut *stand;
    let version = Version { instances: INSTANCES, startup: STARTUP, ..Version::new("2") };
    delivery.save(PIPELINE, stages([stages::wait(1), delivery.deploy(&version)])).await?;
    let groups = delivery.server_group_names().await?;
    let id = delivery.start(PIPELINE).await?;
    let (followed, restarted) = tokio::join!(follow(delivery, &id), kill_and_start(install, delivery, &id));
    restarted?;
    followed?;
    let report = load.stop().await;
    check(&report).with_context(|| report.to_string())?;

    let created: Vec<String> = delivery.server_group_names().await?;
    let created: Vec<&String> = created.iter().filter(|name| !groups.contains(name)).collect();
    ensure!(created.len() == 1, "one deployment has created the server groups {created:?}");
    let restarted = restarted_processes(&before, &stand.processes()?);
    say(format_args!(
        "demo: control plane killed requests={} failed={} restarted_processes={restarted} execution=SUCCEEDED seconds={:.1}",
        report.sent,
        report.failed,
        report.elapsed.as_secs_f64()
    ));
    ensure!(restarted == 0, "{restarted} processes were restarted");
    Ok(())
}

async fn kill_and_start(install: &mut Install, delivery: &Delivery, id: &str) -> anyhow::Result<()> {
    let middle = |running: &String| {
        ["createServerGroup/monitorDeploy", "createServerGroup/waitForUpInstances"].contains(&running.as_str())
    };
    delivery
        .until(id, MIDDLE, "the middle of the deployment", |execution| execution.running().iter().any(middle))
        .await?;
    install.kill_control_plane().await?;
    say(format_args!("demo: the control plane is killed (SIGKILL)"));
    install.start_control_plane().await.context("the control plane does not start again")?;
    let ready = install.ready_after().as_secs_f64();
    say(format_args!("demo: the control plane is started again, ready after {ready:.1} s"));
    Ok(())
}

/// Of the processes that ran before and those that the deployment has started, how many are not the first of their kind.
fn restarted_processes(before: &[Process], after: &[Process]) -> usize {
    let gone = before.iter().filter(|process| !after.contains(process)).count();
    let new = after.iter().filter(|process| !before.contains(process)).count();
    gone + new.saturating_sub(INSTANCES as usize)
}
