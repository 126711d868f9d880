//! A node of orca on a SQLite file; a second one on the same file is another node.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use gennaker_base::SystemClock;
use gennaker_clients::{Caller, Clients, ClouddriverClient, Front50Client, OrcaClient, Transport};
use gennaker_cluster::Membership;
use gennaker_http::TransportOptions;
use gennaker_orca::{Options, Orca, engine::Deps};
use gennaker_orca_stages::{
    Catalogue, ComposeContext, Composition, Next, StageDefinition, Task, TaskContext, TaskError, TaskResult,
    TaskTemplate,
};
use gennaker_store::{Registration, SharedStore};
use gennaker_store_sql::SqlStore;
use gennaker_wire::{Execution, Object, Status};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What the `record` task was asked to do: request id and fence, in order.
pub(crate) type Calls = Arc<Mutex<Vec<(String, String)>>>;

/// One node.
pub(crate) struct World {
    pub(crate) orca: Orca,
    pub(crate) store: SharedStore,
    pub(crate) calls: Calls,
    stop: CancellationToken,
    driver: Option<JoinHandle<()>>,
    _membership: Membership,
}

impl World {
    /// Starts a node called `node` on the store in `folder`, with the standard stages and `record` (which notes its call,
    /// and goes on until the context says `done`).
    pub(crate) async fn start(folder: &Path, node: &str, options: &Options) -> World {
        let clock = Arc::new(SystemClock);
        let store = SqlStore::open_sqlite(&folder.join("store.db"), clock.clone(), Default::default()).await;
        let store = Arc::new(store.expect("the store opens"));
        let registration = Registration { node: node.to_owned(), address: String::new(), format: 1 };
        let cluster = gennaker_cluster::Options {
            ttl: Duration::from_secs(3),
            renew_every: Duration::from_millis(300),
            margin: Duration::from_secs(1),
        };
        let membership = Membership::join(store.clone(), registration, cluster, clock.clone()).await.expect("it joins");
        let calls = Calls::default();
        let mut catalogue = Catalogue::standard();
        catalogue.add_stage(RecordStage);
        catalogue.add_task(RecordTask { calls: calls.clone() });
        let nowhere = |name| Transport::in_process(name, axum::Router::new(), TransportOptions::default());
        let clients = Clients {
            front50: Front50Client::new(nowhere("front50")),
            orca: OrcaClient::new(nowhere("orca")),
            clouddriver: ClouddriverClient::new(nowhere("clouddriver")),
        };
        let deps = Deps {
            store: store.clone(),
            owner: membership.standing().owners(),
            clock,
            catalogue: Arc::new(catalogue),
            clients,
        };
        let orca = Orca::new(options, deps);
        let stop = CancellationToken::new();
        let driver = tokio::spawn({
            let (orca, stop) = (orca.clone(), stop.clone());
            async move { orca.run(stop).await }
        });
        World { orca, store, calls, stop, driver: Some(driver), _membership: membership }
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
        let transport = self.transport();
        let pipeline = json!({ "application": "shop", "name": "deploy", "id": "config", "stages": stages });
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

    /// Waits until the execution is over.
    pub(crate) async fn ended(&self, id: &str) -> Execution {
        self.until(id, |execution| execution.status.is_complete()).await
    }
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
        Ok(match context.view.context().get("done") {
            Some(_) => TaskResult::ended(Status::Succeeded).with_output("told", "yes"),
            None => TaskResult::running(Next::OnChange),
        })
    }
}
