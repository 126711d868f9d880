//! One install in which versions of the example program follow one another under load.

use std::{fs, time::Duration};

use gennaker_harness::{
    Delivery, Install, Load,
    delivery::{Execution, Version, stages},
    eventually,
    load::{self, Leave},
};
use serde_json::{Value, json};

use super::all;
pub(super) use crate::support::merge;
use crate::support::{DEADLINE, delivery, install_with, start, succeeded};

/// So many instances every version has.
pub(super) const SIZE: u32 = 2;
/// The variable by which processes are known.
const MARK: &str = "STRATEGIES_JOURNEY";
/// How long a deployment may take, waits included.
const DEPLOYMENT: Duration = Duration::from_secs(90);

/// An install under load.
pub(super) struct Journey {
    pub(super) install: Install,
    pub(super) delivery: Delivery,
    load: Option<Load>,
}

/// A server group as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) enabled: bool,
    /// How many instances it is to have, and how many it has.
    pub(super) desired: u64,
    pub(super) instances: usize,
}

impl Journey {
    /// Version 1 is in place, and the load runs. Its WebSocket is held across each switch.
    pub(super) async fn start<const N: usize>(files: [(&str, &str); N]) -> Journey {
        Journey::start_with(files, Leave::AfterAcross(5)).await
    }

    /// The same with a WebSocket that is closed after two seconds, for where it cannot be held across a switch: an earlier version
    /// comes back, or an instance leaves before its successor answers. Who never leaves is cut at the end of the drain.
    pub(super) async fn start_and_back<const N: usize>(files: [(&str, &str); N]) -> Journey {
        Journey::start_with(files, Leave::After(20)).await
    }

    async fn start_with<const N: usize>(files: [(&str, &str); N], leave: Leave) -> Journey {
        let mut journey = Journey::without_load(files).await;
        let (rate, slow_ms) = if all() { (500.0, 5000) } else { (200.0, 1000) };
        let options = load::Options {
            rate,
            slow: Some(load::SlowOptions { path: format!("/slow?ms={slow_ms}"), ..load::SlowOptions::default() }),
            web_socket: Some(load::WebSocketOptions { leave, ..load::WebSocketOptions::default() }),
            ..load::Options::new(journey.delivery.address())
        };
        journey.load = Some(Load::start(options).expect("a load"));
        journey
    }

    /// Version 1 is in place, and nobody asks it.
    pub(super) async fn without_load<const N: usize>(files: [(&str, &str); N]) -> Journey {
        let install = install_with(files).await;
        let delivery = delivery(&install).await;
        let journey = Journey { install, delivery, load: None };
        let first = journey.deploy(&version("1"), json!({}), json!({})).await;
        succeeded(&journey.delivery, &first).await;
        journey
    }

    /// Starts to deploy a version by a strategy; `settings` are those of its server group, `stage` those of the stage.
    pub(super) async fn deploy(&self, version: &Version, settings: Value, stage: Value) -> String {
        let mut deploy = self.delivery.deploy(version);
        merge(&mut deploy["clusters"][0], settings);
        merge(&mut deploy["clusters"][0], json!({ "environment": { MARK: self.mark() } }));
        merge(&mut deploy, stage);
        start(&self.delivery, stages([deploy])).await
    }

    /// Waits until an execution is over, however it ends.
    pub(super) async fn ended(&self, id: &str) -> Execution {
        self.delivery.until(id, DEPLOYMENT, "the end", Execution::is_over).await.expect("it ends")
    }

    /// The same, and it has succeeded.
    pub(super) async fn succeeded(&self, id: &str, what: &str) -> Execution {
        let ended = self.ended(id).await;
        assert_eq!(ended.status(), "SUCCEEDED", "{what}: {ended}");
        ended
    }

    /// Runs one job as a task, to its success.
    pub(super) async fn run(&self, what: &str, job: &Value) {
        let id = self.delivery.task(what, job).await.expect("a task");
        self.delivery.until_task_succeeded(&id, DEPLOYMENT).await.expect(what);
    }

    /// The server groups, the oldest first.
    pub(super) async fn groups(&self) -> Vec<Group> {
        let groups = self.delivery.server_groups().await.expect("server groups");
        let group = |group: &Value| Group {
            name: group["name"].as_str().unwrap_or_default().to_owned(),
            enabled: group["isDisabled"] != true,
            desired: group["capacity"]["desired"].as_u64().unwrap_or_default(),
            instances: group["instances"].as_array().map_or(0, Vec::len),
        };
        groups.iter().map(group).collect()
    }

    /// Waits until that version has answered another request.
    pub(super) async fn until_answered_by(&self, version: &str) {
        let load = self.load.as_ref().expect("there is a load");
        let before = load.report_so_far().answered_by(version);
        let answered = eventually(DEADLINE, "an answer of a version", async || {
            let report = load.report_so_far();
            if report.answered_by(version) > before { Ok(()) } else { Err(format!("none of {version}: {report}")) }
        });
        answered.await.expect("it serves");
    }

    /// Checks that as many processes run as the server groups have instances, whoever has started them.
    pub(super) async fn check_processes(&self, what: &str) {
        let groups = self.groups().await;
        let wanted: usize = groups.iter().map(|group| group.instances).sum();
        let counted = eventually(DEADLINE, "a process for each instance", async || match self.processes() {
            processes if processes == wanted => Ok(()),
            processes => Err(format!("there are {processes}")),
        });
        counted.await.unwrap_or_else(|error| panic!("{what}: {wanted} processes for {groups:?}: {error}"));
    }

    /// How many processes of this install's versions run: they are known by a variable of their environment.
    fn processes(&self) -> usize {
        let mark = format!("{MARK}={}", self.mark());
        let environments = fs::read_dir("/proc").expect("/proc is there").filter_map(|entry| {
            // A process that ends meanwhile, or is another user's, is none of these.
            fs::read(entry.ok()?.path().join("environ")).ok()
        });
        environments.filter(|variables| variables.split(|byte| *byte == 0).any(|one| one == mark.as_bytes())).count()
    }

    /// What this install's versions are known by.
    fn mark(&self) -> String {
        self.install.folder().display().to_string()
    }

    /// Destroys a server group that a case has left.
    pub(super) async fn destroy(&self, name: &str) {
        let description = json!({ "credentials": self.install.account(), "region": "local", "serverGroupName": name });
        self.delivery.operate("destroyServerGroup", description).await.expect("it is destroyed");
    }

    /// Ends the load: no request has failed.
    pub(super) async fn end(self) -> load::Report {
        let report = self.load.expect("there is a load").stop().await;
        assert_eq!(report.failed, 0, "{report}");
        eprintln!("{report}");
        report
    }
}

/// The end of a load under which processes have ended by themselves: what a process that ends has open ends with it. So a WebSocket
/// or a slow request may have been cut, and nothing else.
pub(super) async fn end_after_crashes(journey: Journey) -> load::Report {
    let report = journey.load.expect("there is a load").stop().await;
    let was_open = |reason: &&String| reason.contains("WebSocket") || reason.contains("/slow?");
    let open = report.reasons.iter().filter(was_open).count();
    assert_eq!(report.failed, u64::try_from(open).expect("it fits"), "{report}");
    eprintln!("{report}");
    report
}

/// A version with as many instances as all have.
pub(super) fn version(name: &str) -> Version {
    Version { instances: SIZE, startup: Duration::from_millis(200), ..Version::new(name) }
}

/// The name of the server group of that number.
pub(super) fn group_name(number: usize) -> String {
    format!("greeter-v{number:03}")
}
