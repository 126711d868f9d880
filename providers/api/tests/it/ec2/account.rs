//! One account of the toy: several regions, each with a client; one budget of requests; a role to assume.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api::{AccountDefinition, Error, Freshness, Inventory, Result};
use gennaker_wire::{Account, Object, ObjectExt as _, ServerGroup};
use serde_json::json;
use tokio::sync::watch;

use super::{
    client::{Fault, Toy},
    view,
};

/// The part of the budget that looking leaves to operations.
const KEPT_FOR_OPERATIONS: i64 = 10;

/// What a call is for: operations may use what is left of the budget when looking may not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Looking,
    Operation,
}

/// One account.
pub(super) struct Ec2Account {
    pub(super) definition: AccountDefinition,
    pub(super) role: String,
    pub(super) clients: BTreeMap<String, Arc<Toy>>,
    pub(super) inventory: watch::Sender<Arc<Inventory>>,
    budget: AtomicI64,
}

impl Ec2Account {
    /// An account as defined: `{"type": "aws", "name", "accountId", "assumeRole", "regions": [..]}`.
    pub(super) fn new(definition: &AccountDefinition, cloud: &BTreeMap<String, Arc<Toy>>) -> Result<Ec2Account> {
        let fields = &definition.fields;
        let mut findings = Vec::new();
        let account_id = fields.text("accountId").filter(|id| id.len() == 12);
        if account_id.is_none() {
            findings.push("accountId is a number of twelve digits".to_owned());
        }
        let regions = fields.texts("regions");
        for unknown in regions.iter().filter(|region| !cloud.contains_key(*region)) {
            findings.push(format!("there is no region {unknown}"));
        }
        if !findings.is_empty() {
            return Err(Error::new(Kind::Invalid, findings.join("; ")));
        }
        let role = fields.text("assumeRole").unwrap_or_else(|| "role/spinnakerManaged".to_owned());
        Ok(Ec2Account {
            definition: definition.clone(),
            role: format!("arn:aws:iam::{}:{role}", account_id.unwrap_or_default()),
            clients: regions.iter().filter_map(|region| Some((region.clone(), cloud.get(region)?.clone()))).collect(),
            inventory: watch::Sender::new(Arc::new(Inventory {
                account: definition.name.clone(),
                ..Inventory::default()
            })),
            budget: AtomicI64::new(1_000),
        })
    }

    pub(super) fn account(&self, problem: Option<String>) -> Account {
        let regions: Vec<_> = self.clients.keys().map(|name| json!({ "name": name })).collect();
        let other: Object =
            [("regions".to_owned(), json!(regions)), ("assumeRole".to_owned(), json!(self.role))].into_iter().collect();
        Account {
            name: self.definition.name.clone(),
            kind: "aws".to_owned(),
            cloud_provider: "aws".to_owned(),
            enabled: true,
            problem,
            other,
            ..Account::default()
        }
    }

    pub(super) fn client(&self, region: &str) -> Result<&Arc<Toy>> {
        self.clients.get(region).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("account {} has no region {region}", self.definition.name))
        })
    }

    /// Takes one request out of the budget.
    pub(super) fn spend(&self, purpose: Purpose) -> Result<()> {
        let kept = if purpose == Purpose::Looking { KEPT_FOR_OPERATIONS } else { 0 };
        let spent =
            self.budget.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| (left > kept).then(|| left - 1));
        spent
            .map(drop)
            .map_err(|_| Error::new(Kind::Unavailable, "the account's budget of requests is used up: try again"))
    }

    pub(super) fn set_budget(&self, requests: i64) {
        self.budget.store(requests, Ordering::SeqCst);
    }

    /// Looks at one region and shows it; what is known of the others, and of what is looked at more seldom, stays shared.
    pub(super) async fn look(&self, region: &str, now: Timestamp) -> Result<()> {
        match self.ask(region).await {
            Ok((groups, balancers)) => {
                self.show(region, now, groups, balancers);
                Ok(())
            }
            Err(error) => {
                // What is known stays, with since when and why.
                self.inventory.send_modify(|shown| {
                    let inventory = Arc::make_mut(shown);
                    inventory.parts.entry(region.to_owned()).or_default().problem = Some(error.message.clone());
                    inventory.freshness.problem = Some(format!("{region}: {}", error.message));
                });
                Err(error)
            }
        }
    }

    async fn ask(&self, region: &str) -> Result<(Vec<ServerGroup>, Vec<gennaker_wire::LoadBalancer>)> {
        let client = self.client(region)?;
        let mut groups = Vec::new();
        let mut token = None;
        loop {
            self.spend(Purpose::Looking)?;
            let page = client.describe_auto_scaling_groups(token).await.map_err(transient)?;
            groups.extend(page.items);
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
        self.spend(Purpose::Looking)?;
        let health = client.describe_target_health().await.map_err(transient)?;
        self.spend(Purpose::Looking)?;
        let balancers = client.describe_load_balancers().await.map_err(transient)?;
        let name = &self.definition.name;
        let groups: Vec<_> = groups.iter().map(|group| view::server_group(name, region, group, &health)).collect();
        let balancers = balancers.iter().map(|balancer| view::load_balancer(name, region, balancer, &groups)).collect();
        Ok((groups, balancers))
    }

    fn show(
        &self,
        region: &str,
        now: Timestamp,
        groups: Vec<ServerGroup>,
        balancers: Vec<gennaker_wire::LoadBalancer>,
    ) {
        self.inventory.send_modify(|shown| {
            let inventory = Arc::make_mut(shown);
            inventory.version += 1;
            inventory.server_groups.retain(|group| group.region != region);
            inventory.server_groups.extend(groups);
            inventory.load_balancers.retain(|balancer| balancer.region != region);
            inventory.load_balancers.extend(balancers);
            inventory.parts.insert(region.to_owned(), Freshness { confirmed: Some(now), problem: None });
            // The whole is as old as its oldest region.
            let oldest =
                self.clients.keys().map(|region| inventory.parts.get(region).and_then(|part| part.confirmed)).min();
            let problem = inventory.parts.values().find_map(|part| part.problem.clone());
            inventory.freshness = Freshness { confirmed: oldest.flatten(), problem };
        });
    }
}

/// The toy's faults for the person at the stage, and for whoever tries again.
pub(super) fn transient(fault: Fault) -> Error {
    let kind = match fault {
        Fault::Throttling => Kind::Unavailable,
        Fault::Broken => Kind::Timeout,
        Fault::NotFound(_) => Kind::NotFound,
        Fault::AlreadyExists(_) => Kind::Conflict,
    };
    Error::new(kind, fault.to_string())
}
