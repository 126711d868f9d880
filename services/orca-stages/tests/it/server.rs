//! A server on loopback that answers as a test tells it to, and remembers what it was asked.

use std::{collections::HashMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinSet};

/// What it was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method and path: `POST /hook`.
    pub(crate) what: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A header's first value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// An answer: status, headers, body.
pub(crate) type Told = (u16, Vec<(&'static str, String)>, String);

#[derive(Default)]
struct Inner {
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<HashMap<String, Vec<Told>>>,
}

/// A running server; it ends when it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
    _running: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner::default());
        let router = Router::new().fallback(answer).with_state(inner.clone());
        let mut running = JoinSet::new();
        running.spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Server { address, inner, _running: running }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers a path with JSON, after those that were told before; the last answer repeats.
    pub(crate) fn tell(&self, path: &str, status: u16, body: Value) {
        self.tell_more(path, (status, vec![("content-type", "application/json".to_owned())], body.to_string()));
    }

    /// Answers a path.
    pub(crate) fn tell_more(&self, path: &str, told: Told) {
        self.inner.answers.lock().entry(path.to_owned()).or_default().push(told);
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.inner.asked.lock().clone()
    }

    /// Methods and paths of it.
    pub(crate) fn what(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.what).collect()
    }
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let path = parts.uri.path().to_owned();
    inner.asked.lock().push(Asked { what: format!("{} {path}", parts.method), headers: parts.headers, body });
    let told = {
        let mut answers = inner.answers.lock();
        match answers.get_mut(&path) {
            None => return StatusCode::NOT_FOUND.into_response(),
            Some(told) if told.len() > 1 => told.remove(0),
            Some(told) => told[0].clone(),
        }
    };
    let (status, headers, body) = told;
    let mut response = (StatusCode::from_u16(status).expect("a status"), body).into_response();
    response.headers_mut().remove("content-type");
    for (name, value) in headers {
        response.headers_mut().append(name, value.parse().expect("a value"));
    }
    response
}
