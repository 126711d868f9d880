//! The provider's operations, under upstream's names.
//!
//! Each is one request to the agent under the operation's request id, which the agent carries out once; a name that depends on
//! what runs now is decided once, in the journal. An operation ends when the inventory shows what it did, so that a read right
//! after it sees it.

mod deploy;
mod fetch;
mod images;
mod instances;
mod jobs;
mod launch;
mod scaling;
mod security;

use std::time::Duration;

use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactSource, Error, Inventory, Journal, Outcome, Progress, Request, Result};
use gennaker_wire::{LoadBalancer, Object, Operation};
use serde_json::{Value, json};

pub(super) use self::deploy::next_name;
use super::{
    AccountHandle, REGION,
    description::{
        Clone, Create, DeleteBalancer, DeletePolicy, DeleteSecurityGroup, OnImage, OnJob, OnServerGroup, Register,
        Resize, RunJob, Terminate, UpdateLaunch, UpsertBalancer, UpsertPolicy, UpsertSecurityGroup,
    },
};
use crate::{
    client::Call,
    protocol::{Fence, TrafficRequest},
};

/// The names of the operations.
pub(super) const NAMES: [&str; 23] = [
    "createServerGroup",
    "cloneServerGroup",
    "updateLaunchConfig",
    "updateLaunchTemplate",
    "resizeServerGroup",
    "terminateInstances",
    "terminateInstanceAndDecrementServerGroup",
    "registerInstancesWithLoadBalancer",
    "deregisterInstancesFromLoadBalancer",
    "upsertScalingPolicy",
    "deleteScalingPolicy",
    "upsertImageTags",
    "deleteImage",
    "runJob",
    "cancelJob",
    "destroyJob",
    "enableServerGroup",
    "disableServerGroup",
    "destroyServerGroup",
    "upsertLoadBalancer",
    "deleteLoadBalancer",
    "upsertSecurityGroup",
    "deleteSecurityGroup",
];

/// How long an operation waits for the inventory to show what it did. It is followed live, so this is for an agent that
/// went away meanwhile; the operation has happened all the same.
const SEEN: Duration = Duration::from_secs(5);

/// A description that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parsed {
    Create(Box<Create>),
    Clone(Box<Clone>),
    UpdateLaunch(UpdateLaunch),
    Resize(Resize),
    Terminate(Terminate),
    Register(Register),
    UpsertPolicy(UpsertPolicy),
    DeletePolicy(DeletePolicy),
    TagImage(OnImage),
    DeleteImage(OnImage),
    RunJob(Box<RunJob>),
    CancelJob(OnJob),
    DestroyJob(OnJob),
    Enable(OnServerGroup),
    Disable(OnServerGroup),
    Destroy(OnServerGroup),
    UpsertBalancer(UpsertBalancer),
    DeleteBalancer(DeleteBalancer),
    UpsertSecurityGroup(UpsertSecurityGroup),
    DeleteSecurityGroup(DeleteSecurityGroup),
}

