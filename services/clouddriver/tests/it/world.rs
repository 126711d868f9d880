//! Nodes of clouddriver on one database file, each in a runtime of its own so that it can be killed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::body::Body;
use gennaker_base::SystemClock;
use gennaker_clients::Front50Client;
use gennaker_clouddriver::{
    Clouddriver, Deps, Options,
    artifacts::{ArtifactDeps, ArtifactOptions, Artifacts},
};
use gennaker_http::{GuardOptions, Transport, TransportOptions};
use gennaker_store::{Nodes, Owner, Registration};
use gennaker_store_sql::SqlStore;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tokio::{runtime::Runtime, sync::watch};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::{cloud::Cloud, front50::Front50};

/// Longer than any lease of these tests needs to live.
const TTL: Duration = Duration::from_secs(600);
/// When a test that waits gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A database and a cloud.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) front50: Front50,
}

/// A node.
pub(crate) struct Node {
    runtime: Option<Runtime>,
    router: axum::Router,
    service: Clouddriver,
    store: Arc<SqlStore>,
    owner: watch::Sender<Option<Owner>>,
    shutdown: CancellationToken,
}

/// What a node answers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("accounts")).expect("a folder");
        World { folder, cloud: Cloud::new(), front50: Front50::default() }
    }

    /// The folder whose files define accounts.
    pub(crate) fn accounts(&self) -> PathBuf {
        self.folder.path().join("accounts")
    }

    /// Starts a node of that name. A living node of the same name loses its lease.
    pub(crate) async fn node(&self, name: &str) -> Node {
        let node = self.idle_node().await;
        node.join(name).await;
        node
    }

    /// Starts a node that has no lease yet, and knows all accounts.
    pub(crate) async fn idle_node(&self) -> Node {
        let node = self.stopped_node().await;
        node.run();
        let known = async {
            while node.get("/credentials/none").await.status != StatusCode::NOT_FOUND {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, known).await.expect("it reads its accounts");
        node
    }

    /// A node that answers, and does nothing by itself yet.
    pub(crate) async fn stopped_node(&self) -> Node {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (path, cloud) = (self.folder.path().join("store.db"), self.cloud.clone());
        let front50 = self.front50.clone();
        let started = runtime.spawn(async move { start(&path, cloud, front50).await });
        let (store, owner, service) = started.await.expect("it starts");
        let router = service.api().into_service((), GuardOptions::default());
        Node { runtime: Some(runtime), router, service, store, owner, shutdown: CancellationToken::new() }
    }
}

/// What fetches artifacts, with a front50 that is that router.
pub(crate) fn artifacts(folder: &Path, options: &ArtifactOptions, front50: axum::Router) -> Artifacts {
    let front50 = Front50Client::new(Transport::in_process("front50", front50, TransportOptions::default()));
    Artifacts::new(options, ArtifactDeps { folder: folder.to_owned(), clock: Arc::new(SystemClock), front50 })
}

type Started = (Arc<SqlStore>, watch::Sender<Option<Owner>>, Clouddriver);

async fn start(path: &Path, cloud: Arc<Cloud>, front50: Front50) -> Started {
    let store = SqlStore::open_sqlite(path, Arc::new(SystemClock), gennaker_store_sql::Options::default()).await;
    let store = Arc::new(store.expect("a store"));
    let owner = watch::Sender::new(None);
    let deps = Deps {
        store: store.clone(),
        owner: owner.subscribe(),
        clock: Arc::new(SystemClock),
        providers: vec![cloud.clone()],
        front50: front50.client(),
        artifacts: artifacts(&path.with_file_name("artifacts"), &ArtifactOptions::default(), axum::Router::new()),
        accounts: cloud.configured.subscribe(),
    };
    let folder = path.with_file_name("accounts");
    let options =
        Options { refresh_wait_ms: 100, good_after_ms: 0, accounts_folder: Some(folder), ..Options::default() };
    let service = Clouddriver::new(&options, deps);
    (store, owner, service)
}

impl Node {
    /// Runs operations and keeps accounts from now on.
    pub(crate) fn run(&self) {
        let (running, token) = (self.service.clone(), self.shutdown.clone());
        self.runtime.as_ref().expect("it lives").spawn(async move { running.run(token).await });
    }

    /// Takes a lease under that name, with a new epoch.
    pub(crate) async fn join(&self, name: &str) -> u64 {
        let registration = Registration { node: name.to_owned(), address: String::new(), format: 1 };
        let epoch = self.store.join(&registration, TTL).await.expect("it joins");
        self.owner.send_replace(Some(Owner { node: name.to_owned(), epoch }));
        epoch.0
    }

    /// Ends all that it does at once, as a kill does; its lease lives on.
    pub(crate) fn kill(mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request = request.body(body).expect("a request");
        // In the node's own runtime, where its handlers live.
        let answered = self.router.clone().oneshot(request);
        let runtime = self.runtime.as_ref().expect("it lives");
        let response = runtime.spawn(answered).await.expect("it answers").expect("it answers");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[], body).await
    }

    /// Submits and returns the task's id.
    pub(crate) async fn submit(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        assert_eq!(answer.body["resourceUri"], format!("/task/{id}"));
        id
    }

    /// The task, once `done` is true of it.
    pub(crate) async fn task_when(&self, id: &str, done: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                let answer = self.get(&format!("/task/{id}?waitMs=1000")).await;
                assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
                if done(&answer.body) {
                    return answer.body;
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the task gets there")
    }

    /// The task once it is over.
    pub(crate) async fn over(&self, id: &str) -> Value {
        self.task_when(id, |task| task["status"]["completed"] == true).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.shutdown.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The status lines of a task.
pub(crate) fn lines(task: &Value) -> Vec<String> {
    let history = task["history"].as_array().cloned().unwrap_or_default();
    history.iter().filter_map(|line| line["status"].as_str().map(str::to_owned)).collect()
}
