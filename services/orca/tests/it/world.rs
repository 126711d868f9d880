//! A node of orca on a SQLite file; a second one on the same file is another node.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::{SharedClock, SystemClock};
use gennaker_clients::{Caller, Clients, ClouddriverClient, EchoClient, Front50Client, OrcaClient, Transport};
use gennaker_cluster::Membership;
use gennaker_http::{
    Line, TransportOptions,
    outbound::{self, Outbound, UrlRules},
};
use gennaker_orca::{Options, Orca, engine::Deps};
use gennaker_orca_stages::{
    Catalogue, ChangedCluster, ComposeContext, Composition, Next, Options as StageOptions, StageDefinition, StageView,
    Task, TaskContext, TaskError, TaskResult, TaskTemplate,
};
use gennaker_store::{Owner, Registration, SharedStore};
use gennaker_store_sql::SqlStore;
use gennaker_wire::{Execution, Object, ObjectExt as _, Status};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::peers::{self, Front50};

/// What the `record` task was asked to do: request id and fence, in order.
pub(crate) type Calls = Arc<Mutex<Vec<(String, String)>>>;

/// One node.
pub(crate) struct World {
    pub(crate) orca: Orca,
    pub(crate) store: SharedStore,
    /// What front50 keeps.
    pub(crate) front50: Front50,
    pub(crate) calls: Calls,
    stop: CancellationToken,
    driver: Option<JoinHandle<()>>,
    /// Whether the engine hears what becomes of its node's lease.
    hears: watch::Sender<bool>,
    _membership: Membership,
}

