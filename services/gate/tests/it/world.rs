//! A gate whose services behind are routers of the test, in this process or behind sockets.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    response::{IntoResponse as _, Response},
};
use gennaker_clients::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};
use gennaker_gate::{Gate, HeaderOptions, Options};
use gennaker_http::{GuardOptions, Transport, TransportOptions, http_client};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use url::Url;

const SOUND: &str = "no test panicked with it";

/// A request that a peer got.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: Method,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    /// `Null` if there was none.
    pub(crate) body: Value,
    /// The body as it was sent.
    pub(crate) bytes: Bytes,
}

#[derive(Debug, Clone)]
struct Rule {
    method: Method,
    path: String,
    status: StatusCode,
    answer: Value,
}

/// A service behind gate: it answers by its rules, and 404 to everything else.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peer {
    rules: Arc<Mutex<Vec<Rule>>>,
    got: Arc<Mutex<Vec<Got>>>,
    /// Answers what no rule is for, instead of 404.
    default: Option<Value>,
    /// Whether it names its answers, and says 304 to who has the newest.
    etags: bool,
}

impl Peer {
    /// With one more rule; the path is compared with its query.
    pub(crate) fn answering(self, method: &str, path: &str, status: u16, answer: &Value) -> Self {
        self.rules.lock().expect(SOUND).push(Rule {
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            status: StatusCode::from_u16(status).expect("a status"),
            answer: answer.clone(),
        });
        self
    }

    /// With one more rule for a successful `GET`.
    pub(crate) fn with(self, path: &str, answer: &Value) -> Self {
        self.answering("GET", path, 200, answer)
    }

    /// With this answer to everything else.
    pub(crate) fn otherwise(self, answer: Value) -> Self {
        Peer { default: Some(answer), ..self }
    }

    /// Which names its answers by `ETag`s.
    pub(crate) fn with_etags(self) -> Self {
        Peer { etags: true, ..self }
    }

    /// Takes over the rules of another and forgets what it was asked.
    pub(crate) fn become_like(&self, other: &Peer) {
        *self.rules.lock().expect(SOUND) = other.rules.lock().expect(SOUND).clone();
        self.got.lock().expect(SOUND).clear();
    }

    /// What it was asked so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().expect(SOUND).clone()
    }

    pub(crate) fn router(&self) -> Router {
        let peer = self.clone();
        Router::new().fallback(move |request: Request| peer.clone().answer(request))
    }

    async fn answer(self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a small body");
        let path = parts.uri.path_and_query().expect("a path").to_string();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).expect("JSON") };
        let mine = |rule: &&Rule| rule.method == parts.method && rule.path == path;
        let found = self.rules.lock().expect(SOUND).iter().find(mine).cloned();
        let known = parts.headers.get(header::IF_NONE_MATCH).cloned();
        let got = Got { method: parts.method, path: path.clone(), headers: parts.headers, body, bytes };
        self.got.lock().expect(SOUND).push(got);
        match found {
            Some(Rule { status: StatusCode::OK, answer, .. }) if self.etags => {
                let etag = format!("\"{}\"", answer.to_string().len());
                match known {
                    Some(known) if known == etag.as_str() => StatusCode::NOT_MODIFIED.into_response(),
                    _ => ([(header::ETAG, etag)], axum::Json(answer)).into_response(),
                }
            }
            Some(Rule { status, answer: Value::Null, .. }) => status.into_response(),
            Some(Rule { status, answer, .. }) => (status, axum::Json(answer)).into_response(),
            None if self.default.is_some() => axum::Json(self.default).into_response(),
            None => {
                let body = json!({ "status": 404, "message": format!("the peer has no path {path}") });
                (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
            }
        }
    }
}

/// The services behind a gate.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peers {
    pub(crate) front50: Peer,
    pub(crate) orca: Peer,
    pub(crate) clouddriver: Peer,
    pub(crate) echo: Peer,
}

impl Peers {
    /// Each takes over the rules of its like.
    pub(crate) fn become_like(&self, other: &Peers) {
        self.front50.become_like(&other.front50);
        self.orca.become_like(&other.orca);
        self.clouddriver.become_like(&other.clouddriver);
        self.echo.become_like(&other.echo);
    }
}

