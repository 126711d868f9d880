//! A cloud that writes down what it is asked, and does what the description says.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api::{
    AccountDefinition, AccountState, Error, Inventory, Journal, LogFrom, LogPiece, Outcome, Progress, Provider,
    Request, Result,
};
use gennaker_wire::{Account, HealthState, Object, ObjectExt, Operation, Plan, Planned, ScalingActivity, ServerGroup};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{sky, world::PATIENCE};

/// One call of [`Provider::run`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) operation: String,
    pub(crate) request_id: String,
    pub(crate) fence: String,
}

/// The cloud `sky` with the accounts `test` and `broken`.
///
/// A description may hold `hold` (wait until [`Cloud::release`]), `fail` (the kind of failure, until
/// [`Cloud::heal`]), `panic`, and `wrong` (a text that validation finds).
pub(crate) struct Cloud {
    accounts: watch::Sender<Arc<Vec<AccountState>>>,
    pub(crate) configured: watch::Sender<Arc<Vec<AccountDefinition>>>,
    defined: Mutex<BTreeMap<String, AccountDefinition>>,
    inventories: Vec<watch::Sender<Arc<Inventory>>>,
    ran: Mutex<Vec<Ran>>,
    decided: watch::Sender<Vec<Value>>,
    names: AtomicU32,
    held: watch::Sender<bool>,
    log: watch::Sender<String>,
    healthy: watch::Sender<bool>,
}

impl Cloud {
    pub(crate) fn new() -> Arc<Self> {
        let known = sky::inventory();
        let unknown = Inventory { account: "broken".to_owned(), ..Inventory::default() };
        let inventories = [known, unknown].map(|inventory| watch::Sender::new(Arc::new(inventory)));
        let state = |inventory: &watch::Sender<Arc<Inventory>>| {
            let name = inventory.borrow().account.clone();
            let problem = (name == "broken").then(|| "its agent does not answer".to_owned());
            let (kind, cloud_provider) = ("sky".to_owned(), "sky".to_owned());
            let account = Account { name, kind, cloud_provider, problem, enabled: true, ..Account::default() };
            AccountState { account, inventory: inventory.subscribe() }
        };
        let accounts = watch::Sender::new(Arc::new(inventories.iter().map(state).collect()));
        Arc::new(Cloud {
            accounts,
            configured: watch::Sender::default(),
            defined: Mutex::default(),
            inventories: inventories.into(),
            ran: Mutex::default(),
            decided: watch::Sender::default(),
            names: AtomicU32::default(),
            held: watch::Sender::new(true),
            log: watch::Sender::new("one\n".to_owned()),
            healthy: watch::Sender::new(false),
        })
    }

    /// Lets operations with `hold` go on.
    pub(crate) fn release(&self) {
        self.held.send_replace(false);
    }

    /// Lets operations with `fail` succeed.
    pub(crate) fn heal(&self) {
        self.healthy.send_replace(true);
    }

    /// The cloud confirms the inventory of `test` at that time.
    pub(crate) fn confirm(&self, at: Timestamp) {
        self.inventories[0].send_modify(|inventory| {
            Arc::make_mut(inventory).freshness.confirmed = Some(at);
        });
    }

    /// `shop-v001` has the one instance that it shall have, and that is up.
    pub(crate) fn serve_well(&self) {
        self.change(|inventory| {
            let group = &mut inventory.server_groups[0];
            group.capacity.desired = 1;
            group.instances[0].health_state = HealthState::Up;
        });
    }

    /// The instance of `shop-v001` is down.
    pub(crate) fn fail(&self) {
        self.change(|inventory| inventory.server_groups[0].instances[0].health_state = HealthState::Down);
    }

