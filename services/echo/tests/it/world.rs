//! echo with a front50 on a folder and an orca on a file, all in this process.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{Router, body::Body};
use gennaker_base::{Clock, SharedClock, SystemClock, Timestamp};
use gennaker_clients::{Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient};
use gennaker_cluster::Membership;
use gennaker_echo::{Cluster, Deps, Echo, Front50Options, Options, OrcaOptions, SchedulerOptions};
use gennaker_front50::Front50;
use gennaker_http::{Transport, TransportOptions, outbound::Outbound};
use gennaker_objects::{FolderObjects, FolderOptions};
use gennaker_orca::Orca;
use gennaker_orca_stages::Catalogue;
use gennaker_store::{Registration, SharedStore};
use gennaker_store_sql::SqlStore;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::peers::Peer;

/// Who asks in all tests.
pub(crate) const USER: &str = "tester@example.com";

/// An install of three services.
pub(crate) struct World {
    pub(crate) echo: Router,
    pub(crate) orca: Router,
    pub(crate) front50: Router,
    /// What stands before front50 and orca, so that they can be unreachable.
    pub(crate) before_front50: Peer,
    pub(crate) before_orca: Peer,
    pub(crate) before_echo: Peer,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    membership: Membership,
    store: Arc<SqlStore>,
}

/// A clock that is ahead.
struct Ahead(Duration);

#[async_trait]
impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        SystemClock.now().after(self.0)
    }

    async fn sleep_until(&self, due: Timestamp) {
        let by = i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX);
        SystemClock.sleep_until(Timestamp::from_millis(due.millis().saturating_sub(by))).await;
    }
}

/// Settings for tests: pipelines are read often, and starts are given up soon.
pub(crate) fn options() -> Options {
    Options {
        front50: Front50Options { polling_interval_ms: 50 },
        orca: OrcaOptions {
            pipeline_initiator_retry_count: 2,
            pipeline_initiator_retry_delay_millis: 150,
            ..OrcaOptions::default()
        },
        scheduler: SchedulerOptions { enabled: false, ..SchedulerOptions::default() },
        ..Options::default()
    }
}

/// Waits until `holds` says so.
pub(crate) async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to that");
}

impl World {
    pub(crate) async fn start(folder: &TempDir) -> World {
        World::start_with(folder.path(), "one", options()).await
    }

    pub(crate) async fn start_with(folder: &Path, node: &str, options: Options) -> World {
        World::start_later(folder, node, options, Duration::ZERO).await
    }

    /// A node whose clock is so far ahead.
    pub(crate) async fn start_later(folder: &Path, node: &str, options: Options, ahead: Duration) -> World {
        World::start_all(folder, node, options, ahead, &gennaker_orca::Options::default()).await
    }

