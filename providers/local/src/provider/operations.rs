//! The provider's operations, under upstream's names.
//!
//! Each is one request to the agent under the operation's request id, which the agent carries out once; a name that depends on
//! what runs now is decided once, in the journal. An operation ends when the inventory shows what it did, so that a read right
//! after it sees it.

use std::time::Duration;

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Inventory, Journal, Outcome, Progress, Request, Result};
use gennaker_wire::{LoadBalancer, Object, Operation, naming::frigga::TakenSlot};
use serde_json::{Value, json};

use super::{
    AccountHandle, REGION,
    description::{Create, DeleteBalancer, OnServerGroup, UpsertBalancer},
};
use crate::{
    client::Call,
    protocol::{Fence, TrafficRequest},
};

/// The names of the operations.
pub(super) const NAMES: [&str; 6] = [
    "createServerGroup",
    "enableServerGroup",
    "disableServerGroup",
    "destroyServerGroup",
    "upsertLoadBalancer",
    "deleteLoadBalancer",
];

/// How long an operation waits for the inventory to show what it did. It is followed live, so this is for an agent that
/// went away meanwhile; the operation has happened all the same.
const SEEN: Duration = Duration::from_secs(5);

/// A description that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parsed {
    Create(Box<Create>),
    Enable(OnServerGroup),
    Disable(OnServerGroup),
    Destroy(OnServerGroup),
    UpsertBalancer(UpsertBalancer),
    DeleteBalancer(DeleteBalancer),
}

impl Parsed {
    /// Reads an operation; the error tells all findings.
    pub(super) fn read(operation: &Operation) -> Result<Parsed> {
        let fields = &operation.description;
        match operation.name.as_str() {
            "createServerGroup" => Create::read(fields).map(Box::new).map(Parsed::Create),
            "enableServerGroup" => OnServerGroup::read(fields).map(Parsed::Enable),
            "disableServerGroup" => OnServerGroup::read(fields).map(Parsed::Disable),
            "destroyServerGroup" => OnServerGroup::read(fields).map(Parsed::Destroy),
            "upsertLoadBalancer" => UpsertBalancer::read(fields).map(Parsed::UpsertBalancer),
            "deleteLoadBalancer" => DeleteBalancer::read(fields).map(Parsed::DeleteBalancer),
            other => Err(Error::new(
                Kind::Unsupported,
                format!("the local provider has no operation {other}; it has {}", NAMES.join(", ")),
            )),
        }
    }

    /// The account that it is about.
    pub(super) fn account(&self) -> &str {
        match self {
            Parsed::Create(create) => &create.account,
            Parsed::Enable(on) | Parsed::Disable(on) | Parsed::Destroy(on) => &on.account,
            Parsed::UpsertBalancer(upsert) => &upsert.account,
            Parsed::DeleteBalancer(delete) => &delete.account,
        }
    }
}

/// Runs an operation to its end.
pub(super) async fn run(
    account: &AccountHandle,
    parsed: Parsed,
    request: &Request,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let call = call(request)?;
    match parsed {
        Parsed::Create(create) => self::create(account, &create, &call, journal).await,
        Parsed::Enable(on) => traffic(account, &on, true, &call, journal).await,
        Parsed::Disable(on) => traffic(account, &on, false, &call, journal).await,
        Parsed::Destroy(on) => destroy(account, &on, &call, journal).await,
        Parsed::UpsertBalancer(upsert) => {
            let name = &upsert.spec.name;
            say(journal, "UPSERT_LOAD_BALANCER", format!("Upserting load balancer {name}...")).await?;
            let made = account.client.put_load_balancer(&upsert.spec, &call).await?;
            let port = json!(made.port);
            let shows = |balancer: &LoadBalancer| balancer.other.get("port") == Some(&port);
            seen(account, |inventory| inventory.load_balancer(REGION, name).is_some_and(shows)).await;
            let at = format!("Load balancer {name} listens on {}:{}.", made.address, made.port);
            say(journal, "UPSERT_LOAD_BALANCER", at).await?;
            Ok(outcome(json!({ "loadBalancers": { REGION: { "name": name, "port": made.port } } })))
        }
        Parsed::DeleteBalancer(delete) => {
            let name = &delete.name;
            say(journal, "DELETE_LOAD_BALANCER", format!("Deleting load balancer {name}...")).await?;
            account.client.delete_load_balancer(name, &call).await?;
            seen(account, |inventory| inventory.load_balancer(REGION, name).is_none()).await;
            Ok(Outcome::default())
        }
    }
}

