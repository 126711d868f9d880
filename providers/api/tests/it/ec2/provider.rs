//! The provider: accounts that come and go, one clock, one toy cloud.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api::{
    AccountDefinition, AccountState, Error, ImageQuery, Journal, Outcome, Provider, RefreshScope, Refreshed, Request,
    Result,
};
use gennaker_wire::{Image, Operation, Plan, ScalingActivity};
use tokio::sync::watch;

use super::{
    account::{Ec2Account, Purpose, transient},
    client::Toy,
    description::{NAMES, Parsed},
    operations, view,
};

/// The provider `aws` of a toy cloud.
pub(crate) struct Ec2Provider {
    cloud: BTreeMap<String, Arc<Toy>>,
    accounts: watch::Sender<BTreeMap<String, Arc<Ec2Account>>>,
    states: watch::Sender<Arc<Vec<AccountState>>>,
}

impl Ec2Provider {
    pub(crate) fn new(cloud: &[(&str, Arc<Toy>)]) -> Self {
        Ec2Provider {
            cloud: cloud.iter().map(|(region, toy)| ((*region).to_owned(), toy.clone())).collect(),
            accounts: watch::Sender::default(),
            states: watch::Sender::default(),
        }
    }

    /// Leaves so many requests in an account's budget.
    pub(crate) fn set_budget(&self, account: &str, requests: i64) {
        self.account(account).expect("it is there").set_budget(requests);
    }

    fn account(&self, name: &str) -> Result<Arc<Ec2Account>> {
        let found = self.accounts.borrow().get(name).cloned();
        found.ok_or_else(|| Error::new(Kind::NotFound, format!("there is no account {name}")))
    }

    fn publish(&self) {
        let accounts = self.accounts.borrow().clone();
        let state = |account: &Arc<Ec2Account>| AccountState {
            account: account.account(account.inventory.borrow().freshness.problem.clone()),
            inventory: account.inventory.subscribe(),
        };
        self.states.send_replace(Arc::new(accounts.values().map(state).collect()));
    }
}

#[async_trait]
impl Provider for Ec2Provider {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        self.states.subscribe()
    }

    fn check_account(&self, definition: &AccountDefinition) -> Result<()> {
        Ec2Account::new(definition, &self.cloud).map(drop)
    }

    fn put_account(&self, definition: &AccountDefinition) -> Result<()> {
        if self.account(&definition.name).is_ok_and(|known| known.definition == *definition) {
            return Ok(());
        }
        let account = Arc::new(Ec2Account::new(definition, &self.cloud)?);
        self.accounts.send_modify(|accounts| drop(accounts.insert(definition.name.clone(), account)));
        self.publish();
        Ok(())
    }

    fn remove_account(&self, name: &str) {
        self.accounts.send_modify(|accounts| drop(accounts.remove(name)));
        self.publish();
    }

    async fn refresh(&self, scope: &RefreshScope) -> Result<Refreshed> {
        let account = self.account(&scope.account)?;
        for region in account.clients.keys().filter(|region| scope.region.as_ref().is_none_or(|only| only == *region)) {
            account.look(region, Timestamp::from_millis(9)).await?;
        }
        Ok(Refreshed::Done)
    }

    fn operations(&self) -> &'static [&'static str] {
        &NAMES
    }

    async fn validate(&self, operation: &Operation) -> Result<()> {
        self.account(Parsed::read(operation)?.account()).map(drop)
    }

    async fn plan(&self, operation: &Operation, _before: &[Operation]) -> Result<Plan> {
        let parsed = Parsed::read(operation)?;
        let plan = operations::plan(&*self.account(parsed.account())?, &parsed)?;
        Ok(Plan { kind: Some(operation.name.clone()), ..plan })
    }

    async fn run(&self, request: &Request, journal: &dyn Journal) -> Result<Outcome> {
        let parsed = Parsed::read(&request.operation)?;
        operations::run(&*self.account(parsed.account())?, parsed, request, journal).await
    }

    /// There are too many images to hold: EC2 is asked.
    async fn images(&self, query: &ImageQuery) -> Result<Vec<Image>> {
        let accounts = self.accounts.borrow().clone();
        let mut images = Vec::new();
        for (name, account) in
            accounts.iter().filter(|(name, _)| query.account.as_ref().is_none_or(|only| only == *name))
        {
            for (region, client) in &account.clients {
                account.spend(Purpose::Looking)?;
                let amis = client.describe_images(query.text.as_deref().unwrap_or("*")).await.map_err(transient)?;
                images
                    .extend(amis.iter().map(|ami| view::image(name, region, ami)).filter(|image| query.matches(image)));
            }
        }
        Ok(images)
    }

    async fn console_output(&self, _account: &str, _region: &str, instance: &str, _bytes: u64) -> Result<String> {
        Ok(format!("[    0.000000] {instance} boots"))
    }

    async fn scaling_activities(&self, account: &str, region: &str, group: &str) -> Result<Vec<ScalingActivity>> {
        let account = self.account(account)?;
        account.spend(Purpose::Looking)?;
        let activities = account.client(region)?.describe_scaling_activities(group).await.map_err(transient)?;
        Ok(activities.iter().map(view::activity).collect())
    }
}
