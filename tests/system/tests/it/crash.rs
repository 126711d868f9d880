//! SIGKILL of the control plane at every boundary that can be seen from outside, and the finish after a restart.
//!
//! Each run deploys a version and destroys the one before, so that one server group is left after each, whose number says
//! how many were ever created. The load goes on all the time: no request may fail, and no process may be started twice.

use std::collections::HashSet;

use gennaker_harness::{
    Delivery, Install, Process,
    delivery::{Execution, Version, stages},
};
use serde_json::Value;
use tokio::time::Instant;

use crate::support::{DEADLINE, delivery, install, load_on, start, succeeded};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_waits_for_a_time_or_a_person() {
    killed_at(&["wait/wait", "manualJudgment/waitForJudgment"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_creates_a_server_group() {
    killed_at(&[
        "createServerGroup/determineSourceServerGroup",
        "createServerGroup/createServerGroup",
        "createServerGroup/monitorDeploy",
        "createServerGroup/waitForUpInstances",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_disables_the_old_one() {
    killed_at(&[
        "disableCluster/disableCluster",
        "disableCluster/monitorDisableCluster",
        "disableCluster/waitForClusterDisable",
        "deploy/completeParallelDeploy",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_destroys_the_old_one() {
    killed_at(&[
        "destroyServerGroup/destroyServerGroup",
        "destroyServerGroup/monitorServerGroup",
        "destroyServerGroup/waitForDestroyedServerGroup",
    ])
    .await;
}

/// Runs the pipeline once for each boundary, kills the control plane there, starts it again, and looks at what came of it.
async fn killed_at(boundaries: &[&str]) {
    let mut install = install().await;
    let delivery = delivery(&install).await;
    let id = start(&delivery, stages([delivery.deploy(&Version::new("0"))])).await;
    succeeded(&delivery, &id).await;
    let load = load_on(&delivery, 100.0, 300);

    for (before, boundary) in boundaries.iter().enumerate() {
        let number = before + 1;
        // Slow enough to be seen starting.
        let version = Version { startup: std::time::Duration::from_millis(300), ..Version::new(number.to_string()) };
        let deployment = [stages::wait(1), stages::judgment(), delivery.deploy(&version), delivery.destroy_oldest()];
        let processes = processes(&mut install);
        let id = start(&delivery, stages(deployment)).await;
        let seen = kill_at(&mut install, &delivery, &id, boundary).await;
        install.start_control_plane().await.expect("it starts again");
        judge_if_asked(&delivery, &id).await;
        let ended = succeeded(&delivery, &id).await;
        eprintln!("killed in {seen:?} for {boundary}; ready after {:?}", install.ready_after());

        let names = delivery.server_group_names().await.expect("server groups");
        assert_eq!(names, [format!("greeter-v{number:03}")], "{boundary}: {ended}");
        let created: HashSet<&str> = ended.stages().flat_map(deployed).collect();
        assert!(created.contains(names[0].as_str()), "{boundary}: {created:?}");
        let now = self::processes(&mut install);
        assert_eq!(now.len(), 1, "{boundary}: one process for the one server group, not {now:?}");
        assert!(!processes.contains(&now[0]), "{boundary}: the old server group's process is still there");
    }

    let report = load.stop().await;
    assert_eq!(report.failed, 0, "{report}");
    let versions: Vec<String> = (0..=boundaries.len()).map(|number| number.to_string()).collect();
    assert!(versions.iter().all(|version| report.answered_by(version) > 0), "{report}");
}

/// Kills the control plane once the task `boundary` has begun, and returns which tasks were running then.
async fn kill_at(install: &mut Install, delivery: &Delivery, id: &str, boundary: &str) -> Vec<String> {
    let begin = Instant::now();
    let mut judged = false;
    loop {
        let execution = delivery.execution(id).await.expect("an execution");
        if execution.waiting_judgment().is_some() && boundary != "manualJudgment/waitForJudgment" && !judged {
            delivery.judge(&execution, "continue").await.expect("a judgment");
            judged = true;
        }
        if has_begun(&execution, boundary) {
            install.kill_control_plane().await.expect("it is killed");
            return execution.running();
        }
        assert!(!execution.is_over(), "{boundary} was never reached: {execution}");
        assert!(begin.elapsed() < DEADLINE, "{boundary} is not reached: {execution}");
        // No pause: most tasks are over within milliseconds.
    }
}

/// Whether the task `stage type/task name` runs or has ended.
fn has_begun(execution: &Execution, boundary: &str) -> bool {
    let (stage, task) = boundary.split_once('/').expect("a stage and a task");
    let mut stages =
        execution.stages().filter(|known| known["type"].as_str().unwrap_or_default().split('_').next() == Some(stage));
    stages.any(|stage| {
        let mut tasks = stage["tasks"].as_array().into_iter().flatten();
        tasks.any(|known| known["name"] == task && known["status"] != "NOT_STARTED")
    })
}

/// Answers the judgment, unless it has been answered before the crash.
async fn judge_if_asked(delivery: &Delivery, id: &str) {
    let passed = |execution: &Execution| {
        execution.stages().any(|stage| stage["type"] == "manualJudgment" && stage["status"] == "SUCCEEDED")
    };
    let asked = |execution: &Execution| execution.waiting_judgment().is_some();
    let there = delivery.until(id, DEADLINE, "the judgment", |execution| passed(execution) || asked(execution)).await;
    let execution = there.expect("it gets there");
    let answered = |stage: &Value| stage["context"]["judgmentStatus"] == "continue";
    if execution.waiting_judgment().is_some_and(|stage| !answered(stage)) {
        delivery.judge(&execution, "continue").await.expect("a judgment");
    }
}

/// The names of the server groups that a stage says it has deployed.
fn deployed(stage: &Value) -> Vec<&str> {
    if !stage["type"].as_str().unwrap_or_default().starts_with("createServerGroup") {
        return Vec::new();
    }
    let regions = stage["context"]["deploy.server.groups"].as_object().into_iter().flatten();
    regions.flat_map(|(_, names)| names.as_array().into_iter().flatten().filter_map(Value::as_str)).collect()
}

/// The program's processes: all that the agent has started.
fn processes(install: &mut Install) -> Vec<Process> {
    Process::of(install.agent().pid()).expect("the agent runs").descendants()
}
