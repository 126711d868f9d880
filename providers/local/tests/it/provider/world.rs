//! A provider that follows a real agent, and what tests ask of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::{Clock as _, SystemClock};
use gennaker_provider_api::{AccountState, Error, Inventory, Journal, Outcome, Progress, Provider, Request, Result};
use gennaker_provider_local::provider::{AccountOptions, LocalProvider, Options};
use gennaker_wire::{HealthState, Operation, ServerGroup};
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::agent::{Agent, PROGRAM};

pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A provider that follows one agent as the account `test`.
pub(super) struct World {
    pub(super) provider: Arc<LocalProvider>,
    pub(super) agent: Agent,
    shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
}

impl World {
    pub(super) async fn start() -> World {
        World::start_with(|provider| provider).await
    }

    /// The same with a provider that is furnished further.
    pub(super) async fn start_with(furnished: impl FnOnce(LocalProvider) -> LocalProvider) -> World {
        let agent = Agent::start().await;
        let account = AccountOptions {
            name: agent.client.health().await.expect("it answers").account,
            state_directory: agent.folder().to_owned(),
            environment: Some("qa".to_owned()),
        };
        let provider = LocalProvider::new(Options { accounts: vec![account] }, Arc::new(SystemClock));
        let provider = Arc::new(furnished(provider));
        let shutdown = CancellationToken::new();
        let (running, token) = (provider.clone(), shutdown.clone());
        let running = Some(tokio::spawn(async move { running.run(token).await }));
        let world = World { provider, agent, shutdown, running };
        world.until("the account is well", |state| state.account.problem.is_none()).await;
        world
    }

    pub(super) fn account(&self) -> String {
        self.provider.accounts().borrow()[0].account.name.clone()
    }

    pub(super) fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        self.provider.accounts().borrow()[0].inventory.clone()
    }

    /// Waits until the account is so.
    pub(super) async fn until(&self, what: &str, is: impl Fn(&AccountState) -> bool) {
        let mut accounts = self.provider.accounts();
        let wait = accounts.wait_for(|accounts| is(&accounts[0]));
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}")).expect("it lives");
    }

    /// The server group, once it is so.
    pub(super) async fn group_when(&self, name: &str, is: impl Fn(&ServerGroup) -> bool) -> ServerGroup {
        let mut inventory = self.inventory();
        let wait = inventory.wait_for(|inventory| inventory.server_group("local", name).is_some_and(&is));
        let found = tokio::time::timeout(PATIENCE, wait).await.expect("it gets there").expect("it lives");
        found.server_group("local", name).expect("it was there").clone()
    }

    pub(super) fn operation(&self, name: &str, description: Value) -> Operation {
        let Value::Object(mut description) = description else { panic!("an object") };
        description.entry("account").or_insert_with(|| self.account().into());
        Operation { name: name.to_owned(), description }
    }

    pub(super) async fn run(&self, request: &str, epoch: u64, notes: &Notes, operation: Operation) -> Result<Outcome> {
        let request = Request { request_id: request.to_owned(), fence: format!("T/{epoch}"), operation };
        Provider::run(&*self.provider, &request, notes).await
    }

    /// Runs an operation that is expected to succeed, under a request id of its own.
    pub(super) async fn done(&self, name: &str, description: Value) -> Outcome {
        let request = gennaker_base::id::generate(SystemClock.now());
        let operation = self.operation(name, description);
        self.provider.validate(&operation).await.expect("it is valid");
        self.run(&request, 1, &Notes::default(), operation).await.expect("it succeeds")
    }

    pub(super) async fn refused(&self, name: &str, description: Value) -> Error {
        let request = gennaker_base::id::generate(SystemClock.now());
        let operation = self.operation(name, description);
        self.run(&request, 1, &Notes::default(), operation).await.expect_err("it is refused")
    }

    pub(super) async fn end(mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.expect("every follower ends");
        }
    }
}

/// A journal in memory, kept over the runs of one operation.
#[derive(Default)]
pub(super) struct Notes {
    decided: Mutex<BTreeMap<String, Value>>,
    lines: Mutex<Vec<String>>,
}

#[async_trait]
impl Journal for Notes {
    async fn status(&self, progress: Progress) -> Result<()> {
        self.lines.lock().expect("no panic").push(progress.status);
        Ok(())
    }

    async fn decide(&self, key: &str, value: Value) -> Result<Value> {
        Ok(self.decided.lock().expect("no panic").entry(key.to_owned()).or_insert(value).clone())
    }

    fn decided(&self, key: &str) -> Option<Value> {
        self.decided.lock().expect("no panic").get(key).cloned()
    }
}

/// What describes a server group of the test program.
pub(super) fn serve(extra: Value) -> Value {
    let mut description = json!({
        "application": "shop", "stack": "web", "command": PROGRAM, "arguments": ["serve", "1"],
        "loadBalancers": ["shop-front"], "healthCheck": {"type": "http", "path": "/health", "intervalMs": 50},
    });
    let fields = description.as_object_mut().expect("an object");
    fields.extend(extra.as_object().expect("an object").clone());
    description
}

/// The states of its instances by that source of health.
pub(super) fn states(group: &ServerGroup, kind: &str) -> Vec<HealthState> {
    let health = group.instances.iter().flat_map(|instance| &instance.health);
    health.filter(|health| health.kind == kind).map(|health| health.state).collect()
}
