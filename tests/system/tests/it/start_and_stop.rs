//! Starting beside another, and ending when asked.

use std::time::Duration;

use gennaker_harness::{
    Client, Launch, Service,
    delivery::{Version, stages},
    eventually,
};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

use crate::support::{DEADLINE, delivery, gennaker, install, start, succeeded};

/// What the program promises.
const STOP: Duration = Duration::from_secs(10);

#[tokio::test]
async fn sigterm_ends_both_programs_within_ten_seconds_with_success() {
    let mut install = install().await;
    let delivery = delivery(&install).await;
    let id = start(&delivery, stages([delivery.deploy(&Version::new("1"))])).await;
    succeeded(&delivery, &id).await;
    // In the middle of a pipeline, with a connection that says nothing.
    let id = start(&delivery, stages([stages::wait(3600)])).await;
    let waits = |execution: &gennaker_harness::delivery::Execution| execution.running() == ["wait/wait"];
    delivery.until(&id, DEADLINE, "the wait stage", waits).await.expect("it waits");
    let mut silent = TcpStream::connect(("127.0.0.1", install.port(Service::Gate))).await.expect("a connection");

    let status = install.control_plane().terminate(STOP).await.expect("it ends in time");
    assert_eq!(status.code(), Some(0));
    assert_eq!(silent.read(&mut [0; 1]).await.expect("a proper end"), 0);
    let program = Client::new(format!("http://{}", delivery.address())).expect("a client");
    let answer = program.get("/").await.expect("an answer").ok().expect("a greeting");
    assert_eq!(answer["version"], "1", "the program goes on without a control plane");

    // Nothing is lost by it.
    install.start_control_plane().await.expect("it starts again");
    delivery.until(&id, DEADLINE, "the wait stage", waits).await.expect("it waits again");
    install.control_plane().terminate(STOP).await.expect("it ends in time");

    let processes = gennaker_harness::Process::of(install.agent().pid()).expect("it runs").descendants();
    assert_eq!(processes.len(), 1);
    let status = install.agent().terminate(STOP).await.expect("it ends in time");
    assert_eq!(status.code(), Some(0));
    assert!(!processes[0].is_alive(), "the agent has left its process behind");
}

#[tokio::test]
async fn a_second_control_plane_on_the_same_ports_says_what_to_do() {
    let install = install().await;
    let folder = install.folder();
    let launch = Launch::new("second", gennaker().await, folder.join("logs/second.log"));
    let launch = launch.arg("serve").arg("--config").arg(folder.join("config")).arg("--data").arg(folder.join("other"));
    let mut second = launch.start(install.group()).expect("it can be started");
    let status = second.wait_exit(DEADLINE).await.expect("it gives up");
    assert_eq!(status.code(), Some(1));
    let said = std::fs::read_to_string(second.log()).expect("a log");
    assert!(said.contains("is in use") && said.contains("server.port"), "{said}");
    let health = install.client(Service::Gate).get("/health").await.expect("an answer");
    assert_eq!(health.status, 200, "the first one is not disturbed");
}

#[tokio::test]
async fn health_and_metrics_are_told_on_every_port() {
    let install = install().await;
    for service in Service::ALL {
        let client = install.client(service);
        let health = client.get("/health").await.expect("an answer").ok().expect("healthy");
        assert_eq!(health["status"], "UP", "{}", service.name());
        let metrics = client.get("/prometheus").await.expect("an answer");
        assert_eq!(metrics.status, 200, "{}: {}", service.name(), metrics.body);
    }
    let whole = Client::new(install.health_check_url()).expect("a client");
    let healthy = eventually(DEADLINE, "a healthy node", async || {
        let answer = whole.get("").await.map_err(|error| error.to_string())?;
        if answer.status == 200 { Ok(()) } else { Err(answer.body.to_string()) }
    });
    healthy.await.expect("it becomes healthy");
}
