//! The services on stores of their own, called without a socket.

use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::Switchboard;
use gennaker_clouddriver::{
    Clouddriver,
    artifacts::{ArtifactDeps, Artifacts},
};
use gennaker_cluster::Membership;
use gennaker_echo::{Echo, Front50Options};
use gennaker_front50::Front50;
use gennaker_gate::Gate;
use gennaker_http::{
    Api, Endpoint, GuardOptions, RequestTasks,
    outbound::{self, Outbound, UrlRuleOptions, UrlRules},
};
use gennaker_objects::{FolderObjects, FolderOptions};
use gennaker_orca::{Orca, engine};
use gennaker_orca_stages::Catalogue;
use gennaker_provider_api::AccountDefinition;
use gennaker_provider_local::provider::{LocalProvider, Options as LocalOptions};
use gennaker_store::Registration;
use gennaker_store_sql::SqlStore;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::request::Request;

/// How long requests may take to finish at the end.
const GRACE: Duration = Duration::from_secs(2);
/// How many ids of answers are known.
const KNOWN: usize = 32;
/// How often the rest of the process gets its turn after an answer, so that executions move.
const TURNS: usize = 8;

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// `None` for a body without end.
    pub(crate) body: Option<Vec<u8>>,
    /// Whether the request's method is one whose answers have no body.
    pub(crate) head: bool,
}

impl Answer {
    /// The body's JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.as_deref().unwrap_or(b"(goes on)");
        write!(formatter, "{} {:?} {}", self.status, self.headers, String::from_utf8_lossy(body))
    }
}

/// The services.
pub(crate) struct World {
    runtime: Runtime,
    routers: Vec<Router>,
    /// Each endpoint, with the place of its router.
    endpoints: Vec<(usize, Endpoint)>,
    ids: VecDeque<String>,
    asked: usize,
    requests: RequestTasks,
    stop: CancellationToken,
    work: JoinSet<()>,
    node: (Membership, Arc<SqlStore>),
    // Last, so that the folder is removed after what is in it is closed.
    _folder: TempDir,
}

impl World {
    /// Empty services. A failure to start is one of the machine, and ends the run.
    pub(crate) fn new() -> World {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let folder = tempfile::Builder::new().prefix("gennaker-fuzz-").tempdir().expect("a temporary folder");
        let (mut started, node) = runtime.block_on(Started::new(&folder));
        let mut endpoints: Vec<(usize, Endpoint)> = Vec::new();
        let routers = std::mem::take(&mut started.apis).into_iter().enumerate().map(|(place, (api, router))| {
            endpoints.extend(api.into_iter().map(|endpoint| (place, endpoint)));
            router
        });
        let routers = routers.collect();
        let Started { requests, stop, work, .. } = started;
        let ids = VecDeque::with_capacity(KNOWN);
        World { runtime, routers, endpoints, ids, asked: 0, requests, stop, work, node, _folder: folder }
    }

    /// All endpoints, each with the place of its service.
    pub(crate) fn endpoints(&self) -> &[(usize, Endpoint)] {
        &self.endpoints
    }

    /// Ids that were answered, the newest last.
    pub(crate) fn ids(&self) -> &VecDeque<String> {
        &self.ids
    }

    /// How many requests there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &Request) -> Answer {
        self.asked += 1;
        let router = self.routers[request.service()].clone();
        let answer = self.runtime.block_on(async {
            let response = router.oneshot(request.http()).await.unwrap_or_else(|never| match never {});
            let (parts, body) = response.into_parts();
            let kind = parts.headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_owned());
            let endless = kind.is_some_and(|kind| kind.starts_with(b"text/event-stream"));
            let body = if endless { None } else { Some(read(body).await) };
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            Answer { status: parts.status, headers: parts.headers, body, head: request.is_head() }
        });
        if answer.status.is_success() {
            answer.json().iter().for_each(|answer| self.note_ids(answer, 0));
        }
        answer
    }

    /// Keeps what looks like an id of something.
    fn note_ids(&mut self, answer: &Value, depth: usize) {
        match answer {
            Value::Object(fields) => {
                for (name, field) in fields {
                    if let Some(text) = field.as_str().filter(|_| is_id(name)) {
                        let id = text.rsplit('/').next().unwrap_or(text);
                        self.note_id(id);
                    }
                    if depth < 3 {
                        self.note_ids(field, depth + 1);
                    }
                }
            }
            Value::Array(items) => items.iter().take(4).for_each(|item| self.note_ids(item, depth + 1)),
            _ => {}
        }
    }

    fn note_id(&mut self, id: &str) {
        if id.is_empty() || id.len() > 64 || self.ids.iter().any(|known| known == id) {
            return;
        }
        if self.ids.len() == KNOWN {
            self.ids.pop_front();
        }
        self.ids.push_back(id.to_owned());
    }

    /// Stops everything and removes the stores.
    pub(crate) fn stop(self) {
        let World { runtime, requests, stop, work, node: (membership, store), .. } = self;
        runtime.block_on(async {
            requests.stop(GRACE).await;
            stop.cancel();
            work.join_all().await;
            membership.leave().await;
            store.close().await;
        });
    }
}

