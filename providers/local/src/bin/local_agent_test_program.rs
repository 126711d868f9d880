//! A test program, no part of the product: the processes that the agent's tests run.
//!
//! * `agent FOLDER FIRST-PORT LAST-PORT [keep] [small-artifacts] [take-over] [memory=BYTES] [disk=BYTES]
//!   [old-connections=MILLISECONDS]`: an agent, in a process that can be killed.
//! * `serve VERSION`: an HTTP server on `PORT`. It is unhealthy while the file `$UNHEALTHY_FILE` exists.
//! * `serve-http2 VERSION`: the same paths over HTTP/2 without TLS only, and `/reset`, whose stream is broken off.
//! * `tcp VERSION`: greets a TCP connection with its version, then sends back what it gets until the client's end, and
//!   ends with `bye`.
//! * `hang-up`: an HTTP server that answers one request per connection and hangs up on the second, as a server does
//!   whose idle time-out has passed.

#![expect(clippy::disallowed_methods, reason = "a test program reads its environment and ends how it is told to")]

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{self, WebSocketUpgrade},
    response::Response,
    routing::{any, get},
};
use gennaker_provider_local::agent::{Limits, Options, run};
use http::{HeaderMap, StatusCode};
use hyper::{
    body::Incoming,
    service::{Service as _, service_fn},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["agent", folder, first, last, rest @ ..] => agent(folder, first.parse()?..=last.parse()?, rest).await,
        ["serve", version] => serve((*version).to_owned()).await,
        ["serve-http2", version] => serve_http2((*version).to_owned()).await,
        ["tcp", version] => serve_tcp(version).await,
        ["hang-up"] => hang_up(),
        _ => Err("give me one of: agent, serve, serve-http2, tcp, hang-up".into()),
    }
}

async fn agent(folder: &str, ports: std::ops::RangeInclusive<u16>, rest: &[&str]) -> Outcome {
    let mut limits = Limits { processes: 8, ports, ..Limits::default() };
    if rest.contains(&"small-artifacts") {
        limits.artifacts.download_bytes = 20_000;
    }
    let given =
        |name: &str| rest.iter().find_map(|given| given.strip_prefix(name)?.strip_prefix('=')?.parse::<u64>().ok());
    (limits.memory_bytes, limits.disk_bytes) = (given("memory"), given("disk"));
    let options = Options {
        limits,
        old_connections: given("old-connections").map_or(Duration::from_secs(3_600), Duration::from_millis),
        measure_every: Duration::from_secs(1),
        keep_processes: rest.contains(&"keep"),
        take_over: rest.contains(&"take-over"),
        ..Options::new(folder, "test")
    };
    let shutdown = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let agent = tokio::spawn(run(options, shutdown.clone()));
    let mut agent = std::pin::pin!(agent);
    tokio::select! {
        ended = agent.as_mut() => return Ok(ended??),
        _ = terminate.recv() => shutdown.cancel(),
    }
    Ok(agent.await??)
}

fn port() -> u16 {
    std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(0)
}

async fn listen() -> std::io::Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port())).await
}

async fn serve(version: String) -> Outcome {
    Ok(axum::serve(listen().await?, router(version)).await?)
}

async fn serve_http2(version: String) -> Outcome {
    let (listener, router) = (listen().await?, router(version));
    loop {
        let (stream, _) = listener.accept().await?;
        let paths = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request: http::Request<Incoming>| {
            let answer = (request.uri().path() != "/reset").then(|| paths.call(request));
            async move {
                match answer {
                    Some(answer) => answer.await.map_err(std::io::Error::other),
                    None => Err(std::io::Error::other("as it was asked for")),
                }
            }
        });
        tokio::spawn(async move {
            let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            let _either_way = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn serve_tcp(version: &str) -> Outcome {
    let listener = listen().await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        let greeting = format!("{version}\n");
        tokio::spawn(async move {
            let (mut from, mut to) = stream.split();
            to.write_all(greeting.as_bytes()).await?;
            tokio::io::copy(&mut from, &mut to).await?;
            to.write_all(b"bye").await?;
            to.shutdown().await
        });
    }
}

fn router(version: String) -> Router {
    Router::new()
        .route("/", any(move |headers: HeaderMap| async move { Json(about(&version, &headers)) }))
        .route("/health", get(health))
        .route("/slow/{milliseconds}", get(slow))
        .route("/echo", any(|body: Body| async move { body }))
        .route("/exit/{code}", get(|extract::Path(code): extract::Path<i32>| async move { exit(code) }))
        .route("/large/{bytes}", get(|extract::Path(bytes): extract::Path<usize>| async move { vec![b'x'; bytes] }))
        .route("/ws", any(echo_messages))
}

fn about(version: &str, headers: &HeaderMap) -> Value {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    json!({
        "version": version,
        "instance": std::env::var("INSTANCE_ID").unwrap_or_default(),
        "group": std::env::var("SERVER_GROUP").unwrap_or_default(),
        "forwardedFor": header("x-forwarded-for"),
        "forwardedHost": header("x-forwarded-host"),
        "connection": header("connection"),
        "trailers": header("te"),
    })
}

async fn health() -> StatusCode {
    let unhealthy = std::env::var("UNHEALTHY_FILE").is_ok_and(|file| Path::new(&file).exists());
    if unhealthy { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

async fn slow(extract::Path(milliseconds): extract::Path<u64>) -> &'static str {
    eprintln!("a slow request has begun");
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    "slow"
}

fn exit(code: i32) {
    eprintln!("these are my last words");
    std::process::exit(code);
}

async fn echo_messages(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

fn hang_up() -> Outcome {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    for stream in TcpListener::bind((Ipv4Addr::LOCALHOST, port()))?.incoming() {
        let stream = stream?;
        std::thread::spawn(move || answer_once(stream, &SEEN));
    }
    Ok(())
}

/// Answers with the number of requests that came in so far on all connections, the second ones of them included.
fn answer_once(mut stream: TcpStream, seen: &AtomicUsize) -> std::io::Result<()> {
    let mut buffer = [0; 4096];
    // The requests are small enough to come in one piece.
    if stream.read(&mut buffer)? == 0 {
        return Ok(());
    }
    let answer = format!("{}", seen.fetch_add(1, Ordering::SeqCst) + 1);
    write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{answer}", answer.len())?;
    let second = stream.read(&mut buffer)?;
    if second > 0 && buffer[..second].starts_with(b"POST") {
        seen.fetch_add(1000, Ordering::SeqCst);
    }
    Ok(())
}
