//! A small service to ask, and ways to ask it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::{State, WebSocketUpgrade},
    response::{IntoResponse, Response},
};
use gennaker_http::{
    Api, Caller, Error, GuardOptions, Json, Path, Permission, Query, Result, ServeLimits, ServeOptions, Server, get,
    post, put,
};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the service's handlers did.
pub(crate) struct Seen {
    pub(crate) stored: AtomicUsize,
    pub(crate) finished: AtomicUsize,
    pub(crate) tries: AtomicUsize,
    /// A permit for each handler that began to wait.
    pub(crate) entered: Semaphore,
    /// A permit lets one waiting handler go on.
    pub(crate) release: Semaphore,
    /// How many streams were dropped.
    pub(crate) dropped: AtomicUsize,
}

impl Default for Seen {
    fn default() -> Self {
        Seen {
            stored: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            tries: AtomicUsize::new(0),
            entered: Semaphore::new(0),
            release: Semaphore::new(0),
            dropped: AtomicUsize::new(0),
        }
    }
}

impl Seen {
    /// Waits until one more handler waits.
    pub(crate) async fn one_entered(&self) {
        let entered = tokio::time::timeout(PATIENCE, self.entered.acquire()).await;
        entered.expect("a handler begins").expect("open").forget();
    }

    /// Waits until `count` handlers finished.
    pub(crate) async fn finished(&self, count: usize) {
        let done = async {
            while self.finished.load(Ordering::SeqCst) < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, done).await.expect("the handler finishes");
    }
}

type Shared = State<Arc<Seen>>;

#[derive(Debug, Serialize, Deserialize)]
struct Thing {
    name: String,
    size: u32,
}

async fn thing(Path(id): Path<String>, Query(query): Query<Vec<(String, String)>>) -> Result<Json<Value>> {
    if id == "none" {
        return Err(Error::not_found("there is no thing none").with_field("code", "E404"));
    }
    Ok(Json(json!({ "id": id, "query": query })))
}

async fn store(State(seen): Shared, Json(thing): Json<Thing>) -> Json<Thing> {
    seen.stored.fetch_add(1, Ordering::SeqCst);
    Json(thing)
}

async fn caller(caller: Caller) -> Json<Value> {
    Json(json!({
        "user": caller.user, "accounts": caller.accounts, "execution": caller.execution, "fence": caller.fence,
        "key": caller.idempotency_key, "request": caller.request,
    }))
}

async fn wait(State(seen): Shared) -> Json<&'static str> {
    seen.entered.add_permits(1);
    seen.release.acquire().await.expect("open").forget();
    seen.finished.fetch_add(1, Ordering::SeqCst);
    Json("waited")
}

/// Fails as often as the path says, then answers how often it was tried.
async fn flaky(State(seen): Shared, Path(failures): Path<usize>) -> Result<Json<usize>> {
    let tries = seen.tries.fetch_add(1, Ordering::SeqCst) + 1;
    if tries <= failures {
        return Err(Error::new(gennaker_base::Kind::Unavailable, "not now"));
    }
    Ok(Json(tries))
}

/// Notes the end of a stream.
struct Streaming(Arc<Seen>);

