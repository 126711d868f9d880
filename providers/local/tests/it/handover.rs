//! A newer agent takes over from a running one, and whatever goes wrong on the way, one of them serves.

use std::{
    process::Child,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use gennaker_provider_local::protocol::{JobEndReason, JobState, ServerGroup, TrafficRequest};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    task::JoinSet,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use crate::{
    agent::{Agent, call, kill, server, until},
    http1::{Connection, Failed, get},
    jobs::job,
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn echoed(socket: &mut Socket, text: &'static str) {
    socket.send(Message::text(text)).await.expect("sent");
    assert_eq!(socket.next().await.expect("an echo").expect("an echo"), Message::text(text));
}

async fn web_socket(address: &str) -> Socket {
    let (mut socket, _) = connect_async(format!("ws://{address}/ws")).await.expect("a WebSocket");
    echoed(&mut socket, "first").await;
    socket
}

async fn close(mut socket: Socket) {
    socket.close(None).await.expect("closed");
    while socket.next().await.is_some() {}
}

fn off(drain_timeout_ms: u64) -> TrafficRequest {
    TrafficRequest { enabled: false, drain_timeout_ms, weight: None }
}

/// Asks a hundred times a second: on one connection for as long as it is not asked for a new one, or on new ones.
async fn client(address: String, keeps: bool, done: Arc<AtomicUsize>, stop: CancellationToken) -> Result<(), Failed> {
    let mut kept = Connection::open(&address).await?;
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    while !stop.is_cancelled() {
        ticks.tick().await;
        let answer = if keeps {
            let method = if done.load(Ordering::Relaxed).is_multiple_of(3) { "POST" } else { "GET" };
            kept.send(method, "/", Bytes::new()).await?
        } else {
            get(&address, "/").await?
        };
        if answer.status != 200 {
            return Err(format!("{answer:?}").into());
        }
        if keeps && answer.closes {
            kept = Connection::open(&address).await?;
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Five clients that must see no failure.
struct Load {
    clients: JoinSet<Result<(), Failed>>,
    done: Arc<AtomicUsize>,
    stop: CancellationToken,
}

impl Load {
    fn start(address: &str) -> Load {
        let (mut clients, done, stop) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        for keeps in [true, true, true, false, false] {
            clients.spawn(client(address.to_owned(), keeps, done.clone(), stop.clone()));
        }
        Load { clients, done, stop }
    }

    async fn goes_on(&self) {
        let enough = self.done.load(Ordering::Relaxed) + 100;
        until("the load goes on", || async { self.done.load(Ordering::Relaxed) > enough }).await;
    }

    async fn end(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("joined").expect("no request fails");
        }
    }
}

async fn ends(mut agent: Child) {
    let ended = tokio::task::spawn_blocking(move || agent.wait());
    let ended = tokio::time::timeout(Duration::from_secs(30), ended).await.expect("it ends").expect("joined");
    assert!(ended.expect("reaped").success());
}

fn pids(group: &ServerGroup) -> Vec<Option<u32>> {
    group.instances.iter().map(|instance| instance.pid).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_agent_takes_over_under_load_and_no_request_fails() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let before = agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 2}))).await;
    let load = Load::start(&address);
    let mut socket = web_socket(&address).await;
    let slow = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/5000").await.map_err(|error| error.to_string()) }
    });
    load.goes_on().await;

    let old = agent.take_over().await;
    load.goes_on().await;
    let after = agent.client.server_group("shop-v000").await.expect("it");
    assert_eq!((pids(&after), after.up()), (pids(&before), 2), "the processes are the same");
    echoed(&mut socket, "second").await;

    // A new version replaces the old one for the connections of both agents, and a drain waits for both.
    agent.group(&server("shop-v001", "2", "shop", json!({}))).await;
    let client = agent.client.clone();
    let disabling =
        tokio::spawn(async move { client.set_traffic("shop-v000", &off(20_000), &call()).await.expect("disabled") });
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    load.goes_on().await;
    assert_eq!(slow.await.expect("joined").expect("an answer").body, "slow");
    assert!(!disabling.is_finished(), "the WebSocket is still open in the agent before");
    echoed(&mut socket, "third").await;
    close(socket).await;
    assert_eq!(disabling.await.expect("joined").cut, 0);
    load.end().await;
    ends(old).await;
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_under_way_is_finished_by_the_newer_agent() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let mut socket = web_socket(&address).await;
    let client = agent.client.clone();
    let disabling = tokio::spawn(async move { client.set_traffic("shop-v000", &off(20_000), &call()).await });
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    let old = agent.take_over().await;
    echoed(&mut socket, "still").await;
    assert!(!disabling.is_finished(), "it waits for the WebSocket");
    close(socket).await;
    assert_eq!(disabling.await.expect("joined").expect("its caller notices nothing").cut, 0);
    ends(old).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_of_before_are_cut_after_the_time_that_they_are_given() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let mut socket = web_socket(&address).await;
    let slow = tokio::spawn({
        let address = address.clone();
        async move {
            get(&address, "/slow/60000").await.map(|answer| answer.status.as_u16()).map_err(|error| error.to_string())
        }
    });
    let id = agent.client.server_group("shop-v000").await.expect("it").instances[0].id.clone();
    until("the request has arrived", || async {
        agent.client.instance_log(&id, 100).await.expect("a log").contains("has begun")
    })
    .await;
    let load = Load::start(&address);
    load.goes_on().await;
    let old = agent.take_over_with(&["old-connections=300"]).await;
    let ended = tokio::time::timeout(Duration::from_secs(30), socket.next()).await.expect("it does not stay for ever");
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");
    assert_ne!(slow.await.expect("joined"), Ok(200), "a request that takes longer is cut, too");
    ends(old).await;
    // Connections that only wait for a next request were closed between two of them.
    load.goes_on().await;
    load.end().await;
    let mut socket = web_socket(&address).await;
    echoed(&mut socket, "new ones stay").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_go_on_under_the_newer_agent_and_are_run_once() {
    let mut agent = Agent::start().await;
    let folder = agent.folder().to_owned();
    let waits = |name: &str, before: &str, fields: Value| {
        let gate = folder.join(format!("{name}.gate"));
        let script = format!(
            "echo ran >> {}; {before}; while [ ! -e {} ]; do sleep 0.02; done; exit 5",
            folder.join(format!("{name}.ran")).display(),
            gate.display()
        );
        (job(name, &script, fields), gate)
    };
    let started = |name: &str| folder.join(format!("{name}.ran"));
    let (ends_later, gate) = waits("shop-later", ":", json!({}));
    let (is_deaf, deaf_gate) = waits("shop-deaf", "trap '' TERM", json!({"stopGraceMs": 60_000}));
    let (is_late, _) = waits("shop-late", ":", json!({"timeoutMs": 1_500}));
    let mut running = Vec::new();
    for spec in [&ends_later, &is_deaf, &is_late] {
        running.push(agent.client.run_job(spec, &call()).await.expect("it runs"));
        until("it has begun", || async { started(&spec.name).exists() }).await;
    }
    let client = agent.client.clone();
    let cancelling = tokio::spawn(async move { client.cancel_job("shop-deaf", &call()).await });
    let old = agent.take_over().await;
    let later = agent.client.job("shop-later").await.expect("a job");
    assert_eq!((later.state, later.pid), (JobState::Running, running[0].pid));
    assert!(!cancelling.is_finished(), "it is deaf");

    let end_of = |name: &'static str| {
        let client = agent.client.clone();
        async move {
            until("it is over", || async { client.job(name).await.is_ok_and(|job| job.end.is_some()) }).await;
            client.job(name).await.expect("a job").end.expect("an end")
        }
    };
    assert_eq!(end_of("shop-late").await.reason, JobEndReason::TimedOut, "its time goes on from its start");
    std::fs::write(&gate, "").expect("written");
    let end = end_of("shop-later").await;
    assert_eq!((end.reason, end.code), (JobEndReason::Ended, Some(5)), "of a process that another agent had started");
    std::fs::write(&deaf_gate, "").expect("written");
    let cancelled = cancelling.await.expect("joined").expect("its caller notices nothing");
    assert_eq!(cancelled.end.expect("an end").reason, JobEndReason::Cancelled);
    for spec in [&ends_later, &is_deaf, &is_late] {
        agent.client.run_job(spec, &call()).await.expect("an equal one");
        assert_eq!(std::fs::read_to_string(started(&spec.name)).expect("it ran"), "ran\n");
    }
    ends(old).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_successor_that_vanishes_before_it_is_ready_changes_nothing() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let load = Load::start(&address);
    let mut stranger = UnixStream::connect(agent.folder().join("agent.hand-over")).await.expect("connected");
    let hello = json!({"hello": {"account": "test", "program": "x", "pid": 1, "format": 99, "limitMs": 1}}).to_string();
    stranger.write_u32(hello.len().try_into().expect("short")).await.expect("sent");
    stranger.write_all(hello.as_bytes()).await.expect("sent");
    assert!(stranger.read_u32().await.expect("an offer") > 0);
    // The agent holds still now; a change waits, requests do not.
    let client = agent.client.clone();
    let change = tokio::spawn(async move { client.set_traffic("shop-v000", &off(0), &call()).await });
    load.goes_on().await;
    assert!(!change.is_finished());
    load.end().await;
    drop(stranger);
    change.await.expect("joined").expect("changed");
    assert_eq!(agent.client.health().await.expect("it answers").pid, agent.pid());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_successor_is_replaced_by_the_agent_before_it() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let before = agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let mut socket = web_socket(&address).await;
    let old = agent.take_over().await;
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");

    kill(agent.pid());
    let mut killed = agent.now_is(old);
    killed.wait().expect("reaped");
    // The sockets were never closed: whoever connects is served.
    for _ in 0..20 {
        assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    }
    agent.until_served_by(agent.pid()).await;
    let after = agent.client.server_group("shop-v000").await.expect("it");
    assert_eq!(pids(&after), pids(&before));
    echoed(&mut socket, "still").await;

    // It can be taken over from again, with the connection of before.
    let load = Load::start(&address);
    load.goes_on().await;
    let old = agent.take_over().await;
    load.goes_on().await;
    load.end().await;
    echoed(&mut socket, "and still").await;
    assert_eq!(agent.set_traffic("shop-v000", false, 50).await, 1, "the WebSocket is cut with the drain time");
    let ended = socket.next().await;
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");
    ends(old).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_before_may_be_killed_and_ends_with_the_newer_one() {
    let mut agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let mut cut = web_socket(&address).await;
    let mut old = agent.take_over().await;
    kill(old.id());
    old.wait().expect("reaped");
    let ended = cut.next().await;
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "its connections are gone with it: {ended:?}");
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    assert_eq!(agent.set_traffic("shop-v000", false, 9_000).await, 0, "no drain waits for it");
    agent.set_traffic("shop-v000", true, 0).await;

    let _open = web_socket(&address).await;
    let old = agent.take_over().await;
    assert!(agent.terminate().success());
    ends(old).await;
    assert!(TcpStream::connect(&address).await.is_err(), "nobody serves");
}
