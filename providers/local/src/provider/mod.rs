//! The control plane's side: an account is an agent, which this follows and asks to change things.
//!
//! Accounts come and go ([`accounts`]). One task an account follows its agent's state ([`follow`]) and keeps the account's inventory ([`view`]). Operations
//! ([`operations`]) are sent under the request id and the fence of the clouddriver task, so that a repeated one is carried
//! out once and one of a former owner is refused. Everything runs in the one region [`REGION`].

mod accounts;
mod description;
mod follow;
mod operations;
mod plan;
mod properties;
mod view;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use gennaker_base::{Kind, SharedClock, Timestamp};
use gennaker_provider_api::{
    AccountDefinition, AccountState, ArtifactSource, Error, Freshness, Inventory, Journal, LogFrom, LogPiece, Outcome,
    Provider, RefreshScope, Refreshed, Request, Result,
};
use gennaker_wire::{Account, Object, Operation, Plan, ScalingActivity};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::accounts::Accounts;
use crate::{client::Client, protocol::Snapshot};

/// The provider's name.
pub const NAME: &str = "local";
/// The one region that an account has.
pub const REGION: &str = "local";

/// So much of a job's output is searched for properties, from its end: what the agent gives at once.
const MOST_OUTPUT: u64 = 1024 * 1024;

/// The provider's accounts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The accounts, each with an agent of its own.
    pub accounts: Vec<AccountOptions>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountOptions {
    /// The name.
    pub name: String,
    /// The folder that its agent was started with; the socket is in it.
    pub state_directory: PathBuf,
    /// The environment that clients show; the name by default.
    pub environment: Option<String>,
}

/// One account at work.
struct AccountHandle {
    options: AccountOptions,
    client: Client,
    inventory: watch::Sender<Arc<Inventory>>,
}

/// The local provider.
pub struct LocalProvider {
    accounts: Accounts,
    clock: SharedClock,
    artifacts: Option<Arc<dyn ArtifactSource>>,
}

impl LocalProvider {
    /// The provider of these accounts. They have a problem until [`LocalProvider::run`] has reached their agents.
    pub fn new(options: Options, clock: SharedClock) -> Self {
        let accounts = Accounts::default();
        for account in options.accounts {
            accounts.put(account);
        }
        LocalProvider { accounts, clock, artifacts: None }
    }

    /// The same, which has artifacts that name an account fetched by that source. Without one they are refused.
    #[must_use]
    pub fn with_artifacts(self, source: Arc<dyn ArtifactSource>) -> Self {
        LocalProvider { artifacts: Some(source), ..self }
    }

    /// Follows the agents until `shutdown`.
    pub async fn run(&self, shutdown: CancellationToken) {
        self.accounts.follow(&self.clock, &shutdown).await;
    }
}

impl AccountHandle {
    /// Shows what the agent said, unless something newer is shown already.
    fn publish(&self, snapshot: &Snapshot, asked: Timestamp) {
        let freshness = Freshness { confirmed: Some(asked), problem: None };
        self.inventory.send_if_modified(|shown| {
            let known = shown.freshness.confirmed.is_some_and(|confirmed| confirmed > asked);
            if snapshot.version < shown.version {
                return false;
            }
            if snapshot.version == shown.version && shown.freshness.problem.is_none() {
                if known {
                    return false;
                }
                Arc::make_mut(shown).freshness = freshness;
            } else {
                *shown = Arc::new(view::inventory(&self.options.name, snapshot, freshness));
            }
            true
        });
    }

    /// The account as clients see it, with what is wrong with it.
    fn state(&self, problem: Option<String>) -> AccountState {
        let name = &self.options.name;
        let account = Account {
            name: name.clone(),
            kind: NAME.to_owned(),
            cloud_provider: NAME.to_owned(),
            environment: self.options.environment.clone().unwrap_or_else(|| name.clone()),
            account_type: self.options.environment.clone().unwrap_or_else(|| name.clone()),
            enabled: true,
            problem,
            other: serde_json::Map::from_iter([("regions".to_owned(), serde_json::json!([{ "name": REGION }]))]),
        };
        AccountState { account, inventory: self.inventory.subscribe() }
    }
}

#[async_trait]
impl Provider for LocalProvider {
    fn name(&self) -> &'static str {
        NAME
    }

    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        self.accounts.states()
    }

    fn check_account(&self, definition: &AccountDefinition) -> Result<()> {
        accounts::read(definition).map(drop)
    }

    fn put_account(&self, definition: &AccountDefinition) -> Result<()> {
        self.accounts.put(accounts::read(definition)?);
        Ok(())
    }

    fn remove_account(&self, name: &str) {
        self.accounts.remove(name);
    }

    async fn refresh(&self, scope: &RefreshScope) -> Result<Refreshed> {
        let account = self.accounts.named(&scope.account)?;
        let asked = self.clock.now();
        let snapshot = account.client.state().await?;
        account.publish(&snapshot, asked);
        Ok(Refreshed::Done)
    }

    fn operations(&self) -> &'static [&'static str] {
        &operations::NAMES
    }

    async fn validate(&self, operation: &Operation) -> Result<()> {
        let parsed = operations::Parsed::read(operation)?;
        self.accounts.named(parsed.account()).map(|_| ())
    }

    async fn plan(&self, operation: &Operation, before: &[Operation]) -> Result<Plan> {
        let parsed = operations::Parsed::read(operation)?;
        let agent = self.accounts.named(parsed.account())?.client.state().await?;
        // What is wrong with one of those stands in its own plan.
        let before = before.iter().filter_map(|operation| operations::Parsed::read(operation).ok());
        let before: Vec<_> = before.filter(|earlier| earlier.account() == parsed.account()).collect();
        plan::of(&parsed, &before, &agent)
    }

    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome> {
        let parsed = operations::Parsed::read(&request.operation)?;
        let account = self.accounts.named(parsed.account())?;
        operations::run(&account, self.artifacts.as_deref(), parsed, request, journal).await
    }

    async fn console_output(&self, account: &str, _region: &str, instance: &str, bytes: u64) -> Result<String> {
        let account = self.accounts.named(account)?;
        Ok(account.client.instance_log(instance, bytes).await?)
    }

    async fn log(&self, account: &str, _region: &str, id: &str, from: LogFrom, bytes: u64) -> Result<LogPiece> {
        let account = self.accounts.named(account)?;
        let from = match from {
            LogFrom::End => None,
            LogFrom::Position(position) => Some(position),
        };
        let piece = account.client.output(id, from, bytes).await?;
        Ok(LogPiece { text: piece.text, start: piece.start, next: piece.next, ended: piece.ended })
    }

    async fn scaling_activities(&self, account: &str, _region: &str, group: &str) -> Result<Vec<ScalingActivity>> {
        let account = self.accounts.named(account)?;
        Ok(view::activities(&account.client.server_group(group).await?))
    }

    async fn job_file(&self, account: &str, _location: &str, job: &str, _file: &str) -> Result<Object> {
        // Whatever the file is called: what a job leaves behind is in its output.
        let account = self.accounts.named(account)?;
        account.client.job(job).await?;
        let log = account.client.instance_log(job, MOST_OUTPUT).await?;
        properties::of_log(&log).map_err(|message| Error::new(Kind::Invalid, message))
    }
}

impl From<crate::client::Error> for Error {
    fn from(error: crate::client::Error) -> Self {
        Error::new(error.kind(), error.to_string())
    }
}
