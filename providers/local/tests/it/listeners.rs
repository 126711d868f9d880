//! Listeners of a load balancer: several of them, TCP, HTTP/2 to the instances, weights, and who may connect.

use bytes::Bytes;
use gennaker_base::Kind;
use gennaker_provider_local::protocol::{
    LoadBalancer, LoadBalancerSpec, SecurityGroupSpec, ServerGroupSpec, TrafficRequest,
};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::{
    agent::{Agent, PATIENCE, PROGRAM, call, server, until},
    http1::{Connection, get},
};

async fn put(agent: &Agent, spec: Value) -> LoadBalancer {
    let spec: LoadBalancerSpec = serde_json::from_value(spec).expect("a spec");
    agent.client.put_load_balancer(&spec, &call()).await.expect("a balancer")
}

fn address(balancer: &LoadBalancer, listener: usize) -> String {
    format!("{}:{}", balancer.address, balancer.listeners[listener].port)
}

/// A server group whose processes speak TCP, and say which version they are.
fn tcp(name: &str, version: &str) -> ServerGroupSpec {
    let spec = json!({"name": name, "command": PROGRAM, "args": ["tcp", version], "loadBalancers": ["shop"],
        "healthCheck": {"type": "tcp", "intervalMs": 100}});
    serde_json::from_value(spec).expect("a spec")
}

/// A TCP connection, and the version of who is at its other end.
async fn greeted(address: &str) -> (BufReader<TcpStream>, String) {
    let mut stream = BufReader::new(TcpStream::connect(address).await.expect("connected"));
    let mut version = String::new();
    stream.read_line(&mut version).await.expect("a greeting");
    (stream, version.trim().to_owned())
}

#[tokio::test]
async fn a_tcp_connection_is_passed_on_with_its_half_close_and_drains() {
    let agent = Agent::start().await;
    let balancer = put(&agent, json!({"name": "shop", "listeners": [{"protocol": "tcp"}]})).await;
    let address = address(&balancer, 0);
    agent.group(&tcp("shop-v000", "1")).await;
    let (mut first, version) = greeted(&address).await;
    assert_eq!(version, "1");
    first.write_all(b"hello").await.expect("sent");
    first.shutdown().await.expect("half closed");
    let mut rest = String::new();
    first.read_to_string(&mut rest).await.expect("the rest");
    assert_eq!(rest, "hellobye");

    let (mut kept, _) = greeted(&address).await;
    agent.group(&tcp("shop-v001", "2")).await;
    let client = agent.client.clone();
    let disabling = tokio::spawn(async move {
        let off = TrafficRequest { enabled: false, drain_timeout_ms: 9_000, weight: None };
        client.set_traffic("shop-v000", &off, &call()).await.expect("disabled")
    });
    agent.until_group("shop-v000", "disabled", |group| !group.enabled).await;
    for _ in 0..5 {
        assert_eq!(greeted(&address).await.1, "2");
    }
    kept.write_all(b"still").await.expect("sent");
    kept.shutdown().await.expect("half closed");
    rest.clear();
    kept.read_to_string(&mut rest).await.expect("the rest");
    assert_eq!(rest, "stillbye");
    assert_eq!(disabling.await.expect("joined").cut, 0);

    let (mut cut, _) = greeted(&address).await;
    assert_eq!(agent.set_traffic("shop-v001", false, 50).await, 1);
    assert!(matches!(cut.read(&mut [0]).await, Ok(0) | Err(_)));
    let mut nobody = TcpStream::connect(&address).await.expect("connected");
    assert!(matches!(nobody.read(&mut [0]).await, Ok(0) | Err(_)), "without an instance the connection is closed");
}

