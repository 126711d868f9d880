//! What it is all for: one server group replaced by another without a client noticing.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::{
    net::TcpStream,
    task::{JoinHandle, JoinSet},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};
use tokio_util::sync::CancellationToken;

use crate::{
    agent::{Agent, call, server, until},
    http1::{Connection, Failed, get},
};

#[derive(Default)]
struct Count {
    requests: AtomicUsize,
    old_after_switch: AtomicUsize,
}

/// What a client does until it is told to stop.
#[derive(Clone, Copy)]
enum Habit {
    KeepAlive,
    NewConnections,
    Posts,
}

async fn client(
    habit: Habit,
    address: String,
    count: Arc<Count>,
    switched: CancellationToken,
    stop: CancellationToken,
) -> Result<(), Failed> {
    let mut kept = Connection::open(&address).await?;
    while !stop.is_cancelled() {
        let after_switch = switched.is_cancelled();
        let answer = match habit {
            Habit::KeepAlive => kept.get("/").await?,
            Habit::NewConnections => get(&address, "/").await?,
            Habit::Posts => kept.send("POST", "/", Bytes::from_static(b"a body")).await?,
        };
        if answer.status != 200 {
            return Err(format!("{answer:?}").into());
        }
        count.requests.fetch_add(1, Ordering::SeqCst);
        if after_switch && answer.version() == "1" {
            count.old_after_switch.fetch_add(1, Ordering::SeqCst);
        }
    }
    Ok(())
}

/// A WebSocket that gets back what it sends.
struct Echo(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Echo {
    /// Opens one through a balancer, and has had an answer.
    async fn open(address: &str) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}/ws")).await.expect("a WebSocket");
        let mut echo = Echo(socket);
        echo.answers("ready").await;
        echo
    }

    async fn answers(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
        assert_eq!(self.0.next().await.expect("an echo").expect("an echo"), Message::text(text));
    }
}

/// An agent with the balancer `shop` and one instance of version 1 behind it; and the balancer's address.
async fn shop() -> (Agent, String) {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    (agent, address)
}

/// Takes `shop-v000` out of traffic, and waits up to that many milliseconds for what it still serves; how much was cut.
fn disabling(agent: &Agent, drain: u64) -> JoinHandle<usize> {
    let client = agent.client.clone();
    tokio::spawn(async move {
        let traffic = serde_json::from_value(json!({"enabled": false, "drainTimeoutMs": drain})).expect("a request");
        client.set_traffic("shop-v000", &traffic, &call()).await.expect("disabled").cut
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_group_is_replaced_under_load_and_no_request_fails() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 2}))).await;

    let (count, switched, stop) = (Arc::new(Count::default()), CancellationToken::new(), CancellationToken::new());
    let mut clients = JoinSet::new();
    for habit in [Habit::KeepAlive, Habit::KeepAlive, Habit::KeepAlive, Habit::NewConnections, Habit::Posts] {
        clients.spawn(client(habit, address.clone(), count.clone(), switched.clone(), stop.clone()));
    }
    let mut socket = Echo::open(&address).await;
    let slow = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/2000").await.map_err(|error| error.to_string()) }
    });

    agent.group(&server("shop-v001", "2", "shop", json!({"capacity": 2}))).await;
    let enough = count.requests.load(Ordering::SeqCst) + 200;
    until("both versions under load", || async { count.requests.load(Ordering::SeqCst) > enough }).await;

    let disabling = disabling(&agent, 9_000);
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    switched.cancel();
    let enough = count.requests.load(Ordering::SeqCst) + 200;
    until("the new version under load", || async { count.requests.load(Ordering::SeqCst) > enough }).await;

    assert_eq!(slow.await.expect("joined").expect("an answer").body, "slow");
    assert!(!disabling.is_finished(), "the WebSocket is still open");
    socket.answers("after").await;
    socket.0.close(None).await.expect("closed");
    while socket.0.next().await.is_some() {}
    assert_eq!(disabling.await.expect("joined"), 0);
    let deleted = agent.client.delete_server_group("shop-v000", 1_000, &call()).await.expect("deleted");
    assert_eq!(deleted.cut, 0);

    let enough = count.requests.load(Ordering::SeqCst) + 100;
    until("the load goes on", || async { count.requests.load(Ordering::SeqCst) > enough }).await;
    stop.cancel();
    while let Some(ended) = clients.join_next().await {
        ended.expect("joined").expect("no request fails");
    }
    assert_eq!(count.old_after_switch.load(Ordering::SeqCst), 0, "a disabled server group got a new request");
}

#[tokio::test]
async fn what_outlives_the_drain_time_is_cut_and_counted() {
    let (agent, address) = shop().await;
    let mut socket = Echo::open(&address).await;

    assert_eq!(agent.set_traffic("shop-v000", false, 50).await, 1);
    let ended = socket.0.next().await;
    assert!(!matches!(ended, Some(Ok(Message::Text(_)))), "{ended:?}");

    let refused = get(&address, "/").await.expect("an answer");
    assert_eq!(refused.status, 503);
    assert!(refused.json()["message"].as_str().expect("a message").contains("shop"));
    assert_eq!(agent.set_traffic("shop-v000", true, 0).await, 0);
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn a_slow_request_is_cut_with_an_answer() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let group = agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let slow = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/slow/60000").await.expect("an answer") }
    });
    until("the request has arrived", || async {
        agent.client.instance_log(&group.instances[0].id, 100).await.expect("a log").contains("has begun")
    })
    .await;
    let cut = agent.set_traffic("shop-v000", false, 10).await;
    let answer = slow.await.expect("joined");
    assert_eq!((cut, answer.status.as_u16()), (1, 503), "{answer:?}");
}

#[tokio::test]
async fn what_is_in_traffic_again_is_not_cut_by_the_drain_of_before() {
    let (agent, address) = shop().await;
    let mut socket = Echo::open(&address).await;
    let disabling = disabling(&agent, 2_000);
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    agent.set_traffic("shop-v000", true, 0).await;
    assert_eq!(disabling.await.expect("joined"), 0);
    socket.answers("still").await;
    // The next drain sees it as any other.
    assert_eq!(agent.set_traffic("shop-v000", false, 50).await, 1);
}
