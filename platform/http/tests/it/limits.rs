//! The limits of size, time and number, with short ones configured.

use std::{sync::atomic::Ordering, time::Duration};

use gennaker_http::{GuardOptions, RequestTasks, ServeLimits};
use tokio::io::AsyncWriteExt as _;

use crate::app::{Answer, PATIENCE, read, start};

const SHORT: Duration = Duration::from_millis(50);

fn short_deadline() -> GuardOptions {
    GuardOptions { deadline: SHORT, ..GuardOptions::default() }
}

#[tokio::test]
async fn large_bodies_are_refused_however_they_are_sent() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    let large = "x".repeat(20 << 20);
    // Whoever takes the body, and whether or not the route exists.
    for (method, path) in
        [("POST", "/things"), ("PUT", "/things"), ("GET", "/things/a"), ("POST", "/no"), ("PATCH", "/things")]
    {
        let answer = service.ask(method, path, &[], &large).await;
        assert_eq!(answer.error(413), "the body is larger than 10485760 bytes");
    }

    let mut chunked = "POST /things HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    chunked.push_str(&format!("{:x}\r\n{large}\r\n0\r\n\r\n", large.len()));
    let mut stream = service.connect().await;
    stream.write_all(chunked.as_bytes()).await.expect("all of it is taken");
    stream
        .write_all(b"GET /things/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .await
        .expect("it reads");
    let text = read(&mut stream).await;
    assert!(text.starts_with("HTTP/1.1 413 "), "{text}");
    assert!(text.contains("HTTP/1.1 200 "), "the connection can be used again: {text}");

    // Without being asked for, the body of this one never comes.
    let request =
        "POST /things HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 20971520\r\n\r\n";
    let answer = service.raw(request).await;
    answer.error(413);
    assert_eq!(answer.header("connection").as_deref(), Some("close"));
    assert_eq!(service.seen.stored.load(Ordering::SeqCst), 0, "nothing is stored");
}

#[tokio::test]
async fn the_largest_body_is_taken() {
    let options = GuardOptions { body_limit: 1000, ..GuardOptions::default() };
    let service = start(options, ServeLimits::default()).await;
    let body = |length: usize| format!("{:<length$}", r#"{"name": "a", "size": 1}"#);
    assert_eq!(service.ask("POST", "/things", &[], &body(1000)).await.status, 200);
    assert_eq!(service.ask("POST", "/things", &[], &body(1001)).await.status, 413);
}

#[tokio::test]
async fn a_slow_body_is_given_up() {
    let options = GuardOptions { body_idle: SHORT, ..GuardOptions::default() };
    let service = start(options, ServeLimits::default()).await;
    for path in ["POST /things", "POST /unknown"] {
        let request = format!("{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{{\"name\"");
        let answer = service.raw(&request).await;
        if path == "POST /things" {
            assert!(answer.error(408).contains("no part of the body arrived for 50ms"), "{answer:?}");
        } else {
            answer.error(404);
        }
        assert_eq!(answer.header("connection").as_deref(), Some("close"));
    }
    assert_eq!(service.seen.stored.load(Ordering::SeqCst), 0, "nothing is stored");
}

#[tokio::test]
async fn slow_and_large_headers_end_the_connection() {
    // Longer than a busy machine takes between a connection and its first bytes.
    let limits = ServeLimits { headers: SHORT * 5, ..ServeLimits::default() };
    let service = start(GuardOptions::default(), limits).await;
    // Nothing at all, the first letter of HTTP/2's preface, a part of the headers, and the same on a used connection.
    let used = "GET /empty HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for sent in ["", "P", "GET / HTTP/1.1\r\nHost: loc", &format!("{used}GET / HT")] {
        let mut stream = service.connect().await;
        let (first, second) = if sent.len() > used.len() { sent.split_at(used.len()) } else { (sent, "") };
        stream.write_all(first.as_bytes()).await.expect("it reads");
        if !second.is_empty() {
            let mut answer = [0; 12];
            tokio::io::AsyncReadExt::read_exact(&mut stream, &mut answer).await.expect("the first answer");
            assert_eq!(&answer, b"HTTP/1.1 200");
            stream.write_all(second.as_bytes()).await.expect("it reads");
        }
        let rest = read(&mut stream).await;
        assert!(!rest.contains("HTTP/1.1"), "{sent:?} has no answer: {rest}");
    }
    let large = format!("X-Large: {}", "x".repeat(100_000));
    assert_eq!(service.ask("GET", "/empty", &[&large], "").await.status, 431);
}

#[tokio::test]
async fn a_handler_has_a_deadline_unless_its_route_has_another() {
    let service = start(short_deadline(), ServeLimits::default()).await;
    let answer = service.get("/wait").await;
    assert_eq!(answer.error(504), "example did not finish this request within 50ms and stopped it");

    for path in ["/wait/patiently", "/wait/longer"] {
        let (asked, ()) = tokio::join!(service.get(path), async {
            // The time of the usual deadline passes twice on the way.
            for _ in 0..2 {
                service.get("/wait").await.error(504);
            }
            service.seen.release.add_permits(1);
        });
        assert_eq!(asked.status, 200, "{path}");
    }
    assert_eq!(service.seen.finished.load(Ordering::SeqCst), 2, "those past their deadline were stopped");
}

#[tokio::test]
async fn a_caller_that_gives_up_stops_only_handlers_without_a_deadline() {
    let tasks = RequestTasks::default();
    let options = GuardOptions { tasks: tasks.clone(), ..GuardOptions::default() };
    let service = start(options, ServeLimits::default()).await;
    for path in ["/wait", "/wait/patiently"] {
        let mut stream = service.connect().await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        service.seen.one_entered().await;
    }
    // Both connections are gone now: one handler goes, the other stays and finishes.
    let one_left = async {
        while tasks.running() > 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, one_left).await.expect("the one without a deadline ends");
    service.seen.release.add_permits(2);
    service.seen.finished(1).await;
    assert_eq!(tasks.stop(PATIENCE).await, 0);
    assert_eq!(service.seen.finished.load(Ordering::SeqCst), 1);
    assert!(service.get("/empty").await.error(503).contains("example is stopping"));
}

#[tokio::test]
async fn more_requests_than_allowed_are_told_to_come_back() {
    let options = GuardOptions { concurrency: 1, ..GuardOptions::default() };
    let service = start(options, ServeLimits::default()).await;
    let (first, second) = tokio::join!(service.get("/wait"), async {
        service.seen.one_entered().await;
        let busy = service.get("/empty").await;
        let (always, ()) = tokio::join!(service.get("/wait/always"), async {
            service.seen.one_entered().await;
            service.seen.release.add_permits(2);
        });
        assert_eq!(always.status, 200, "this route is answered however busy the service is");
        busy
    });
    assert_eq!(first.status, 200);
    assert!(second.error(503).contains("1 requests already"), "{second:?}");
    assert_eq!(second.header("retry-after").as_deref(), Some("1"));
    assert_eq!(service.get("/empty").await.status, 200, "its place is free again");
}

#[tokio::test]
async fn more_connections_than_allowed_wait() {
    let limits = ServeLimits { connections: 1, ..ServeLimits::default() };
    let service = start(GuardOptions::default(), limits).await;
    let mut first = service.connect().await;
    first.write_all(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it reads");
    service.seen.one_entered().await;
    let mut second = service.connect().await;
    second.write_all(b"GET /empty HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.expect("buffered");
    drop(first);
    assert_eq!(Answer::parse(&read(&mut second).await).status, 200);
    service.seen.release.add_permits(1);
}