#[tokio::test]
async fn an_idle_tcp_connection_is_ended() {
    let agent = Agent::start().await;
    let spec = json!({"name": "shop", "listeners": [{"protocol": "tcp"}], "idleTimeoutMs": 200});
    let balancer = put(&agent, spec).await;
    agent.group(&tcp("shop-v000", "1")).await;
    let (mut stream, _) = greeted(&address(&balancer, 0)).await;
    assert!(matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn listeners_come_and_go_and_keep_their_ports() {
    let mut agent = Agent::start().await;
    let (first, _) = agent.balancer("shop").await;
    assert_eq!((first.listeners.len(), first.listeners[0].port), (1, first.port), "the old shape is one listener");
    let two = put(&agent, json!({"name": "shop", "listeners": [{}, {"protocol": "tcp"}]})).await;
    assert_eq!(two.port, first.port);
    assert!(two.listening && two.listeners[1].port != first.port);
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    for listener in 0..2 {
        let answer = get(&address(&two, listener), "/").await.expect("an answer");
        assert_eq!(answer.version(), "1");
    }
    agent.kill();
    agent.start_again(&[]).await;
    let again = agent.client.load_balancer("shop").await.expect("it");
    assert_eq!(again.listeners, two.listeners);
    assert_eq!(get(&address(&two, 1), "/").await.expect("an answer").version(), "1");

    // A listener without a place for its next client would never take one.
    let few = json!({"name": "shop", "listeners": [{}, {}], "maxConnections": 1});
    let few: LoadBalancerSpec = serde_json::from_value(few).expect("a spec");
    let error = agent.client.put_load_balancer(&few, &call()).await.expect_err("too few");
    assert!(error.to_string().contains("it must be from 2"), "{error}");

    let swapped = json!({"name": "shop", "listeners": [{"port": two.listeners[1].port}]});
    let swapped = put(&agent, swapped).await;
    let gone = address(&two, 0);
    until("the port is given up", || async { TcpStream::connect(&gone).await.is_err() }).await;
    let forwarded = get(&address(&swapped, 0), "/").await.expect("an answer").json();
    assert_eq!(forwarded["forwardedFor"], "127.0.0.1", "it speaks HTTP now");
}

#[tokio::test]
async fn instances_that_speak_http2_get_it() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    let fields = json!({"args": ["serve-http2", "2"], "instanceProtocol": "http2",
        "healthCheck": {"type": "tcp", "intervalMs": 100}});
    agent.group(&server("shop-v000", "2", "shop", fields)).await;
    let mut connection = Connection::open(&address).await.expect("connected");
    for _ in 0..20 {
        let answer = connection.get("/").await.expect("an answer");
        assert_eq!(answer.version(), "2");
        assert_eq!(answer.json()["forwardedHost"], json!(address));
        let body = Bytes::from(vec![7; 300_000]);
        let answer = connection.send("POST", "/echo", body.clone()).await.expect("an answer");
        assert!(answer.body == body, "{} bytes came back", answer.body.len());
    }
    let broken = tokio::time::timeout(PATIENCE, connection.get("/reset")).await.expect("it is not tried for ever");
    assert_eq!(broken.expect("an answer").status, 502);
    assert_eq!(connection.get("/").await.expect("an answer").version(), "2");
    let stream = TcpStream::connect(&address).await.expect("connected");
    let (mut sender, driver) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(driver);
    let request = http::Request::get(format!("http://{address}/")).header("te", "trailers");
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let answer = sender.send_request(request).await.expect("an answer").into_body().collect().await.expect("a body");
    let answer: Value = serde_json::from_slice(&answer.to_bytes()).expect("JSON");
    assert_eq!(answer["trailers"], "trailers");
    assert_eq!(agent.set_traffic("shop-v000", false, 2_000).await, 0);
}

#[tokio::test]
async fn weights_share_the_requests() {
    let agent = Agent::start().await;
    let (_, address) = agent.balancer("shop").await;
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    agent.group(&server("shop-v001", "2", "shop", json!({}))).await;
    let weigh = async |name: &str, weight: u32| {
        let traffic = TrafficRequest { enabled: true, drain_timeout_ms: 0, weight: Some(weight) };
        agent.client.set_traffic(name, &traffic, &call()).await
    };
    weigh("shop-v000", 300).await.expect("weighed");
    let mut connection = Connection::open(&address).await.expect("connected");
    let mut old = 0;
    for _ in 0..200 {
        old += usize::from(connection.get("/").await.expect("an answer").version() == "1");
    }
    assert!((140..160).contains(&old), "{old} of 200 went to three quarters");
    weigh("shop-v000", 0).await.expect("weighed");
    for _ in 0..20 {
        assert_eq!(connection.get("/").await.expect("an answer").version(), "2");
    }
    assert_eq!(agent.client.server_group("shop-v000").await.expect("it").weight, 0);
    let error = weigh("shop-v000", 1_001).await.expect_err("too much");
    assert!(error.kind() == Kind::Invalid && error.to_string().contains("weight"), "{error}");
}

#[tokio::test]
async fn a_security_group_says_who_may_connect() {
    let mut agent = Agent::start().await;
    let group = |sources: Value| -> SecurityGroupSpec {
        serde_json::from_value(json!({"name": "office", "ipIngress": sources})).expect("a spec")
    };
    let missing: LoadBalancerSpec =
        serde_json::from_value(json!({"name": "shop", "securityGroups": ["office"]})).expect("a spec");
    let error = agent.client.put_load_balancer(&missing, &call()).await.expect_err("there is no such group");
    assert!(error.to_string().contains("office"), "{error}");
    agent.client.put_security_group(&group(json!([{"cidr": "192.0.2.0/24"}])), &call()).await.expect("a group");
    let balancer = put(&agent, json!({"name": "shop", "securityGroups": ["office"]})).await;
    let address = address(&balancer, 0);
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    get(&address, "/").await.expect_err("not from there");

    let narrow = json!([{"cidr": "127.0.0.1", "startPort": balancer.port, "endPort": balancer.port}]);
    agent.client.put_security_group(&group(narrow), &call()).await.expect("changed");
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    agent
        .client
        .put_security_group(&group(json!([{"cidr": "127.0.0.1", "endPort": 1}])), &call())
        .await
        .expect("changed");
    get(&address, "/").await.expect_err("not to this port");

    agent.kill();
    agent.start_again(&[]).await;
    get(&address, "/").await.expect_err("nor to the next agent's");
    let shown = agent.client.state().await.expect("the state").security_groups;
    assert_eq!((shown[0].spec.name.as_str(), shown[0].load_balancers.as_slice()), ("office", &["shop".to_owned()][..]));
    let error = agent.client.delete_security_group("office", &call()).await.expect_err("it is used");
    assert!(error.to_string().contains("shop"), "{error}");
    put(&agent, json!({"name": "shop"})).await;
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    agent.client.delete_security_group("office", &call()).await.expect("deleted");
}
