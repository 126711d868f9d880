//! The load balancer as its clients see it.

use bytes::Bytes;
use gennaker_provider_local::protocol::{LoadBalancerSpec, ServerGroupSpec};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    agent::{Agent, PROGRAM, call, kill, server, until},
    http1::{Connection, get},
};

/// An instance whose idle connections are closed just when they are used again.
fn hang_up(balancer: &str) -> ServerGroupSpec {
    let spec = json!({"name": "rude-v000", "command": PROGRAM, "args": ["hang-up"], "loadBalancers": [balancer]});
    serde_json::from_value(spec).expect("a spec")
}

#[tokio::test]
async fn a_connection_that_the_instance_closes_at_the_wrong_time_fails_no_request() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&hang_up("shop")).await;
    let mut connection = Connection::open(&address).await.expect("connected");
    let mut before = 0_u32;
    for request in 0..40 {
        let method = if request % 4 == 3 { "POST" } else { "GET" };
        let answer = connection.send(method, "/", Bytes::new()).await.expect("an answer");
        assert_eq!(answer.status, 200, "{method}: {answer:?}");
        let seen: u32 = std::str::from_utf8(&answer.body).expect("text").parse().expect("a number");
        assert!(seen > before && seen < 1_000, "a POST went on a used connection or twice: {seen} after {before}");
        before = seen;
    }
}

#[tokio::test]
async fn a_dead_instance_is_passed_over() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    // Checks so rare that the balancer must find out by itself.
    let rare = json!({
        "capacity": 2, "healthCheck": {"type": "http", "path": "/health", "intervalMs": 60_000}, "restart": {"mode": "never"},
    });
    let group = agent.group(&server("shop-v000", "1", "shop", rare)).await;
    let mut connection = Connection::open(&address).await.expect("connected");
    for _ in 0..4 {
        assert_eq!(connection.get("/").await.expect("an answer").status, 200);
    }
    let pid = group.instances[0].pid.expect("a pid");
    kill(pid);
    // Until then it may still take a connection, and what was sent on that is not sent again. A process has ended for its parent
    // before all its threads have.
    let port = group.instances[0].port;
    until("nobody listens there", || async { TcpStream::connect(("127.0.0.1", port)).await.is_err() }).await;
    for _ in 0..50 {
        assert_eq!(connection.get("/").await.expect("an answer").status, 200);
        assert_eq!(connection.send("POST", "/", Bytes::from_static(b"x")).await.expect("an answer").status, 200);
    }
}

