//! A small HTTP server that is easy to deploy: it says its version, and it stops without dropping anybody.
//!
//! ```text
//! $ PORT=8080 GREETER_VERSION=1 greeter
//! $ curl http://127.0.0.1:8080/
//! {"version":"1","instance":"greeter-8080","pid":4711}
//! ```
//!
//! On SIGTERM it stops accepting connections, finishes the requests that it has, keeps WebSockets open for a moment and
//! then closes them properly. It has ended after [`STOP_DEADLINE`] at the latest.

use std::{net::Ipv4Addr, process, time::Duration};

use axum::{
    Json, Router,
    extract::{
        Query, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    http::StatusCode,
    response::Response,
    routing::get,
};
use clap::Parser;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    select,
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::{Instant, sleep, timeout},
};

/// How long after SIGTERM a request may still take.
const STOP_DEADLINE: Duration = Duration::from_secs(9);
/// How long after SIGTERM a WebSocket stays open.
const WEB_SOCKET_DRAIN: Duration = Duration::from_secs(2);
/// The longest answer of `/slow`.
const SLOWEST: Duration = Duration::from_secs(30);

/// A small HTTP server that says its version.
#[derive(Parser)]
struct Options {
    /// The port to listen on, on 127.0.0.1; 0 takes a free one.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// What it calls its version.
    #[arg(long, env = "GREETER_VERSION", default_value = "dev")]
    version_label: String,
    /// What it calls itself; `greeter-<port>` by default.
    #[arg(long, env = "GREETER_INSTANCE")]
    instance: Option<String>,
    /// How long /health answers 503 after the start, in milliseconds.
    #[arg(long, env = "GREETER_STARTUP_DELAY_MS", default_value_t = 0)]
    startup_delay_ms: u64,
    /// Let /health answer 503 for ever: a version that must not get traffic.
    #[arg(long, env = "GREETER_NEVER_HEALTHY")]
    never_healthy: bool,
    /// Let /health never answer: a version that must not get traffic either.
    #[arg(long, env = "GREETER_HANGING_HEALTH")]
    hanging_health: bool,
    /// End with an error so many milliseconds after the start.
    #[arg(long, env = "GREETER_CRASH_AFTER_MS")]
    crash_after_ms: Option<u64>,
}

/// What the routes need.
#[derive(Clone)]
struct Greeter {
    version: String,
    instance: String,
    /// When it becomes healthy; never if none.
    healthy_at: Option<Instant>,
    /// Whether it says nothing of its health.
    hanging_health: bool,
    /// Turns true on SIGTERM. Whoever holds a copy is waited for.
    stopping: watch::Receiver<bool>,
}

/// The query of `/slow`.
#[derive(Deserialize)]
struct Wait {
    ms: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let options = Options::parse();
    // Before the socket, so that whoever reaches it can also stop it.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await;
    let listener = listener.map_err(|error| format!("cannot listen on port {}: {error}", options.port))?;
    let address = listener.local_addr()?;
    let (stop, stopping) = watch::channel(false);
    let greeter = Greeter {
        instance: options.instance.unwrap_or_else(|| format!("greeter-{}", address.port())),
        healthy_at: (!options.never_healthy).then(|| Instant::now() + Duration::from_millis(options.startup_delay_ms)),
        hanging_health: options.hanging_health,
        version: options.version_label,
        stopping: stopping.clone(),
    };
    eprintln!("greeter {} listens on http://{address}", greeter.version);

    let server = axum::serve(listener, routes(greeter)).with_graceful_shutdown(stopped(stopping));
    let server = tokio::spawn(server.into_future());
    select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = crash(options.crash_after_ms) => return Err("the greeter crashes, as it was told to".into()),
    }
    eprintln!("greeter stops");
    stop.send_replace(true);
    let drained = async {
        let served = server.await;
        // WebSockets live on after the server has ended; each holds a copy of the receiver.
        stop.closed().await;
        served
    };
    let Ok(served) = timeout(STOP_DEADLINE, drained).await else {
        return Err("cut what was still open at the deadline".into());
    };
    Ok(served??)
}

/// Comes back when it is time to crash.
async fn crash(after_ms: Option<u64>) {
    match after_ms {
        Some(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
        None => std::future::pending().await,
    }
}

fn routes(greeter: Greeter) -> Router {
    Router::new()
        .route("/", get(greet))
        .route("/health", get(health))
        .route("/slow", get(slow))
        .route("/ws", get(web_socket))
        .with_state(greeter)
}

async fn greet(State(greeter): State<Greeter>) -> Json<Value> {
    Json(greeter.greeting())
}

async fn health(State(greeter): State<Greeter>) -> (StatusCode, Json<Value>) {
    if greeter.hanging_health {
        sleep(SLOWEST).await;
    }
    match greeter.healthy_at {
        Some(time) if time <= Instant::now() => (StatusCode::OK, Json(json!({ "status": "UP" }))),
        _ => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "DOWN" }))),
    }
}

/// `/slow?ms=500`: the greeting, half a second later.
async fn slow(State(greeter): State<Greeter>, Query(wait): Query<Wait>) -> Json<Value> {
    sleep(Duration::from_millis(wait.ms).min(SLOWEST)).await;
    Json(greeter.greeting())
}

async fn web_socket(State(greeter): State<Greeter>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| echo(socket, greeter))
}

/// Sends every text back behind the version: `hello` becomes `1: hello`.
async fn echo(mut socket: WebSocket, greeter: Greeter) {
    let stop = async {
        stopped(greeter.stopping.clone()).await;
        sleep(WEB_SOCKET_DRAIN).await;
    };
    tokio::pin!(stop);
    loop {
        let message = select! {
            message = socket.recv() => message,
            () = &mut stop => break,
        };
        let sent = match message {
            Some(Ok(Message::Text(text))) => {
                socket.send(Message::Text(format!("{}: {text}", greeter.version).into())).await
            }
            // Pings are answered and a close is returned by the library.
            Some(Ok(_)) => Ok(()),
            Some(Err(_)) | None => return,
        };
        if sent.is_err() {
            return;
        }
    }
    let goodbye = CloseFrame { code: close_code::AWAY, reason: "the server stops".into() };
    if socket.send(Message::Close(Some(goodbye))).await.is_ok() {
        // A WebSocket is closed once both sides have said so.
        while let Some(Ok(_)) = socket.recv().await {}
    }
}

impl Greeter {
    fn greeting(&self) -> Value {
        json!({ "version": self.version, "instance": self.instance, "pid": process::id() })
    }
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}