/// What gate answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    /// The body as JSON; an empty one is `""`, as the recordings write it.
    pub(crate) fn json(&self) -> Value {
        if self.bytes.is_empty() {
            return "".into();
        }
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("JSON, not {:?}", self.bytes))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().expect("a message").to_owned()
    }
}

/// A gate.
pub(crate) struct World {
    router: Router,
}

pub(crate) fn options() -> TransportOptions {
    TransportOptions { retries: 0, ..TransportOptions::default() }
}

/// The way to a service to which no socket leads.
fn unreachable(service: &'static str) -> Transport {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = socket.local_addr().expect("an address").port();
    drop(socket);
    let url = Url::parse(&format!("http://127.0.0.1:{port}")).expect("a URL");
    Transport::http(service, url, http_client().expect("a client"), options())
}

/// The way to a peer in this process.
pub(crate) fn in_process(service: &'static str, peer: &Peer) -> Transport {
    Transport::in_process(service, peer.router(), options())
}

/// Settings of a gate that believes whom its callers name.
pub(crate) fn trusting() -> Options {
    Options { header: HeaderOptions { enabled: true }, ..Options::default() }
}

/// The ways to the services behind a gate.
pub(crate) struct Ways {
    pub(crate) front50: Transport,
    pub(crate) orca: Transport,
    pub(crate) clouddriver: Transport,
    pub(crate) echo: Transport,
}

impl Ways {
    /// All in this process.
    pub(crate) fn of(peers: &Peers) -> Ways {
        Ways {
            front50: in_process("front50", &peers.front50),
            orca: in_process("orca", &peers.orca),
            clouddriver: in_process("clouddriver", &peers.clouddriver),
            echo: in_process("echo", &peers.echo),
        }
    }

    /// The same, but to one no socket leads.
    pub(crate) fn without(mut self, service: &'static str) -> Ways {
        let way = match service {
            "front50" => &mut self.front50,
            "orca" => &mut self.orca,
            "clouddriver" => &mut self.clouddriver,
            _ => &mut self.echo,
        };
        *way = unreachable(service);
        self
    }
}

impl World {
    pub(crate) fn over(ways: Ways, options: Options) -> World {
        let clients = Clients {
            front50: Front50Client::new(ways.front50),
            orca: OrcaClient::new(ways.orca),
            clouddriver: ClouddriverClient::new(ways.clouddriver),
            echo: EchoClient::new(ways.echo),
        };
        let gate = Gate::new(options, clients);
        World { router: gate.api().into_service((), GuardOptions::default()) }
    }

    /// All in this process.
    pub(crate) fn of(peers: &Peers) -> World {
        World::over(Ways::of(peers), trusting())
    }

    /// With the services behind sockets, which close with the test's runtime.
    pub(crate) async fn over_sockets(peers: &Peers) -> World {
        async fn way(service: &'static str, peer: &Peer) -> Transport {
            let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let url = format!("http://{}", socket.local_addr().expect("an address"));
            let router = peer.router();
            tokio::spawn(async move { axum::serve(socket, router).await });
            Transport::http(service, Url::parse(&url).expect("a URL"), http_client().expect("a client"), options())
        }
        let ways = Ways {
            front50: way("front50", &peers.front50).await,
            orca: way("orca", &peers.orca).await,
            clouddriver: way("clouddriver", &peers.clouddriver).await,
            echo: way("echo", &peers.echo).await,
        };
        World::over(ways, Options::default())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], Body::empty()).await
    }

    /// A request with a JSON body.
    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.ask(method, path, &[], Body::from(body.to_string())).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(response) = self.router.clone().oneshot(request.body(body).expect("a request")).await;
        let (parts, body) = response.into_parts();
        // One of events goes on for ever.
        let body = if is_of_events(&parts.headers) { Body::empty() } else { body };
        let bytes = to_bytes(body, 1 << 20).await.expect("a small body");
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }
}

fn is_of_events(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// What the web UI accepts: JSON, or nothing at all; and events, for who asks for them.
pub(crate) fn is_readable(answer: &Answer) -> bool {
    if is_of_events(&answer.headers) {
        return true;
    }
    let kind = answer.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
    match kind {
        Some(kind) => kind.starts_with("application/json") && serde_json::from_slice::<Value>(&answer.bytes).is_ok(),
        None => answer.bytes.is_empty(),
    }
}
