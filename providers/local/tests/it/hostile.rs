//! Clients that mean no good, or are broken: each is refused or bounded, and others are served meanwhile.

use bytes::Bytes;
use gennaker_provider_local::protocol::LoadBalancerSpec;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    agent::{Agent, call, server},
    http1::get,
};

async fn start(limits: Value) -> (Agent, String) {
    let agent = Agent::start().await;
    let spec: LoadBalancerSpec = serde_json::from_value(limits).expect("a spec");
    let balancer = agent.client.put_load_balancer(&spec, &call()).await.expect("a balancer");
    agent.group(&server("shop-v000", "1", "shop", json!({}))).await;
    (agent, format!("127.0.0.1:{}", balancer.port))
}

/// Sends bytes as they are and reads until the balancer hangs up.
async fn raw(address: &str, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    // It may be answered and hung up on before all of it is sent.
    let _refused_early = stream.write_all(sent).await;
    let mut answer = Vec::new();
    let _reset = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_head_of_unclear_length_or_shape_is_refused() {
    let (_agent, address) = start(json!({"name": "shop"})).await;
    for (sent, status) in [
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcde", "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +4\r\n\r\nabcd", "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4, 5\r\n\r\nabcde", "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\nabcd", "400"),
        ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400"),
        ("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\nx: 1\rcontent-length: 4\r\n\r\nabcd", "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\nx : 1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\n folded: 1\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n", "400"),
        ("GET /\u{1} HTTP/1.1\r\nhost: a\r\n\r\n", "400"),
        ("GET / HTTP/9.9\r\nhost: a\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nconnection: close\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n", "400"),
    ] {
        let answer = raw(&address, sent.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{sent:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{sent:?}: {answer}");
    }
}

#[tokio::test]
async fn with_both_lengths_the_chunks_count_and_what_follows_is_no_request() {
    let (_agent, address) = start(json!({"name": "shop"})).await;
    // By its content-length the body would hide a second request; by its chunks it is empty.
    for lengths in
        ["content-length: 40\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 40"]
    {
        let sent = format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\n{lengths}\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nhost: a\r\n\r\n"
        );
        let answer = raw(&address, sent.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "the connection ends after it: {answer}");
    }
    for chunk in ["4\n\nabcd", "4 x\r\nabcd\r\n", "-4\r\nabcd\r\n", "4\r\nabcdef\r\n", "ffffffffffffffffff\r\nabcd\r\n"]
    {
        let sent = format!("POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
        let answer = raw(&address, sent.as_bytes()).await;
        assert!(!answer.contains("\r\n\r\nabcd"), "a wrong chunk is no body: {chunk:?}: {answer}");
    }
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn huge_heads_are_refused() {
    let (_agent, address) = start(json!({"name": "shop"})).await;
    let many: String = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect();
    for head in [
        format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n", "y".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nhost: a\r\n{many}\r\n"),
        format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "y".repeat(100_000)),
    ] {
        let answer = raw(&address, head.as_bytes()).await;
        // A client that is still sending may see its connection reset before it reads the refusal.
        let refused = answer.is_empty() || answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 414");
        assert!(refused, "{answer}");
    }
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
}

#[tokio::test]
async fn slow_heads_do_not_hold_a_place_for_long() {
    let (_agent, address) = start(json!({"name": "shop", "headerTimeoutMs": 300, "maxConnections": 4})).await;
    let mut slow = Vec::new();
    for number in 0..4 {
        let mut stream = TcpStream::connect(&address).await.expect("connected");
        let sent: &[u8] = if number % 2 == 0 { b"GET / HTTP/1.1\r\nhost: a\r\nx: " } else { b"" };
        stream.write_all(sent).await.expect("sent");
        slow.push(stream);
    }
    // All places are taken; the time-out frees them.
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    for mut stream in slow {
        let mut answer = Vec::new();
        let _reset = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_client_that_never_reads_is_cut() {
    let (agent, address) = start(json!({"name": "shop", "sendTimeoutMs": 300, "maxConnections": 1})).await;
    let mut greedy = TcpStream::connect(&address).await.expect("connected");
    greedy.write_all(b"GET /large/50000000 HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("sent");
    // Its place is free again, and its request is over.
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1");
    assert_eq!(agent.set_traffic("shop-v000", false, 5_000).await, 0);
}

#[tokio::test]
async fn an_http2_client_that_takes_nothing_or_asks_nothing_is_cut() {
    let (agent, address) =
        start(json!({"name": "shop", "sendTimeoutMs": 300, "headerTimeoutMs": 300, "maxConnections": 1})).await;
    let open = async || {
        let stream = TcpStream::connect(&address).await.expect("connected");
        let (sender, driver) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
        (sender, tokio::spawn(driver))
    };
    let request = |path: &str| {
        http::Request::get(format!("http://{address}{path}")).body(Empty::<Bytes>::new()).expect("a request")
    };
    let (mut sender, driver) = open().await;
    let greedy = sender.send_request(request("/large/50000000")).await.expect("a head");
    // Its body is never read, so its window stays shut, while the connection itself is answered.
    driver.await.expect("joined").err();
    drop(greedy);
    assert_eq!(agent.set_traffic("shop-v000", false, 5_000).await, 0);
    agent.set_traffic("shop-v000", true, 0).await;

    let (mut idle, driver) = open().await;
    let answer = idle.send_request(request("/")).await.expect("an answer");
    answer.into_body().collect().await.expect("a body");
    driver.await.expect("joined").err();
    assert_eq!(get(&address, "/").await.expect("an answer").version(), "1", "its place is free");
}
