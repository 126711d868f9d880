//! SIGKILL of the control plane at every boundary that can be seen from outside, and the finish after a restart.
//!
//! Each run deploys a version and destroys the one before, so that one server group is left after each, whose number says
//! how many were ever created. The load goes on all the time: no request may fail, and no process may be started twice.

use std::{collections::HashSet, time::Duration};

use gennaker_harness::{
    Delivery, Install, Load, Process,
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
        "createServerGroup/determineHealthProviders",
        "createServerGroup/createServerGroup",
        "createServerGroup/monitorDeploy",
        "createServerGroup/forceCacheRefresh",
        "createServerGroup/waitForUpInstances",
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_disables_the_old_one() {
    killed_at(&[
        "disableCluster/determineHealthProviders",
        "disableCluster/disableCluster",
        "disableCluster/monitorDisableCluster",
        "disableCluster/forceCacheRefresh",
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_as_soon_as_it_is_ready_again() {
    let mut journey = Journey::start().await;
    let id = journey.start_deployment().await;
    for _ in 0..6 {
        journey.install.start_control_plane().await.expect("it starts again");
        answer_judgment(&journey.delivery, &id).await;
    }
    journey.finish(&id, "killed six times").await;
    journey.end().await;
}

/// Runs the pipeline once for each boundary, kills the control plane there, starts it again, and looks at what came of it.
async fn killed_at(boundaries: &[&str]) {
    let mut journey = Journey::start().await;
    for boundary in boundaries {
        let id = journey.start_deployment().await;
        let running = kill_at(&mut journey.install, &journey.delivery, &id, boundary).await;
        journey.install.start_control_plane().await.expect("it starts again");
        answer_judgment(&journey.delivery, &id).await;
        journey.finish(&id, boundary).await;
        eprintln!("{boundary}: killed in {running:?}, ready again after {:?}", journey.install.ready_after());
    }
    journey.end().await;
}

/// One install in which versions follow one another under load.
struct Journey {
    install: Install,
    delivery: Delivery,
    load: Load,
    /// The number of the version that is being deployed, and of its server group.
    number: u32,
    /// The processes before that.
    processes: Vec<Process>,
}

impl Journey {
    /// Version 0 is in place and the load runs.
    async fn start() -> Journey {
        let install = install().await;
        let delivery = delivery(&install).await;
        let id = start(&delivery, stages([delivery.deploy(&Version::new("0"))])).await;
        succeeded(&delivery, &id).await;
        let load = load_on(&delivery, 100.0, 300);
        Journey { install, delivery, load, number: 0, processes: Vec::new() }
    }

    /// Starts to deploy the next version.
    async fn start_deployment(&mut self) -> String {
        self.number += 1;
        self.processes = processes(&mut self.install);
        // Slow enough to be seen starting.
        let startup = Duration::from_millis(300);
        let version = Version { startup, ..Version::new(self.number.to_string()) };
        let Journey { delivery, .. } = &self;
        let deployment = [stages::wait(1), stages::judgment(), delivery.deploy(&version), delivery.destroy_oldest()];
        start(delivery, stages(deployment)).await
    }

    /// Waits for the success of the deployment and looks at what it has left.
    async fn finish(&mut self, id: &str, what: &str) {
        let ended = succeeded(&self.delivery, id).await;
        let names = self.delivery.server_group_names().await.expect("server groups");
        assert_eq!(names, [format!("greeter-v{:03}", self.number)], "{what}: {ended}");
        let told: HashSet<&str> = ended.stages().flat_map(deployed).collect();
        assert_eq!(told, HashSet::from([names[0].as_str()]), "{what}: {ended}");
        let now = processes(&mut self.install);
        assert_eq!(now.len(), 1, "{what}: one process for the one server group, not {now:?}");
        assert!(!self.processes.contains(&now[0]), "{what}: the old server group's process is still there");
    }

    /// Ends the load and looks at what it has seen.
    async fn end(self) {
        let report = self.load.stop().await;
        assert_eq!(report.failed, 0, "{report}");
        let missing: Vec<u32> =
            (0..=self.number).filter(|number| report.answered_by(&number.to_string()) == 0).collect();
        assert!(missing.is_empty(), "the versions {missing:?} answered nothing: {report}");
    }
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

/// Answers the judgment once it is asked for, unless it has been answered before the crash.
async fn answer_judgment(delivery: &Delivery, id: &str) {
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