impl Parsed {
    /// Reads an operation; the error tells all findings.
    pub(super) fn read(operation: &Operation) -> Result<Parsed> {
        let fields = &operation.description;
        match operation.name.as_str() {
            "createServerGroup" => Create::read(fields).map(Box::new).map(Parsed::Create),
            "cloneServerGroup" => Clone::read(fields).map(Box::new).map(Parsed::Clone),
            "updateLaunchConfig" | "updateLaunchTemplate" => UpdateLaunch::read(fields).map(Parsed::UpdateLaunch),
            "resizeServerGroup" => Resize::read(fields).map(Parsed::Resize),
            "terminateInstances" => Terminate::read(fields).map(Parsed::Terminate),
            "terminateInstanceAndDecrementServerGroup" => Terminate::read_decrementing(fields).map(Parsed::Terminate),
            "registerInstancesWithLoadBalancer" => Register::read(fields, true).map(Parsed::Register),
            "deregisterInstancesFromLoadBalancer" => Register::read(fields, false).map(Parsed::Register),
            "upsertScalingPolicy" => UpsertPolicy::read(fields).map(Parsed::UpsertPolicy),
            "deleteScalingPolicy" => DeletePolicy::read(fields).map(Parsed::DeletePolicy),
            "upsertImageTags" => OnImage::read_tagging(fields).map(Parsed::TagImage),
            "deleteImage" => OnImage::read(fields).map(Parsed::DeleteImage),
            "runJob" => RunJob::read(fields).map(Box::new).map(Parsed::RunJob),
            "cancelJob" => OnJob::read(fields).map(Parsed::CancelJob),
            "destroyJob" => OnJob::read(fields).map(Parsed::DestroyJob),
            "enableServerGroup" => OnServerGroup::read(fields).map(Parsed::Enable),
            "disableServerGroup" => OnServerGroup::read(fields).map(Parsed::Disable),
            "destroyServerGroup" => OnServerGroup::read(fields).map(Parsed::Destroy),
            "upsertLoadBalancer" => UpsertBalancer::read(fields).map(Parsed::UpsertBalancer),
            "deleteLoadBalancer" => DeleteBalancer::read(fields).map(Parsed::DeleteBalancer),
            "upsertSecurityGroup" => UpsertSecurityGroup::read(fields).map(Parsed::UpsertSecurityGroup),
            "deleteSecurityGroup" => DeleteSecurityGroup::read(fields).map(Parsed::DeleteSecurityGroup),
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
            Parsed::Clone(clone) => &clone.account,
            Parsed::UpdateLaunch(update) => &update.account,
            Parsed::Resize(resize) => &resize.account,
            Parsed::Terminate(terminate) => &terminate.account,
            Parsed::Register(register) => &register.account,
            Parsed::UpsertPolicy(upsert) => &upsert.account,
            Parsed::DeletePolicy(delete) => &delete.account,
            Parsed::TagImage(on) | Parsed::DeleteImage(on) => &on.account,
            Parsed::RunJob(run) => &run.account,
            Parsed::CancelJob(on) | Parsed::DestroyJob(on) => &on.account,
            Parsed::Enable(on) | Parsed::Disable(on) | Parsed::Destroy(on) => &on.account,
            Parsed::UpsertBalancer(upsert) => &upsert.account,
            Parsed::DeleteBalancer(delete) => &delete.account,
            Parsed::UpsertSecurityGroup(upsert) => &upsert.account,
            Parsed::DeleteSecurityGroup(delete) => &delete.account,
        }
    }
}

/// Runs an operation to its end.
pub(super) async fn run(
    account: &AccountHandle,
    artifacts: Option<&dyn ArtifactSource>,
    parsed: Parsed,
    request: &Request,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let call = call(request)?;
    match parsed {
        Parsed::Create(create) => deploy::create(account, artifacts, &create, &call, journal).await,
        Parsed::Clone(clone) => deploy::clone(account, artifacts, &clone, &call, journal).await,
        Parsed::UpdateLaunch(update) => launch::update(account, artifacts, &update, &call, journal).await,
        Parsed::Resize(resize) => instances::resize(account, &resize, &call, journal).await,
        Parsed::Terminate(terminate) => instances::terminate(account, &terminate, &call, journal).await,
        Parsed::Register(register) => instances::register(account, &register, &call, journal).await,
        Parsed::UpsertPolicy(upsert) => scaling::upsert(account, &upsert, &call, journal).await,
        Parsed::DeletePolicy(delete) => scaling::delete(account, &delete, &call, journal).await,
        Parsed::TagImage(on) => images::tag(account, &on, &call, journal).await,
        Parsed::DeleteImage(on) => images::delete(account, &on, &call, journal).await,
        Parsed::RunJob(run) => jobs::run(account, artifacts, &run, &call, journal).await,
        Parsed::CancelJob(on) => jobs::cancel(account, &on, &call, journal).await,
        Parsed::DestroyJob(on) => jobs::destroy(account, &on, &call, journal).await,
        Parsed::Enable(on) => traffic(account, &on, true, &call, journal).await,
        Parsed::Disable(on) => match on.percentage {
            Some(percentage) => instances::disable_share(account, &on, percentage, &call, journal).await,
            None => traffic(account, &on, false, &call, journal).await,
        },
        Parsed::Destroy(on) => destroy(account, &on, &call, journal).await,
        Parsed::UpsertSecurityGroup(upsert) => security::upsert(account, &upsert, &call, journal).await,
        Parsed::DeleteSecurityGroup(delete) => security::delete(account, &delete, &call, journal).await,
        Parsed::UpsertBalancer(upsert) => {
            let name = &upsert.spec.name;
            say(journal, "UPSERT_LOAD_BALANCER", format!("Upserting load balancer {name}...")).await?;
            let made = account.client.put_load_balancer(&upsert.spec, &call).await?;
            let listeners = json!(made.listeners);
            let shows = |balancer: &LoadBalancer| balancer.other.get("listeners") == Some(&listeners);
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