    /// The same, with settings for orca.
    pub(crate) async fn start_all(
        folder: &Path,
        node: &str,
        options: Options,
        ahead: Duration,
        orca: &gennaker_orca::Options,
    ) -> World {
        let clock: SharedClock = Arc::new(Ahead(ahead));
        let store = SqlStore::open_sqlite(&folder.join("store.db"), clock.clone(), Default::default()).await;
        let store = Arc::new(store.expect("the store opens"));
        let registration = Registration { node: node.to_owned(), address: String::new(), format: 1 };
        let membership = Membership::join(store.clone(), registration, Default::default(), clock.clone()).await;
        let membership = membership.expect("it joins");
        let objects = FolderObjects::open(folder.join("objects"), FolderOptions::default(), clock.clone());
        let objects = Arc::new(objects.expect("the folder opens"));
        let deps = gennaker_front50::Deps { objects, fences: store.clone(), clock: clock.clone() };
        let front50 = Front50::new(Default::default(), deps).await.expect("front50 starts");
        let front50_router = front50.api().into_service((), Default::default());
        let (before_front50, before_orca, before_echo) =
            (Peer::before(front50_router.clone()), Peer::default(), Peer::default());
        let way = |name, peer: &Peer| Transport::in_process(name, peer.router(), TransportOptions::default());
        let clients = Clients {
            front50: Front50Client::new(way("front50", &before_front50)),
            orca: OrcaClient::new(way("orca", &before_orca)),
            clouddriver: ClouddriverClient::new(way("clouddriver", &Peer::default())),
            echo: EchoClient::new(way("echo", &before_echo)),
        };
        let shared: SharedStore = store.clone();
        let deps = gennaker_orca::engine::Deps {
            store: shared.clone(),
            owner: membership.standing().owners(),
            clock: clock.clone(),
            catalogue: Arc::new(Catalogue::standard()),
            clients: clients.clone(),
            outbound: Outbound::new(Default::default()).expect("it can be made"),
        };
        let orca = Orca::new(orca, deps);
        let orca_router = orca.api().into_service((), Default::default());
        before_orca.is(orca_router.clone());
        let cluster = Some(Cluster { store: shared, owner: membership.standing().owners() });
        let echo = Echo::new(options, Deps { clients, clock, cluster });
        let echo_router = echo.api().into_service((), Default::default());
        before_echo.is(echo_router.clone());
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let (front50_stop, orca_stop, echo_stop) = (stop.clone(), stop.clone(), stop.clone());
        tasks.spawn(async move { front50.run(front50_stop).await });
        tasks.spawn(async move { orca.run(orca_stop).await });
        tasks.spawn(async move { echo.run(echo_stop).await });
        World {
            echo: echo_router,
            orca: orca_router,
            front50: front50_router,
            before_front50,
            before_orca,
            before_echo,
            stop,
            tasks,
            membership,
            store,
        }
    }

    /// The node stops, and gives up its lease.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.tasks.join_all().await;
        self.membership.leave().await;
        gennaker_store_sql::SqlStore::close(&self.store).await;
    }

    /// Saves a pipeline, and waits until echo knows it.
    pub(crate) async fn save(&self, config: Value) {
        let (status, body) = post(&self.front50, "/pipelines", &[], &config).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        let before = self.before_front50.reads();
        eventually(async || self.before_front50.reads() > before + 1).await;
    }

    /// The executions of a pipeline.
    pub(crate) async fn executions(&self, config: &str) -> Vec<Value> {
        let path = format!("/pipelines?pipelineConfigIds={config}&limit=100");
        let (status, body) = get(&self.orca, &path).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body.as_array().cloned().expect("a list")
    }

    /// Waits until the pipeline has so many executions, all of which are over.
    pub(crate) async fn ended(&self, config: &str, count: usize) -> Vec<Value> {
        let over = |execution: &Value| !execution["endTime"].is_null();
        eventually(async || {
            let found = self.executions(config).await;
            found.len() >= count && found.iter().all(over)
        })
        .await;
        let found = self.executions(config).await;
        assert_eq!(found.len(), count, "{found:?}");
        found
    }
}

/// A pipeline that computes something.
pub(crate) fn pipeline(id: &str, fields: Value) -> Value {
    let mut config = json!({
        "id": id, "name": format!("pipe {id}"), "application": "shop",
        "stages": [{"refId": "1", "type": "evaluateVariables", "name": "v", "requisiteStageRefIds": [], "variables": []}],
    });
    config.as_object_mut().expect("an object").extend(fields.as_object().cloned().expect("an object"));
    config
}

/// Asks and reads the answer: JSON, or `null`.
pub(crate) async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let response = router.clone().oneshot(request).await.expect("a router never fails");
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

pub(crate) async fn get(router: &Router, path: &str) -> (StatusCode, Value) {
    ask(router, Request::get(path).body(Body::empty()).expect("a request")).await
}

pub(crate) async fn put(router: &Router, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::put(path).header("X-SPINNAKER-USER", USER).header("Content-Type", "application/json");
    ask(router, request.body(Body::from(body.to_string())).expect("a request")).await
}

pub(crate) async fn post(router: &Router, path: &str, headers: &[(&str, &str)], body: &Value) -> (StatusCode, Value) {
    let mut request = Request::post(path).header("X-SPINNAKER-USER", USER).header("Content-Type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    ask(router, request.body(Body::from(body.to_string())).expect("a request")).await
}