#[tokio::test]
async fn requests_are_spread_and_marked_as_forwarded() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({"capacity": 3}))).await;
    let mut connection = Connection::open(&address).await.expect("connected");
    let mut instances = std::collections::BTreeSet::new();
    for _ in 0..9 {
        let answer = connection.get("/").await.expect("an answer").json();
        assert_eq!(answer["forwardedFor"], "127.0.0.1");
        assert_eq!(answer["forwardedHost"], json!(address));
        assert_eq!(answer["connection"], "");
        instances.insert(answer["instance"].as_str().expect("a name").to_owned());
    }
    assert_eq!(instances.len(), 3);
    let head = connection.send("HEAD", "/", Bytes::new()).await.expect("an answer");
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(connection.get("/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn large_bodies_go_through_both_ways_also_over_http2() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let body: Bytes = (0..8 << 20).map(|index: u32| index.to_le_bytes()[0]).collect::<Vec<u8>>().into();
    let mut connection = Connection::open(&address).await.expect("connected");
    for _ in 0..2 {
        let answer = connection.send("POST", "/echo", body.clone()).await.expect("an answer");
        assert!(answer.body == body, "{} bytes came back", answer.body.len());
    }

    let stream = TcpStream::connect(&address).await.expect("connected");
    let (mut sender, driver) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    let driver = tokio::spawn(driver);
    let request = http::Request::post(format!("http://{address}/echo")).body(Full::new(body.clone())).expect("one");
    let answer = sender.send_request(request).await.expect("an answer").into_body().collect().await.expect("a body");
    assert!(answer.to_bytes() == body);
    drop(sender);
    driver.await.expect("joined").expect("a clean end");
}

#[tokio::test]
async fn limits_of_time_are_kept() {
    let agent = Agent::start().await;
    let limits = json!({"name": "shop", "headerTimeoutMs": 200, "responseTimeoutMs": 200});
    let spec: LoadBalancerSpec = serde_json::from_value(limits).expect("a spec");
    let balancer = agent.client.put_load_balancer(&spec, &call()).await.expect("a balancer");
    let address = format!("127.0.0.1:{}", balancer.port);
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;

    let late = get(&address, "/slow/60000").await.expect("an answer");
    assert_eq!(late.status, 504);
    assert!(late.json()["message"].as_str().expect("a message").contains("200 ms"), "{late:?}");

    for sent in ["", "GET / HTTP/1.1\r\nhost: a\r\n", "PRI * HTT"] {
        let mut stream = TcpStream::connect(&address).await.expect("connected");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{sent}: {}", String::from_utf8_lossy(&answer));
    }
    let idle = Connection::open(&address).await.expect("connected");
    idle.closed().await;

    let mut stream = TcpStream::connect(&address).await.expect("connected");
    stream.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n").await.expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    // The instance's head comes at once; a body that never comes is what the response's body waits for.
    assert!([&b"HTTP/1.1 200"[..], b"HTTP/1.1 408"].contains(&&answer[..]), "{}", String::from_utf8_lossy(&answer));
}

#[tokio::test]
async fn a_client_over_the_limit_waits_for_its_turn() {
    let agent = Agent::start().await;
    let spec: LoadBalancerSpec = serde_json::from_value(json!({"name": "shop", "maxConnections": 1})).expect("a spec");
    let balancer = agent.client.put_load_balancer(&spec, &call()).await.expect("a balancer");
    let address = format!("127.0.0.1:{}", balancer.port);
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let mut first = Connection::open(&address).await.expect("connected");
    first.get("/").await.expect("an answer");
    let second = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/").await.map(|answer| answer.status.as_u16()).map_err(|error| error.to_string()) }
    });
    first.get("/").await.expect("an answer");
    assert!(!second.is_finished());
    drop(first);
    assert_eq!(second.await.expect("joined"), Ok(200));
}

#[tokio::test]
async fn a_limit_that_was_lower_for_a_while_lets_in_no_more_than_before() {
    let agent = Agent::start().await;
    let limit = async |most: u32| {
        let spec: LoadBalancerSpec =
            serde_json::from_value(json!({"name": "shop", "maxConnections": most})).expect("a spec");
        agent.client.put_load_balancer(&spec, &call()).await.expect("a balancer")
    };
    let open = async || agent.client.traffic().await.expect("the traffic").load_balancers[0].open_connections;
    let address = format!("127.0.0.1:{}", limit(2).await.port);
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    let (mut first, mut second) = (Connection::open(&address).await, Connection::open(&address).await);
    for connection in [&mut first, &mut second] {
        connection.as_mut().expect("connected").get("/").await.expect("an answer");
    }
    limit(1).await;
    limit(2).await;
    let third = tokio::spawn({
        let address = address.clone();
        async move { get(&address, "/").await.map(|answer| answer.status.as_u16()).map_err(|error| error.to_string()) }
    });
    for _ in 0..20 {
        first.as_mut().expect("connected").get("/").await.expect("an answer");
        assert_eq!(open().await, 2);
    }
    assert!(!third.is_finished());
    // What ends while the limit is lower frees no place.
    limit(1).await;
    drop(second);
    until("one is left", || async { open().await == 1 }).await;
    first.as_mut().expect("connected").get("/").await.expect("an answer");
    assert!(!third.is_finished());
    drop(first);
    assert_eq!(third.await.expect("joined"), Ok(200));
}

#[tokio::test]
async fn a_balancer_moves_to_another_port_and_a_deleted_one_is_gone() {
    let agent = Agent::start().await;
    let (balancer, address) = agent.balancer("shop").await;
    let mut kept = Connection::open(&address).await.expect("connected");
    assert_eq!(kept.get("/").await.expect("an answer").status, 503);
    let spec = LoadBalancerSpec { port: Some(balancer.port + 1), ..balancer.spec };
    let moved = agent.client.put_load_balancer(&spec, &call()).await.expect("moved");
    assert_eq!(moved.port, balancer.port + 1);
    kept.closed().await;
    let new = format!("127.0.0.1:{}", moved.port);
    assert_eq!(get(&new, "/").await.expect("an answer").status, 503);
    agent.client.delete_load_balancer("shop", &call()).await.expect("deleted");
    assert!(get(&address, "/").await.is_err());
}
