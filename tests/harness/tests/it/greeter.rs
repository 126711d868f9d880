//! The greeter as the other tests start it, and what it does by itself.

use std::{fs, net::SocketAddr, time::Duration};

use gennaker_harness::{Client, Group, Process, Profile, Program, Programs, eventually, reserve_port};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// The programs, built by the first test that needs them.
pub(crate) async fn programs() -> &'static Programs {
    static PROGRAMS: OnceCell<Programs> = OnceCell::const_new();
    let build = || async { Programs::build(Profile::own(), &["greeter"]).await.expect("the greeter builds") };
    PROGRAMS.get_or_init(build).await
}

/// A greeter that answers.
pub(crate) struct Greeter {
    pub(crate) program: Program,
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    _folder: TempDir,
}

impl Greeter {
    pub(crate) async fn start(version: &str, arguments: &[&str]) -> Greeter {
        let folder = TempDir::new().expect("a folder");
        let port = reserve_port().expect("a free port");
        let launch = programs().await.launch("greeter", folder.path().join("greeter.log")).expect("it is built");
        let launch = launch.env("PORT", port.to_string()).env("GREETER_VERSION", version).args(arguments);
        let mut program = launch.start(&Group::new()).expect("it starts");
        let client = Client::new(format!("http://127.0.0.1:{port}")).expect("a client");
        eventually(DEADLINE, "the greeter to answer", async || {
            program.check_running().expect("it runs");
            client.get("/").await
        })
        .await
        .expect("it answers");
        Greeter { program, address: ([127, 0, 0, 1], port).into(), client, _folder: folder }
    }
}

#[tokio::test]
async fn it_says_who_it_is() {
    let greeter = Greeter::start("1", &["--instance", "shop-v000-a"]).await;
    let greeting = greeter.client.get("/").await.expect("an answer").ok().expect("a success");
    assert_eq!(greeting, json!({ "version": "1", "instance": "shop-v000-a", "pid": greeter.program.pid() }));
    assert_eq!(greeter.client.get("/health").await.expect("an answer").status, 200);
    assert_eq!(greeter.client.get("/slow").await.expect("an answer").status, 400);
}

#[tokio::test]
async fn it_can_be_slow_to_become_healthy_or_never_be() {
    let never = Greeter::start("1", &["--never-healthy"]).await;
    assert_eq!(never.client.get("/health").await.expect("an answer").status, 503);
    let late = Greeter::start("1", &["--startup-delay-ms", "300"]).await;
    let healthy = eventually(DEADLINE, "it to be healthy", async || {
        let status = late.client.get("/health").await.map_or(0, |answer| answer.status);
        (status == 200).then_some(()).ok_or(format!("status {status}"))
    });
    healthy.await.expect("it becomes healthy");
}

#[tokio::test]
async fn a_taken_port_is_told() {
    let first = Greeter::start("1", &[]).await;
    let folder = TempDir::new().expect("a folder");
    let launch = programs().await.launch("greeter", folder.path().join("greeter.log")).expect("it is built");
    let launch = launch.args(["--port", &first.address.port().to_string()]);
    let mut second = launch.start(&Group::new()).expect("it starts");
    assert!(!second.wait_exit(DEADLINE).await.expect("it ends").success());
    let message = second.check_running().expect_err("it has ended").to_string();
    assert!(message.contains(&format!("cannot listen on port {}", first.address.port())), "{message}");
}

#[tokio::test]
async fn sigterm_finishes_what_is_in_flight_and_takes_no_more() {
    let mut greeter = Greeter::start("1", &[]).await;
    let quiet = eventually(DEADLINE, "earlier connections to be closed", async || {
        let open = connections_to(greeter.address.port());
        (open == 0).then(|| sockets_of(greeter.program.pid())).ok_or(format!("{open} are open"))
    });
    let quiet = quiet.await.expect("they are closed");
    let slow = tokio::spawn({
        let client = greeter.client.clone();
        async move { client.get("/slow?ms=3000").await }
    });
    let arrived = eventually(DEADLINE, "the slow request to be accepted", async || {
        let now = sockets_of(greeter.program.pid());
        (now > quiet).then_some(()).ok_or(format!("{now} sockets"))
    });
    arrived.await.expect("it is accepted");

    Process::of(greeter.program.pid()).expect("it runs").terminate();
    eventually(DEADLINE, "the greeter to take no more", async || match greeter.client.get("/").await {
        Ok(answer) => Err(answer.status),
        Err(_) => Ok(()),
    })
    .await
    .expect("it stops listening");
    assert!(!slow.is_finished());
    let answer = slow.await.expect("no panic").expect("an answer").ok().expect("a success");
    assert_eq!(answer["version"], "1");
    assert!(greeter.program.wait_exit(Duration::from_secs(10)).await.expect("it ends in time").success());
}

/// How many sockets a process holds, listening ones included.
fn sockets_of(pid: u32) -> usize {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).expect("its files");
    let names = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
    names.filter(|name| name.to_string_lossy().starts_with("socket:")).count()
}

/// How many connections to a local port the server still holds; the columns are those of proc_pid_net(5).
fn connections_to(port: u16) -> usize {
    let table = fs::read_to_string("/proc/net/tcp").expect("the connections");
    let local = format!(":{port:04X}");
    let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    // 0A listens, 06 is only remembered.
    rows.filter(|row| row[1].ends_with(&local) && !["0A", "06"].contains(&row[3])).count()
}