impl Drop for Streaming {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Three parts, one for each permit, with what was asked in the first one; then an error.
async fn parts(State(seen): Shared, headers: HeaderMap) -> impl IntoResponse {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("-").to_owned();
    let first = format!("{} {}", text("accept"), text("last-event-id"));
    let parts = futures::stream::unfold((0, Streaming(seen.clone())), move |(number, streaming)| {
        let (seen, first) = (seen.clone(), first.clone());
        async move {
            seen.entered.add_permits(1);
            seen.release.acquire().await.expect("open").forget();
            let part = match number {
                0 => Ok(first),
                1 | 2 => Ok(format!("part {number}")),
                _ => Err(std::io::Error::other("it breaks")),
            };
            Some((part, (number + 1, streaming)))
        }
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(parts))
}

async fn panics() -> Json<Value> {
    panic!("the secret of the panic")
}

async fn text() -> Result<(StatusCode, &'static str)> {
    Ok((StatusCode::OK, "no JSON"))
}

/// Sends back what comes.
async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

/// The service behind its guard.
pub(crate) fn service(seen: Arc<Seen>, options: GuardOptions) -> axum::Router {
    let needs = Permission::Public;
    Api::new("example")
        .route(get("/things/{id}", thing).needs(needs))
        .route(post("/things", store).needs(needs))
        .route(put("/things", store).needs(needs))
        .route(get("/caller", caller).needs(needs))
        .route(get("/wait", wait).needs(needs))
        .route(get("/wait/patiently", wait).needs(needs).no_deadline())
        .route(get("/wait/longer", wait).needs(needs).deadline(PATIENCE))
        .route(get("/wait/always", wait).needs(needs).always())
        .route(get("/flaky/{failures}", flaky).needs(needs))
        .route(post("/flaky/{failures}", flaky).needs(needs))
        .route(get("/parts", parts).needs(needs))
        .route(get("/panic", panics).needs(needs))
        .route(get("/text", text).needs(needs))
        .route(get("/unavailable", || async { StatusCode::SERVICE_UNAVAILABLE }).needs(needs))
        .route(get("/socket", socket).needs(needs))
        .route(get("/empty", || async {}).needs(needs))
        .route(get("/large", || async { Json("x".repeat(100_000)) }).needs(needs))
        .into_service(seen, options)
}

/// A service on a socket.
pub(crate) struct Running {
    pub(crate) seen: Arc<Seen>,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) server: JoinHandle<()>,
}

/// Starts the service on a port of its own.
pub(crate) async fn start(options: GuardOptions, limits: ServeLimits) -> Running {
    let seen = Arc::new(Seen::default());
    serve(service(seen.clone(), options), seen, limits).await
}

/// Starts a router on a port of its own.
pub(crate) async fn serve(router: axum::Router, seen: Arc<Seen>, limits: ServeLimits) -> Running {
    let options = ServeOptions {
        service: "example",
        address: "127.0.0.1:0".parse().expect("an address"),
        hosts: vec!["gate.example.com".into(), String::new()],
        origins: vec!["https://deck.example.com".into()].into(),
    };
    let server = Server::bind(options, router).await.expect("a free port").with_limits(limits);
    let (address, shutdown) = (server.address(), CancellationToken::new());
    let server = tokio::spawn(server.run(shutdown.clone()));
    Running { seen, address, shutdown, server }
}

/// An answer, read from a socket by hand.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Answer { status: status.expect("a status"), head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// The values of all headers of this name.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values = self.head.lines().filter_map(|line| line.strip_prefix(&format!("{name}: ")));
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Checks that this is an error as every service gives it, and answers its message.
    pub(crate) fn error(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type").as_deref(), Some("application/json"), "{self:?}");
        let body = self.json();
        assert_eq!(body["status"], status, "{body}");
        assert_eq!(body.as_object().and_then(|body| body.keys().next()).map(String::as_str), Some("timestamp"));
        assert!(body["timestamp"].as_i64() > Some(1_600_000_000_000), "{body}");
        let id = body["requestId"].as_str().expect("a request id").to_ascii_lowercase();
        assert_eq!(self.header("x-spinnaker-request-id"), Some(id));
        body["message"].as_str().expect("a message").to_owned()
    }
}

impl Running {
    /// A new connection.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// Sends a request as it stands on a connection of its own and reads the answer.
    pub(crate) async fn raw(&self, request: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.expect("it reads");
        Answer::parse(&read(&mut stream).await)
    }

    /// Asks with headers and a body that may be empty.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        let host = if headers.contains("Host:") { "" } else { "Host: localhost\r\n" };
        let request = format!(
            "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        self.raw(&request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], "").await
    }
}

/// Everything until the peer closes.
pub(crate) async fn read(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let whole = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("the connection ends");
    if let Err(error) = whole {
        panic!("{error} after {:?}", String::from_utf8_lossy(&text));
    }
    String::from_utf8(text).expect("text")
}
