//! Connections that live longer than the time for headers: idle ones, WebSockets, HTTP/2.

use std::time::Duration;

use axum::body::Body;
use gennaker_http::{GuardOptions, ServeLimits};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::app::{PATIENCE, Running, read, start};

async fn running() -> Running {
    let limits = ServeLimits { headers: Duration::from_millis(250), ..ServeLimits::default() };
    start(GuardOptions::default(), limits).await
}

/// Lets the time for headers pass: a connection that sends nothing is closed then.
async fn headers_time_passes(service: &Running) {
    assert_eq!(read(&mut service.connect().await).await, "");
}

/// Reads until what came ends with `end`.
async fn read_to(stream: &mut TcpStream, end: &[u8]) {
    let mut came = Vec::new();
    let whole = async {
        while !came.ends_with(end) {
            came.push(stream.read_u8().await.unwrap_or_else(|error| panic!("{error}")));
        }
    };
    timeout(PATIENCE, whole).await.expect("an answer");
}

#[tokio::test]
async fn an_idle_connection_is_kept() {
    let service = running().await;
    let mut stream = service.connect().await;
    for _ in 0..2 {
        stream.write_all(b"GET /things/a HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it is open");
        read_to(&mut stream, br#"{"id":"a","query":[]}"#).await;
        headers_time_passes(&service).await;
    }
}

#[tokio::test]
async fn a_websocket_is_kept_and_a_foreign_page_gets_none() {
    let service = running().await;
    let ask = |origin: &str| {
        format!(
            "GET /socket HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    };
    let mut stream = service.connect().await;
    stream.write_all(ask("http://localhost:9000").as_bytes()).await.expect("it is open");
    read_to(&mut stream, b"\r\n\r\n").await;
    for _ in 0..2 {
        // A text frame with a mask of zeros, and the same without a mask.
        stream.write_all(b"\x81\x82\0\0\0\0hi").await.expect("it is open");
        read_to(&mut stream, b"\x81\x02hi").await;
        headers_time_passes(&service).await;
    }

    let mut foreign = service.connect().await;
    foreign.write_all(ask("http://evil.example.com").as_bytes()).await.expect("it is open");
    read_to(&mut foreign, b"\r\n\r\n{").await;
}

#[tokio::test]
async fn http2_has_the_same_checks() {
    let service = running().await;
    let io = TokioIo::new(service.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.expect("it speaks HTTP/2");
    let connection = tokio::spawn(connection);
    for (host, status) in [("localhost", StatusCode::OK), ("evil.example.com", StatusCode::FORBIDDEN)] {
        let request = Request::get(format!("http://{host}/things/a")).body(Body::empty()).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        assert_eq!(answer.status(), status, "{host}");
        assert!(!answer.into_body().collect().await.expect("a body").to_bytes().is_empty());
        headers_time_passes(&service).await;
    }
    service.shutdown.cancel();
    timeout(PATIENCE, service.server).await.expect("it returns").expect("no panic");
    connection.await.expect("no panic").expect("it was closed in peace");
}