async fn create(account: &AccountHandle, create: &Create, call: &Call, journal: &dyn Journal) -> Result<Outcome> {
    say(journal, "DEPLOY", "Preparing deployment...".to_owned()).await?;
    let name = match journal.decided("serverGroupName") {
        Some(name) => name,
        None => journal.decide("serverGroupName", next_name(account, create).await?.into()).await?,
    };
    let Value::String(name) = name else {
        return Err(Error::new(Kind::Bug, format!("the recorded server group name is not a text: {name}")));
    };
    say(journal, "DEPLOY", format!("Creating server group {name} with {} instance(s)...", create.spec.capacity))
        .await?;
    account.client.create_server_group(&create.named(&name), call).await?;
    seen(account, |inventory| inventory.server_group(REGION, &name).is_some()).await;
    say(journal, "DEPLOY", format!("Created server group {name}.")).await?;
    Ok(outcome(json!({
        "serverGroupNames": [format!("{REGION}:{name}")],
        "serverGroupNameByRegion": { REGION: name },
        "deployedNames": [name],
        "deployedNamesByLocation": { REGION: [name] },
    })))
}

/// The next free name of the cluster, by what the agent runs now rather than by what was last seen of it.
async fn next_name(account: &AccountHandle, create: &Create) -> Result<String> {
    let cluster = create.name.cluster().map_err(|error| Error::new(Kind::Invalid, error.to_string()))?;
    let groups = account.client.server_groups().await?;
    let taken: Vec<TakenSlot> = groups
        .iter()
        .map(|group| (gennaker_wire::naming::Moniker::parse(&group.spec.name), group))
        .filter(|(moniker, _)| moniker.cluster.as_deref() == Some(&cluster))
        .map(|(moniker, group)| TakenSlot {
            server_group_name: group.spec.name.clone(),
            sequence: moniker.sequence,
            created_time: Some(group.created_at.millis()),
        })
        .collect();
    let next = create.name.next(&taken).and_then(|name| name.compose());
    next.map_err(|error| Error::new(Kind::Invalid, error.to_string()))
}

async fn traffic(
    account: &AccountHandle,
    on: &OnServerGroup,
    enabled: bool,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let (phase, doing) = if enabled { ("ENABLE", "Enabling") } else { ("DISABLE", "Disabling") };
    say(journal, phase, format!("{doing} server group {}...", on.name)).await?;
    let wanted = TrafficRequest { enabled, drain_timeout_ms: on.drain_timeout_ms, weight: on.weight };
    let change = account.client.set_traffic(&on.name, &wanted, call).await?;
    seen(account, |inventory| inventory.server_group(REGION, &on.name).is_none_or(|group| group.disabled != enabled))
        .await;
    let done = match (enabled, change.cut) {
        (true, _) => format!("Enabled server group {}.", on.name),
        (false, 0) => format!("Disabled server group {}; every request and connection ended by itself.", on.name),
        (false, cut) => format!("Disabled server group {}; {cut} did not end in time and were cut.", on.name),
    };
    say(journal, phase, done).await?;
    Ok(Outcome::default())
}

async fn destroy(account: &AccountHandle, on: &OnServerGroup, call: &Call, journal: &dyn Journal) -> Result<Outcome> {
    say(journal, "DESTROY", format!("Destroying server group {}...", on.name)).await?;
    account.client.delete_server_group(&on.name, on.drain_timeout_ms, call).await?;
    seen(account, |inventory| inventory.server_group(REGION, &on.name).is_none()).await;
    say(journal, "DESTROY", format!("Destroyed server group {}.", on.name)).await?;
    Ok(Outcome::default())
}

/// Waits until the inventory shows it, or for as long as it takes to know that nobody follows the agent.
async fn seen(account: &AccountHandle, shows: impl Fn(&Inventory) -> bool) {
    let mut inventory = account.inventory.subscribe();
    let shown = inventory.wait_for(|inventory| shows(inventory));
    if tokio::time::timeout(SEEN, shown).await.is_err() {
        tracing::warn!(account = %account.options.name, "the operation is done, and the inventory does not show it yet");
    }
}

async fn say(journal: &dyn Journal, phase: &'static str, status: String) -> Result<()> {
    journal.status(Progress { phase, status }).await
}

fn call(request: &Request) -> Result<Call> {
    let fence: Fence = request.fence.parse().map_err(|reason: String| Error::new(Kind::Bug, reason))?;
    Ok(Call::fenced(&request.request_id, fence.execution, fence.epoch))
}

fn outcome(result: Value) -> Outcome {
    match result {
        Value::Object(result) => Outcome { result },
        _ => Outcome { result: Object::new() },
    }
}
