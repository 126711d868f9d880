//! A gate that answers from a script and keeps what it was asked.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// A request that came in.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Method, path and query: `PUT /pipelines/E/cancel?reason=why`.
    pub(crate) what: String,
    /// The JSON body, null if there is none.
    pub(crate) body: Value,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

/// The status that stands for a connection that is cut.
const CUT: u16 = 0;

/// The script: for each request its answers, of which the last one repeats.
#[derive(Debug, Default)]
struct Script {
    answers: HashMap<String, VecDeque<(u16, String)>>,
    asked: Vec<Asked>,
}

/// A gate on a port of its own. It ends when it is dropped.
pub(crate) struct FakeGate {
    script: Arc<Mutex<Script>>,
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl FakeGate {
    /// A gate that knows nothing yet and answers 404.
    pub(crate) fn start() -> Self {
        let mut gate = FakeGate { script: Arc::default(), address: ([127, 0, 0, 1], 0).into(), runtime: None };
        gate.start_again();
        gate
    }

    /// Starts it at the same address, once it was stopped.
    pub(crate) fn start_again(&mut self) {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(self.address)).expect("a port");
        self.address = listener.local_addr().expect("an address");
        let router = Router::new().fallback(answer).with_state(self.script.clone());
        runtime.spawn(async move { axum::serve(listener, router).await });
        self.runtime = Some(runtime);
    }

    /// Stops it: the port is closed and every connection is cut.
    pub(crate) fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers `what` (method and path, without query) with 200 and `body`; further calls add the next answers.
    pub(crate) fn on(&self, what: &str, body: Value) -> &Self {
        self.on_status(what, 200, body)
    }

    /// Answers with another status.
    pub(crate) fn on_status(&self, what: &str, status: u16, body: Value) -> &Self {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let mut script = self.script.lock().expect("no test has failed with it");
        script.answers.entry(what.to_owned()).or_default().push_back((status, text));
        self
    }

    /// Answers with an error as gate's.
    pub(crate) fn refuse(&self, what: &str, status: u16, message: &str) -> &Self {
        self.on_status(what, status, json!({ "status": status, "message": message, "requestId": "r-7" }))
    }

    /// Cuts the connection in the middle of the answer.
    pub(crate) fn cut(&self, what: &str) -> &Self {
        self.on_status(what, CUT, Value::Null)
    }

    /// Forgets the answers to `what`, so that new ones come first.
    pub(crate) fn forget(&self, what: &str) -> &Self {
        self.script.lock().expect("no test has failed with it").answers.remove(what);
        self
    }

    /// What was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script.lock().expect("no test has failed with it").asked.clone()
    }

    /// What was asked so far but for looks.
    pub(crate) fn changes(&self) -> Vec<(String, Value)> {
        let asked = self.asked().into_iter().filter(|asked| !asked.what.starts_with("GET "));
        asked.map(|asked| (asked.what, asked.body)).collect()
    }
}

impl Drop for FakeGate {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let key = format!("{} {}", parts.method, parts.uri.path());
    let what = format!("{} {}", parts.method, parts.uri);
    let mut script = script.lock().expect("no test has failed with it");
    script.asked.push(Asked { what, body: serde_json::from_slice(&body).unwrap_or_default(), headers: parts.headers });
    let unknown = json!({ "status": 404, "message": format!("nothing is scripted for {key}"), "requestId": "r-404" });
    let (status, text) = match script.answers.get_mut(&key) {
        None => (404, unknown.to_string()),
        Some(answers) if answers.len() > 1 => answers.pop_front().unwrap_or_default(),
        Some(answers) => answers.front().cloned().unwrap_or_default(),
    };
    if status == CUT {
        let broken = futures::stream::once(async { Err::<Vec<u8>, _>(io::Error::other("the connection is cut")) });
        return Response::new(Body::from_stream(broken));
    }
    Response::builder()
        .status(StatusCode::from_u16(status).expect("a status"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(text))
        .expect("an answer")
}