    /// A newer server group of the same cluster is there, without instances.
    pub(crate) fn follow_with(&self, name: &str) {
        self.change(|inventory| {
            let first = &inventory.server_groups[0];
            let newer = ServerGroup {
                name: name.to_owned(),
                instances: Vec::new(),
                created_time: Some(Timestamp::from_millis(9)),
                ..first.clone()
            };
            inventory.server_groups.push(newer);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Inventory)) {
        self.inventories[0].send_modify(|inventory| change(Arc::make_mut(inventory)));
    }

    /// Instance `i-1` writes that.
    pub(crate) fn write(&self, text: &str) {
        self.log.send_modify(|log| log.push_str(text));
    }

    /// The definition that it has of an account.
    pub(crate) fn defined(&self, name: &str) -> Option<AccountDefinition> {
        self.defined.lock().expect("no panic").get(name).cloned()
    }

    /// The calls so far.
    pub(crate) fn ran(&self) -> Vec<Ran> {
        self.ran.lock().expect("no panic").clone()
    }

    /// The names that calls went on with, once there are so many.
    pub(crate) async fn decided(&self, number: usize) -> Vec<Value> {
        let mut decided = self.decided.subscribe();
        let wait = decided.wait_for(|decided| decided.len() == number);
        let decided = tokio::time::timeout(PATIENCE, wait).await.expect("the cloud gets there");
        decided.expect("the sender lives").clone()
    }
}

#[async_trait]
impl Provider for Cloud {
    fn name(&self) -> &'static str {
        "sky"
    }

    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        self.accounts.subscribe()
    }

    fn check_account(&self, definition: &AccountDefinition) -> Result<()> {
        match definition.fields.text("wrong") {
            Some(finding) => Err(Error::new(Kind::Invalid, finding)),
            None => Ok(()),
        }
    }

    fn put_account(&self, definition: &AccountDefinition) -> Result<()> {
        self.check_account(definition)?;
        let before = self.defined.lock().expect("no panic").insert(definition.name.clone(), definition.clone());
        if before.as_ref() == Some(definition) {
            return Ok(());
        }
        let inventory = Inventory { account: definition.name.clone(), ..Inventory::default() };
        let account = Account {
            name: definition.name.clone(),
            kind: "sky".to_owned(),
            cloud_provider: "sky".to_owned(),
            environment: definition.fields.text("environment").unwrap_or_default(),
            enabled: true,
            ..Account::default()
        };
        let inventory = watch::Sender::new(Arc::new(inventory)).subscribe();
        self.accounts.send_modify(|accounts| {
            let others = accounts.iter().filter(|other| other.account.name != definition.name).cloned();
            *accounts = Arc::new(others.chain([AccountState { account, inventory }]).collect());
        });
        Ok(())
    }

    fn remove_account(&self, name: &str) {
        self.defined.lock().expect("no panic").remove(name);
        self.accounts.send_modify(|accounts| {
            let others = accounts.iter().filter(|other| other.account.name != name).cloned();
            *accounts = Arc::new(others.collect());
        });
    }

    fn operations(&self) -> &'static [&'static str] {
        &["createServerGroup", "destroyServerGroup", "cancelJob"]
    }

    async fn validate(&self, operation: &Operation) -> Result<()> {
        let account = operation.description.text("account").unwrap_or_default();
        if account != "test" {
            return Err(Error::new(Kind::NotFound, format!("there is no account {account:?}")));
        }
        match operation.description.text("wrong") {
            Some(finding) => Err(Error::new(Kind::Invalid, finding)),
            None => Ok(()),
        }
    }

    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome> {
        let Operation { name, description } = &request.operation;
        let ran = Ran { operation: name.clone(), request_id: request.request_id.clone(), fence: request.fence.clone() };
        self.ran.lock().expect("no panic").push(ran);
        let next = format!("shop-v{:03}", self.names.fetch_add(1, Ordering::SeqCst));
        let decided = journal.decide("name", json!(next)).await?;
        assert_eq!(journal.decided("name").as_ref(), Some(&decided));
        journal.status(Progress { phase: "DEPLOY", status: format!("Working on {decided}") }).await?;
        self.decided.send_modify(|all| all.push(decided.clone()));
        if description.contains_key("hold") {
            let mut held = self.held.subscribe();
            held.wait_for(|held| !held).await.expect("the sender lives");
        }
        assert!(!description.contains_key("panic"), "a defect of the cloud");
        if let Some(kind) = description.typed::<Kind>("fail").filter(|_| !*self.healthy.borrow()) {
            return Err(Error::new(kind, "the cloud is grey").with_details("the last log line"));
        }
        let mut outcome = Outcome::default();
        outcome.result.insert("serverGroupNames".to_owned(), json!([decided]));
        Ok(outcome)
    }

    async fn console_output(&self, _account: &str, _region: &str, instance: &str, _bytes: u64) -> Result<String> {
        match instance {
            "i-1" => Ok("hello".to_owned()),
            other => Err(Error::new(Kind::NotFound, format!("there is no instance {other}"))),
        }
    }

    async fn plan(&self, operation: &Operation, _before: &[Operation]) -> Result<Plan> {
        let change = Plan { of: Planned::Change, name: Some("server group shop-v002".to_owned()), ..Plan::default() };
        Ok(Plan { of: Planned::Operation, kind: Some(operation.name.clone()), steps: vec![change], ..Plan::default() })
    }

    async fn log(&self, _account: &str, _region: &str, id: &str, from: LogFrom, bytes: u64) -> Result<LogPiece> {
        if id != "i-1" {
            return Err(Error::new(Kind::NotFound, format!("there is no instance {id}")));
        }
        let log = self.log.borrow().clone();
        let bytes = usize::try_from(bytes).expect("a small piece");
        let start = match from {
            LogFrom::End => log.len().saturating_sub(bytes),
            LogFrom::Position(start) => usize::try_from(start).expect("a small log").min(log.len()),
        };
        let end = (start + bytes).min(log.len());
        let (text, ended) = (log[start..end].to_owned(), log.ends_with("bye\n") && end == log.len());
        Ok(LogPiece { text, start: start as u64, next: end as u64, ended })
    }

    async fn job_file(&self, _account: &str, _location: &str, job: &str, file: &str) -> Result<Object> {
        match (job, file) {
            ("j-1", "out.json") => Ok(json!({"colour": "blue"}).as_object().cloned().expect("an object")),
            _ => Err(Error::new(Kind::NotFound, format!("job {job} left no file {file}"))),
        }
    }

    async fn scaling_activities(&self, _: &str, region: &str, group: &str) -> Result<Vec<ScalingActivity>> {
        let description = format!("Replacing an instance of {group} in {region}");
        Ok(vec![ScalingActivity { activity_id: "a-1".to_owned(), description, ..ScalingActivity::default() }])
    }
}
