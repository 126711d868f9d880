//! Deployments that cannot work: each fails with a reason at its stage, where both web UIs read it, and leaves nothing behind.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use axum::{Router, body::Body, response::Response, routing::get};
use gennaker_harness::{
    Delivery, Install, InstallOptions, Service,
    delivery::{Execution, Version, stages},
    eventually,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{DEADLINE, delivery, merge, programs, start, succeeded};

/// How long a deployment may take to fail.
const FAILURE: Duration = Duration::from_secs(90);
/// The variable by which an agent knows its processes: its value is the agent's folder.
const MARK: &str = "GENNAKER_LOCAL_AGENT";

/// An install with the example's application and no server group.
struct Journey {
    install: Install,
    delivery: Delivery,
}

impl Journey {
    async fn start(environment: &[(&str, &str)], folder: Option<PathBuf>) -> Journey {
        let mut options = InstallOptions { folder, ..InstallOptions::default() };
        options.environment.extend(environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let install = Install::start(programs().await, options).await.expect("an install");
        let delivery = delivery(&install).await;
        Journey { install, delivery }
    }

    /// The deploy stage of the example with these settings over its own.
    fn stage(&self, settings: Value) -> Value {
        let mut stage = self.delivery.deploy(&Version::new("1"));
        merge(&mut stage["clusters"][0], settings);
        stage
    }

    /// Runs a stage to its failure.
    async fn failed(&self, what: &str, stage: Value) -> Execution {
        let id = start(&self.delivery, stages([stage])).await;
        let ended = self.delivery.until(&id, FAILURE, "the end", Execution::is_over).await.expect("it ends");
        assert_eq!(ended.status(), "TERMINAL", "{what}: {ended}");
        ended
    }

    /// A deployment with these settings fails: the stage and the operation say the words, and nothing is left.
    async fn fails(&self, what: &str, settings: Value, words: &[&str]) {
        let ended = self.failed(what, self.stage(settings)).await;
        let said = [said_by_stage(&ended), said_by_operation(&ended)];
        for (said, word) in said.iter().flat_map(|said| words.iter().map(move |word| (said, word))) {
            assert!(said.contains(word), "{what}: no {word:?} in {said:?}\n{ended}");
        }
        self.check_nothing_left(what).await;
    }

    /// The server groups are as few in gate's and clouddriver's views, in the agent's folder and among the processes.
    async fn check_nothing_left(&self, what: &str) {
        let groups = self.delivery.server_group_names().await.expect("server groups");
        assert_eq!(groups, [""; 0], "{what}");
        let clouddriver = self.install.client(Service::Clouddriver);
        let clusters = clouddriver.get("/applications/greeter/clusters").await.expect("an answer").body;
        assert_eq!(clusters, json!({}), "{what}");
        let gone = eventually(DEADLINE, "nothing to be left", async || {
            let mut left = self.left_by_agent();
            left.extend(processes(&self.agent_folder()).into_iter().map(|pid| format!("process {pid}")));
            if left.is_empty() { Ok(()) } else { Err(left.join(", ")) }
        });
        gone.await.unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    fn agent_folder(&self) -> PathBuf {
        self.install.folder().join("agent")
    }

    /// What lies in the agent's folders of server groups, jobs, artifacts and logs. A log of what has written something stays.
    fn left_by_agent(&self) -> Vec<String> {
        let mut left = Vec::new();
        for folder in ["server-groups", "jobs", "artifacts", "logs"] {
            for entry in fs::read_dir(self.agent_folder().join(folder)).expect("a folder") {
                let path = entry.expect("an entry").path();
                let has_words = folder == "logs" && fs::metadata(&path).is_ok_and(|metadata| metadata.len() > 0);
                left.extend((!has_words).then(|| path.display().to_string()));
            }
        }
        left
    }

    /// What is right is deployed, as the first version: nothing else has taken its name.
    async fn succeeds(&self, stage: Value) {
        let id = start(&self.delivery, stages([stage])).await;
        succeeded(&self.delivery, &id).await;
        assert_eq!(self.delivery.server_group_names().await.expect("server groups"), ["greeter-v000"]);
    }
}

/// What the failed stage says in `exception.details.errors`.
fn said_by_stage(execution: &Execution) -> String {
    execution.failed_stage()["context"]["exception"]["details"]["errors"].to_string()
}

/// What its last failed operation says in `kato.tasks`.
fn said_by_operation(execution: &Execution) -> String {
    let tasks = &execution.failed_stage()["context"]["kato.tasks"];
    let failed = tasks.as_array().into_iter().flatten().rfind(|task| task["status"]["failed"] == true);
    failed.map(|task| task["exception"]["message"].to_string()).unwrap_or_default()
}

/// The processes of the agent in that folder.
fn processes(agent: &Path) -> Vec<u32> {
    let mark = format!("{MARK}={}", agent.display());
    let has_mark = |environment: Vec<u8>| environment.split(|byte| *byte == 0).any(|one| one == mark.as_bytes());
    let running = fs::read_dir("/proc").expect("/proc is there").filter_map(|entry| {
        let path = entry.ok()?.path();
        let pid = path.file_name()?.to_str()?.parse().ok()?;
        // A process that ends meanwhile, or is another user's, is none of these.
        fs::read(path.join("environ")).is_ok_and(has_mark).then_some(pid)
    });
    running.collect()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().expect("it runs");
    assert!(output.status.success(), "{program} {arguments:?}: {output:?}");
}

/// Files that are no good, by name.
fn write_sources(folder: &Path) {
    let path = |name: &str| folder.join(name);
    fs::create_dir(path("bin")).expect("a folder");
    fs::write(path("bin/run"), "#!/bin/sh\nexec sleep 600\n").expect("written");
    run(folder, "tar", &["-czf", "no-right.tgz", "bin"]);
    fs::write(path("large"), vec![0; (1 << 20) + 1]).expect("written");
    fs::write(path("broken.tar"), "no archive").expect("written");
    fs::write(path("small"), "small").expect("written");
    run(folder, "tar", &["-cPf", "up.tar", "--transform", "s,.*,../evil,", "small"]);
    run(folder, "tar", &["-cPf", "root.tar", "--transform", "s,.*,/tmp/evil,", "small"]);
    run(folder, "ln", &["-s", "/etc/passwd", "evil"]);
    run(folder, "tar", &["-cf", "link.tar", "evil"]);
    run(folder, "ln", &["-s", "../..", "up"]);
    run(folder, "tar", &["-cf", "link-up.tar", "up"]);
    run(folder, "mkfifo", &["pipe"]);
    run(folder, "tar", &["-cf", "pipe.tar", "pipe"]);
}

/// Serves a file that says at once that it is too large, one that turns out to be, and nothing else.
async fn serve(running: &mut JoinSet<()>) -> String {
    let announced = async || {
        let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[0; 1024])));
        let response = Response::builder().header("content-length", 2_u64 << 30).body(Body::from_stream(endless));
        response.expect("an answer")
    };
    let endless = async || {
        Body::from_stream(futures::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[0; 1024]))
        }))
    };
    let router = Router::new().route("/announced", get(announced)).route("/endless", get(endless));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    running.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_artifact_that_is_no_good_fails_the_stage_and_leaves_nothing() {
    let mut running = JoinSet::new();
    let server = serve(&mut running).await;
    let sources = tempfile::tempdir().expect("a folder");
    write_sources(sources.path());
    let journey = Journey::start(&[("GENNAKER_AGENT_MAX_ARTIFACT", "1")], None).await;
    let file = |name: &str| json!({ "type": "file", "path": sources.path().join(name) });
    let http = |path: &str| json!({ "type": "http/file", "reference": format!("{server}{path}") });
    let wrong_digest = json!({ "type": "file", "path": sources.path().join("small"), "digest": "0".repeat(64) });
    for (what, artifact, words) in [
        ("no answer of HTTP", http("/none"), &["/none is not there", "404 Not Found", "correct the address"][..]),
        ("no server", json!({ "type": "http", "url": "http://127.0.0.1:1/a" }), &["cannot fetch", "try again"]),
        ("no file", file("none"), &["none does not exist on the agent's machine"]),
        ("a large file", file("large"), &["large is larger than 1048576 bytes", "raise the agent's limit"]),
        ("a large answer", http("/announced"), &["/announced is larger than 1048576 bytes"]),
        ("an endless answer", http("/endless"), &["/endless is larger than 1048576 bytes"]),
        ("no archive", file("broken.tar"), &["broken.tar is refused", "no tar archive"]),
        ("a name above", file("up.tar"), &["up.tar is refused", "../evil would be outside of its folder"]),
        ("a name from the root", file("root.tar"), &["/tmp/evil would be outside of its folder"]),
        ("a link out", file("link.tar"), &["the link evil leads to /etc/passwd, out of its folder"]),
        ("a link up", file("link-up.tar"), &["the link up leads to ../.., out of its folder"]),
        ("a pipe", file("pipe.tar"), &["pipe is a device, a pipe"]),
        ("another digest", wrong_digest, &["has the digest", "correct the digest"]),
        ("no such commit", json!({ "type": "git", "url": sources.path() }), &["git cannot fetch the artifact"]),
        ("a file that may not be run", file("no-right.tgz"), &["bin/run may not be run; make it executable"]),
    ] {
        journey.fails(what, json!({ "artifact": artifact, "command": "bin/run" }), words).await;
    }
    assert!(!Path::new("/tmp/evil").exists() && !journey.agent_folder().join("evil").exists());
    run(sources.path(), "chmod", &["755", "bin/run"]);
    run(sources.path(), "tar", &["-czf", "right.tgz", "bin"]);
    let right = json!({ "artifact": file("right.tgz"), "command": "bin/run", "loadBalancers": [] });
    let mut right = journey.stage(right);
    right["clusters"][0]["healthCheck"] = json!({ "type": "process" });
    journey.succeeds(right).await;
    journey.install.stop().await.expect("both programs end by themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_cannot_be_started_fails_the_stage_and_leaves_nothing() {
    let journey = Journey::start(&[], None).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    fs::write(path("text"), "#!/bin/sh\n").expect("written");
    fs::write(path("nothing"), "no program").expect("written");
    run(folder.path(), "chmod", &["755", "nothing"]);
    let not_there = format!("the command {} was not found", path("none").display());
    for (what, settings, words) in [
        ("no command", json!({ "command": path("none") }), &[not_there.as_str(), "give its absolute path"][..]),
        ("no command in PATH", json!({ "command": "no-such-program" }), &["no-such-program was not found"]),
        ("no right to run it", json!({ "command": path("text") }), &["text may not be run; make it executable"]),
        ("no program", json!({ "command": path("nothing") }), &["nothing is no program", "#!/bin/sh"]),
        ("no folder", json!({ "workingDirectory": path("gone") }), &["gone does not exist; create it"]),
        ("too many processes", json!({ "capacity": { "min": 1, "max": 999, "desired": 999 } }), &["the limit of 200"]),
    ] {
        journey.fails(what, settings, words).await;
    }
    let refused = json!({ "artifact": { "type": "s3/object", "reference": "s3://a/b" }, "command": "" });
    let ended = journey.failed("an artifact without an account", journey.stage(refused)).await;
    assert!(said_by_stage(&ended).contains("s3/object"), "{ended}");
    journey.check_nothing_left("an artifact without an account").await;
    journey.succeeds(journey.stage(json!({}))).await;
    journey.install.stop().await.expect("both programs end by themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_is_taken_fails_the_stage_and_leaves_nothing() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let port = taken.local_addr().expect("an address").port();
    let range = format!("{port}-{port}");
    let journey = Journey::start(&[("GENNAKER_AGENT_PORTS", &range)], None).await;
    journey.fails("no port of the range", json!({}), &[&format!("no port from {port} to {port} is free")]).await;

    let health = json!({ "type": "http", "path": "/health", "portVariable": "ADMIN_PORT" });
    let own = json!({ "environment": { "ADMIN_PORT": port.to_string() }, "healthCheck": health });
    journey.fails("a port of its own", own, &[&format!("listens on port {port} (`ADMIN_PORT`) already")]).await;

    let balancer = json!({
        "type": "upsertLoadBalancer", "cloudProvider": "local", "credentials": journey.install.account(), "region": "local",
        "loadBalancerName": "second", "port": port,
    });
    let ended = journey.failed("a load balancer's port", balancer).await;
    let words = format!("cannot listen on 127.0.0.1:{port}");
    assert!(said_by_stage(&ended).contains(&words) && said_by_operation(&ended).contains(&words), "{ended}");
    let balancers = journey.install.client(Service::Clouddriver).get("/applications/greeter/loadBalancers").await;
    let balancers = balancers.expect("an answer").body;
    assert!(!balancers.to_string().contains("second"), "{balancers}");
    let kept = fs::read_dir(journey.agent_folder().join("load-balancers")).expect("a folder").count();
    assert_eq!(kept, 1, "the example's own only");
    journey.check_nothing_left("a load balancer's port").await;

    drop(taken);
    journey.succeeds(journey.stage(json!({}))).await;
    journey.install.stop().await.expect("both programs end by themselves");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_that_finds_its_port_taken_says_so_in_its_last_lines() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    let port = taken.local_addr().expect("an address").port();
    let journey = Journey::start(&[], None).await;
    let mut stage = journey.stage(json!({
        "arguments": ["--port", port.to_string()],
        "rollback": { "onFailure": true, "destroyLatest": true },
    }));
    stage["stageTimeoutMs"] = 4000.into();
    let ended = journey.failed("a port of its own", stage).await;
    let said = said_by_stage(&ended);
    for words in ["the process ended with exit code", "Address already in use"] {
        assert!(said.contains(words), "no {words:?} in {said}\n{ended}");
    }
    journey.check_nothing_left("a port of its own").await;
    journey.install.stop().await.expect("both programs end by themselves");
}

/// A small disk; it is gone when this is dropped.
struct Disk(PathBuf);

impl Disk {
    /// A disk of `size` at `path`; none where this user may not mount one.
    fn mount(path: PathBuf, size: &str) -> Option<Disk> {
        fs::create_dir_all(&path).expect("a folder");
        let size = format!("size={size}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).output();
        let is_mounted = mounted.is_ok_and(|output| output.status.success());
        if !is_mounted {
            // `cargo xtask test` says so.
            eprintln!("NOT RUN: this user may not mount a small disk");
        }
        is_mounted.then_some(Disk(path))
    }

    /// Fills it to the last byte; removing the file that is returned makes room again.
    fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.0.join("filler");
        let mut file = fs::File::create(&path).expect("a file");
        while file.write(&[0; 1024]).is_ok_and(|written| written > 0) {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _it_may_be_gone = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_fails_the_stage_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = Disk::mount(folder.path().join("agent"), "2m") else { return };
    let journey = Journey::start(&[], Some(folder.path().to_owned())).await;
    let large = folder.path().join("large");
    fs::write(&large, vec![0; 3 << 20]).expect("written");
    let artifact = json!({ "artifact": { "type": "file", "path": large }, "command": "" });
    let words = ["cannot store the artifact: No space left on device", "make room on the agent's disk"];
    journey.fails("no room for an artifact", artifact, &words).await;

    let filler = disk.fill();
    let words = ["the agent cannot write its state (No space left on device", "make room and try again"];
    journey.fails("no room for the agent's state", json!({}), &words).await;
    fs::remove_file(filler).expect("it is there");
    journey.succeeds(journey.stage(json!({}))).await;

    // What makes room can be done.
    disk.fill();
    let mut destroy = journey.delivery.destroy_oldest();
    destroy["target"] = json!("current_asg_dynamic");
    let id = start(&journey.delivery, stages([destroy])).await;
    succeeded(&journey.delivery, &id).await;
    assert_eq!(journey.delivery.server_group_names().await.expect("server groups"), [""; 0]);
    assert_eq!(processes(&journey.agent_folder()), [0; 0]);
    journey.install.stop().await.expect("both programs end by themselves");
}
