//! Binding and the graceful stop.

use std::{sync::atomic::Ordering, time::Duration};

use gennaker_http::{GuardOptions, RequestTasks, ServeLimits, ServeOptions, Server};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::timeout};

use crate::app::{Answer, PATIENCE, read, start};

fn options(address: std::net::SocketAddr) -> ServeOptions {
    ServeOptions { service: "gate", address, hosts: Vec::new(), origins: Default::default() }
}

#[tokio::test]
async fn a_port_in_use_is_named_with_what_to_do() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    let failed = Server::bind(options(service.address), axum::Router::new()).await.err().expect("it is taken");
    assert_eq!(failed.kind(), std::io::ErrorKind::AddrInUse);
    let port = service.address.port();
    let expected = format!("port {port} is in use: stop the other program or set server.port in gate.yml");
    assert_eq!(failed.to_string(), expected);

    let elsewhere = "192.0.2.1:80".parse().expect("an address");
    let failed = Server::bind(options(elsewhere), axum::Router::new()).await.err().expect("not this machine's");
    assert!(failed.to_string().contains("server.address"), "{failed}");
}

#[tokio::test]
async fn a_stop_lets_the_request_in_flight_finish() {
    let service = start(GuardOptions::default(), ServeLimits::default()).await;
    // One that is idle, one that was never used, and one with a request.
    let idle = service.connect().await;
    let mut used = service.connect().await;
    used.write_all(b"GET /empty HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it reads");
    used.readable().await.expect("an answer");
    let mut busy = service.connect().await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it reads");
    service.seen.one_entered().await;

    service.shutdown.cancel();
    assert!(read(&mut used).await.starts_with("HTTP/1.1 200"), "the idle connections are closed");
    drop(idle);
    let refused = async { while TcpStream::connect(service.address).await.is_ok() {} };
    timeout(PATIENCE, refused).await.expect("no new connections");
    assert!(!service.server.is_finished(), "it waits for the request");
    service.seen.release.add_permits(1);
    let answer = Answer::parse(&read(&mut busy).await);
    assert_eq!((answer.status, answer.body.as_str()), (200, "\"waited\""));
    timeout(PATIENCE, service.server).await.expect("it returns").expect("no panic");
}

#[tokio::test]
async fn a_stop_cuts_what_takes_too_long() {
    let tasks = RequestTasks::default();
    let guard = GuardOptions { tasks: tasks.clone(), ..GuardOptions::default() };
    let service = start(guard, ServeLimits { grace: Duration::from_millis(50), ..ServeLimits::default() }).await;
    let mut busy = service.connect().await;
    busy.write_all(b"GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("it reads");
    service.seen.one_entered().await;
    service.shutdown.cancel();
    timeout(PATIENCE, service.server).await.expect("it returns").expect("no panic");
    assert_eq!(tasks.running(), 1, "the handler is still there, for its owner to stop");
    assert_eq!(tasks.stop(Duration::ZERO).await, 1);
    assert_eq!(service.seen.finished.load(Ordering::SeqCst), 0);
}