/// A store on the file in `folder`.
pub(crate) async fn open(folder: &Path) -> SharedStore {
    let store = SqlStore::open_sqlite(&folder.join("store.db"), Arc::new(SystemClock), Default::default()).await;
    Arc::new(store.expect("the store opens"))
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
    /// Starts a node called `node` on the store in `folder`.
    pub(crate) async fn start(folder: &Path, node: &str, options: &Options) -> World {
        World::start_on(open(folder).await, node, options).await
    }

    /// Starts a node called `node` with the standard stages and `record` (which notes its call, and goes on until the
    /// context says `done`: looking again soon if it says `poll`, otherwise when it is changed).
    pub(crate) async fn start_on(store: SharedStore, node: &str, options: &Options) -> World {
        World::start_with(store, node, options, Arc::new(SystemClock), &StageOptions::default()).await
    }

    /// The same, with a clock for the engine and settings of the stages.
    pub(crate) async fn start_with(
        store: SharedStore,
        node: &str,
        options: &Options,
        clock: SharedClock,
        stages: &StageOptions,
    ) -> World {
        let registration = Registration { node: node.to_owned(), address: String::new(), format: 1 };
        let cluster = gennaker_cluster::Options {
            ttl: Duration::from_secs(3),
            renew_every: Duration::from_millis(300),
            margin: Duration::from_secs(1),
        };
        let membership =
            Membership::join(store.clone(), registration, cluster, Arc::new(SystemClock)).await.expect("it joins");
        let (hears, may_hear) = watch::channel(true);
        let owner = forwarded(membership.standing().owners(), may_hear);
        let calls = Calls::default();
        let mut catalogue = Catalogue::new(stages).expect("sound settings");
        catalogue.add_stage(RecordStage);
        catalogue.add_task(RecordTask { calls: calls.clone() });
        let way = |name, router| Transport::in_process(name, router, TransportOptions::default());
        let (front50, itself) = (Front50::default(), Line::default());
        let clients = Clients {
            front50: Front50Client::new(way("front50", front50.router())),
            orca: OrcaClient::new(way("orca", itself.router("orca"))),
            clouddriver: ClouddriverClient::new(way("clouddriver", peers::clouddriver())),
            echo: EchoClient::new(way("echo", axum::Router::new())),
        };
        let rules = UrlRules::new(&stages.urls).expect("sound settings");
        let outbound = Outbound::new(outbound::Options { rules, ..Default::default() }).expect("it can be made");
        let deps = Deps { store: store.clone(), owner, clock, catalogue: Arc::new(catalogue), clients, outbound };
        let orca = Orca::new(options, deps);
        itself.connect(orca.api().into_service((), Default::default()));
        let stop = CancellationToken::new();
        let driver = tokio::spawn({
            let (orca, stop) = (orca.clone(), stop.clone());
            async move { orca.run(stop).await }
        });
        World { orca, store, front50, calls, stop, driver: Some(driver), hears, _membership: membership }
    }

    /// From now on the engine does not hear what becomes of its node's lease.
    pub(crate) fn hold_news(&self) {
        self.hears.send_replace(false);
    }

    /// The engine hears it again.
    pub(crate) fn release_news(&self) {
        self.hears.send_replace(true);
    }

    /// The node dies: nothing of it runs any more, and nobody is told.
    pub(crate) async fn crash(mut self) {
        self.stop.cancel();
        if let Some(driver) = self.driver.take() {
            driver.await.expect("it stops");
        }
    }

    /// Starts a pipeline.
    pub(crate) async fn begin(&self, stages: Value) -> String {
        self.begin_with(json!({}), stages).await
    }

    /// The same, with further fields of the pipeline.
    pub(crate) async fn begin_with(&self, fields: Value, stages: Value) -> String {
        let transport = self.transport();
        let mut pipeline = json!({ "application": "shop", "name": "deploy", "id": "config", "stages": stages });
        for (name, value) in fields.as_object().expect("an object") {
            pipeline[name] = value.clone();
        }
        let reference = OrcaClient::new(transport).start_pipeline(&Caller::service("ann"), &pipeline).await;
        reference.expect("it starts").trim_start_matches("/pipelines/").to_owned()
    }

    /// The service behind its guard.
    pub(crate) fn router(&self) -> axum::Router {
        self.orca.api().into_service((), Default::default())
    }

    /// The way to it.
    pub(crate) fn transport(&self) -> Transport {
        Transport::in_process("orca", self.router(), TransportOptions::default())
    }

    /// Waits until the execution is as `wanted` says, and returns it.
    pub(crate) async fn until(&self, id: &str, wanted: impl Fn(&Execution) -> bool) -> Execution {
        let mut last = None;
        for _ in 0..1500 {
            let execution = self.orca.engine().load(id).await.expect("it is there");
            if wanted(&execution) {
                return execution;
            }
            last = Some(execution);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it did not come to that: {last:#?}");
    }

    /// Waits until the execution is over. What is recorded of it makes the same execution again.
    pub(crate) async fn ended(&self, id: &str) -> Execution {
        let ended = self.until(id, |execution| execution.status.is_complete()).await;
        let (stored, replay) = self.orca.engine().replay(id, None).await.expect("it is recorded from its start");
        assert_eq!(replay.ignored, Vec::<u64>::new(), "each recorded event counts");
        let again = replay.state.to_execution();
        assert_eq!(serde_json::to_value(&stored).ok(), serde_json::to_value(&again).ok());
        crate::doctor::check_ended(self, id).await;
        ended
    }
}

/// What `from` shows, while `may_hear`.
fn forwarded(
    mut from: watch::Receiver<Option<Owner>>,
    mut may_hear: watch::Receiver<bool>,
) -> watch::Receiver<Option<Owner>> {
    let (to, owner) = watch::channel(from.borrow_and_update().clone());
    tokio::spawn(async move {
        while from.changed().await.is_ok() && may_hear.wait_for(|hears| *hears).await.is_ok() {
            to.send_replace(from.borrow_and_update().clone());
        }
    });
    owner
}

struct RecordStage;

#[async_trait]
impl StageDefinition for RecordStage {
    fn kind(&self) -> &'static str {
        "record"
    }

    fn validate(&self, _context: &Object) -> Vec<String> {
        Vec::new()
    }

    fn clusters(&self, view: &StageView) -> Vec<ChangedCluster> {
        let name = view.context().text("cluster");
        name.map(|name| ChangedCluster { account: "local".to_owned(), name }).into_iter().collect()
    }

    async fn compose(&self, _context: &ComposeContext) -> Result<Composition, TaskError> {
        Ok(Composition { tasks: vec![TaskTemplate::new("record", "test.Record")], ..Composition::default() })
    }
}

struct RecordTask {
    calls: Calls,
}

#[async_trait]
impl Task for RecordTask {
    fn class(&self) -> &'static str {
        "test.Record"
    }

    async fn step(&self, context: &TaskContext) -> Result<TaskResult, TaskError> {
        let fence = context.caller.fence.clone().unwrap_or_default();
        self.calls.lock().push((context.request_id.clone(), fence));
        let settings = context.view.context();
        let next = if settings.contains_key("poll") { Next::Soon } else { Next::OnChange };
        Ok(match settings.get("done") {
            Some(_) => TaskResult::ended(Status::Succeeded).with_output("told", "yes"),
            None => TaskResult::running(next),
        })
    }
}