fn is_id(name: &str) -> bool {
    ["id", "ref", "eventId", "taskId", "refId", "executionId", "pipelineConfigId"].contains(&name)
}

async fn read(body: Body) -> Vec<u8> {
    match body.collect().await {
        Ok(body) => body.to_bytes().into(),
        Err(error) => panic!("an answer breaks off: {error}"),
    }
}

/// Services that are being started.
struct Started {
    apis: Vec<(Vec<Endpoint>, Router)>,
    requests: RequestTasks,
    stop: CancellationToken,
    work: JoinSet<()>,
}

impl Started {
    async fn new(folder: &TempDir) -> (Started, (Membership, Arc<SqlStore>)) {
        let clock: SharedClock = Arc::new(SystemClock);
        let file = folder.path().join("store.db");
        let store = SqlStore::open_sqlite(&file, clock.clone(), Default::default()).await.expect("a store");
        let store = Arc::new(store);
        let registration = Registration { node: "fuzz".to_owned(), address: String::new(), format: 1 };
        let membership =
            Membership::join(store.clone(), registration, Default::default(), clock).await.expect("a lease");
        let standing = membership.standing();
        let clock: SharedClock = Arc::new(standing.clone());
        let (requests, stop, work) = (RequestTasks::default(), CancellationToken::new(), JoinSet::new());
        let mut started = Started { apis: Vec::new(), requests, stop, work };
        let lines = Switchboard::default();
        let clients = lines.clients(|_| Ok::<_, std::convert::Infallible>(None)).unwrap_or_else(|never| match never {});

        let objects = FolderObjects::open(folder.path().join("objects"), FolderOptions::default(), clock.clone());
        let objects = Arc::new(objects.expect("a folder of objects"));
        let deps = gennaker_front50::Deps { objects, fences: store.clone(), clock: clock.clone() };
        let front50 = Front50::new(Default::default(), deps).await.expect("front50");
        lines.front50.connect(started.serve(front50.api()));
        started.run(|stop| async move { front50.run(stop).await });

        // Its agent is not there: operations are read and checked, and fail then.
        let account =
            serde_json::json!({"type": "local", "name": "local", "stateDirectory": folder.path().join("agent")});
        let fields = account.as_object().cloned().unwrap_or_default();
        let accounts = vec![AccountDefinition { name: "local".to_owned(), fields }];
        let local = Arc::new(LocalProvider::new(LocalOptions::default(), clock.clone()));
        let artifacts = ArtifactDeps {
            folder: folder.path().join("artifacts"),
            clock: clock.clone(),
            front50: clients.front50.clone(),
        };
        let deps = gennaker_clouddriver::Deps {
            store: store.clone(),
            owner: standing.owners(),
            clock: clock.clone(),
            providers: vec![local.clone()],
            // Without accounts that go out.
            artifacts: Artifacts::new(&Default::default(), artifacts),
            front50: clients.front50.clone(),
            accounts: watch::Sender::new(Arc::new(accounts)).subscribe(),
        };
        let clouddriver = Clouddriver::new(&Default::default(), deps);
        lines.clouddriver.connect(started.serve(clouddriver.api()));
        started.run(|stop| async move { clouddriver.run(stop).await });
        started.run(|stop| async move { local.run(stop).await });

        let stages = gennaker_orca_stages::Options { urls: no_address(), ..Default::default() };
        let rules = UrlRules::new(&no_address()).expect("rules");
        let deps = engine::Deps {
            store: store.clone(),
            owner: standing.owners(),
            clock: clock.clone(),
            catalogue: Arc::new(Catalogue::new(&stages).expect("a catalogue")),
            clients: clients.clone(),
            outbound: Outbound::new(outbound::Options { rules, ..Default::default() }).expect("an outbound"),
        };
        let orca = Orca::new(&Default::default(), deps);
        lines.orca.connect(started.serve(orca.api()));
        started.run(|stop| async move { orca.run(stop).await });

        let options = gennaker_echo::Options {
            front50: Front50Options { polling_interval_ms: 500 },
            ..gennaker_echo::Options::default()
        };
        let cluster = Some(gennaker_echo::Cluster { store: store.clone(), owner: standing.owners() });
        let echo = Echo::new(options, gennaker_echo::Deps { clients: clients.clone(), clock, cluster });
        lines.echo.connect(started.serve(echo.api()));
        started.run(|stop| async move { echo.run(stop).await });

        let gate = Gate::new(Default::default(), clients);
        let _ = started.serve(gate.api());
        started.run(|stop| async move { gate.run(stop).await });
        (started, (membership, store))
    }

    fn serve(&mut self, api: Api) -> Router {
        let endpoints = api.endpoints().to_vec();
        let router = api.into_service((), GuardOptions { tasks: self.requests.clone(), ..GuardOptions::default() });
        self.apis.push((endpoints, router.clone()));
        router
    }

    fn run<F: Future<Output = ()> + Send + 'static>(&mut self, work: impl FnOnce(CancellationToken) -> F) {
        self.work.spawn(work(self.stop.clone()));
    }
}

/// Rules that refuse every address before its name is looked up.
fn no_address() -> UrlRuleOptions {
    UrlRuleOptions { allowed_schemes: Vec::new(), ..UrlRuleOptions::default() }
}
