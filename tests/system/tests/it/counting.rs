//! A server that webhook stages call: it notes who asks for what under which key, and may keep them waiting.
//!
//! A stage says in its payload which start and which execution it belongs to, and by its path which side effect it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Uri},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle, time::sleep};

/// The configuration of an orca whose webhooks may call this machine.
pub(crate) const LOOPBACK_ALLOWED: (&str, &str) = (
    "orca-local.yml",
    "userConfiguredUrlRestrictions:\n  rejectLocalhost: false\n  rejectVerbatimIps: false\n  allowedHostnamesRegex: '.*'\n",
);

/// The longest time that an answer takes, so that kills hit calls that are under way.
const SLOWEST_MS: u64 = 20;

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The `Idempotency-Key` of the start that the execution answers.
    pub(crate) start: String,
    /// The execution's id.
    pub(crate) execution: String,
    /// What was asked for: the path without its slash.
    pub(crate) effect: String,
    /// The call's own `Idempotency-Key`; empty if it has none.
    pub(crate) key: String,
}

#[derive(Debug, Default)]
struct Shared {
    calls: Mutex<Vec<Call>>,
    /// Of the calls that are kept waiting: which call of which execution may be answered.
    released: watch::Sender<BTreeSet<(String, usize)>>,
}

/// The server; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct CountingServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

impl CountingServer {
    /// Effects of this folder are answered only when [`CountingServer::release`] says so.
    pub(crate) const HELD: &str = "held";

    pub(crate) async fn start() -> CountingServer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared::default());
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        CountingServer { address, shared, serving }
    }

    /// The stage that has this server do `effect`, not numbered yet.
    pub(crate) fn stage(&self, effect: &str, start: &str) -> Value {
        json!({
            "type": "webhook",
            "name": effect,
            "method": "POST",
            "url": format!("http://{}/{effect}", self.address),
            "payload": { "start": start, "execution": "${execution.id}" },
        })
    }

    /// What was asked so far, in order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How often the execution has asked for the effect.
    pub(crate) fn count(&self, execution: &str, effect: &str) -> usize {
        let calls = self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().filter(|call| call.execution == execution && call.effect == effect).count()
    }

    /// Has the execution's call of that number (from 1) answered.
    pub(crate) fn release(&self, execution: &str, number: usize) {
        self.shared.released.send_modify(|released| {
            released.insert((execution.to_owned(), number));
        });
    }

    /// The keys of each side effect, by execution and effect.
    pub(crate) fn keys(&self) -> BTreeMap<(String, String), BTreeSet<String>> {
        let mut keys: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for Call { execution, effect, key, .. } in self.calls() {
            keys.entry((execution, effect)).or_default().insert(key);
        }
        keys
    }
}

impl Drop for CountingServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> axum::Json<Value> {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    let effect = uri.path().trim_start_matches('/').to_owned();
    let call = Call { start: text("start"), execution: text("execution"), effect, key };
    let is_held = call.effect.split('/').next() == Some(CountingServer::HELD);
    let number = {
        let mut calls = shared.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call.clone());
        calls.iter().filter(|known| (&known.execution, &known.effect) == (&call.execution, &call.effect)).count()
    };
    if is_held {
        let this = (call.execution, number);
        // The sender lives as long as the server does.
        let _ = shared.released.subscribe().wait_for(|released| released.contains(&this)).await;
    } else {
        sleep(Duration::from_millis(rand::random_range(0..=SLOWEST_MS))).await;
    }
    axum::Json(json!({ "done": true }))
}
