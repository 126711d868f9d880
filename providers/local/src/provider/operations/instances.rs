//! A server group's size and its single instances.

use std::collections::BTreeSet;

use gennaker_provider_api::{Inventory, Journal, Outcome, Result};
use gennaker_wire::{HealthState, ObjectExt as _};
use serde_json::json;

use super::{outcome, say, seen};
use crate::{
    client::Call,
    protocol::RegistrationRequest,
    provider::{
        AccountHandle, REGION,
        description::{OnServerGroup, Register, Resize, Terminate},
        view::DEREGISTERED,
    },
};

pub(super) async fn resize(
    account: &AccountHandle,
    resize: &Resize,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &resize.name;
    say(journal, "RESIZE", format!("Resizing server group {name}...")).await?;
    let capacity = account.client.resize_server_group(name, &resize.resize, call).await?.capacity;
    let shows = |inventory: &Inventory| {
        inventory.server_group(REGION, name).is_none_or(|group| {
            (group.capacity.min, group.capacity.max, group.capacity.desired)
                == (capacity.min, capacity.max, capacity.desired)
        })
    };
    seen(account, shows).await;
    say(journal, "RESIZE", format!("Resized server group {name} to {capacity}.")).await?;
    Ok(Outcome::default())
}

pub(super) async fn terminate(
    account: &AccountHandle,
    terminate: &Terminate,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let phase = if terminate.end.decrement { "TERMINATE_AND_DECREMENT" } else { "TERMINATE_INSTANCES" };
    let instances = terminate.end.instances.join(", ");
    say(journal, phase, format!("Terminating instances {instances}...")).await?;
    let ended = account.client.terminate_instances(&terminate.end, call).await?;
    let leaves = |inventory: &Inventory, id: &String| {
        inventory.instance(id).is_none_or(|(_, instance)| instance.health_state == HealthState::Down)
    };
    seen(account, |inventory| ended.instances.iter().all(|id| leaves(inventory, id))).await;
    let done = match ended.replacements.as_slice() {
        [] => format!("Instances {instances} are drained and then stopped."),
        others => format!("Instances {instances} are drained and then stopped; {} replace them.", others.join(", ")),
    };
    say(journal, phase, done).await?;
    Ok(Outcome::default())
}

pub(super) async fn register(
    account: &AccountHandle,
    register: &Register,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let (phase, doing) = if register.change.registered {
        ("REGISTER", "Registering instances with their load balancers")
    } else {
        ("DEREGISTER", "Deregistering instances from their load balancers")
    };
    say(journal, phase, format!("{doing}: {}...", register.change.instances.join(", "))).await?;
    change(account, &register.change, phase, call, journal).await?;
    Ok(Outcome::default())
}

/// `disableServerGroup` with `desiredPercentage`: that much of the server group is out of traffic afterwards.
pub(super) async fn disable_share(
    account: &AccountHandle,
    on: &OnServerGroup,
    percentage: u32,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    say(journal, "DISABLE", format!("Disabling {percentage}% of server group {}...", on.name)).await?;
    let wanted = RegistrationRequest {
        instances: Vec::new(),
        server_group: Some(on.name.clone()),
        percentage: Some(percentage),
        load_balancers: Vec::new(),
        registered: false,
        drain_timeout_ms: on.drain_timeout_ms,
    };
    let instances = change(account, &wanted, "DISABLE", call, journal).await?;
    Ok(outcome(json!({ "instanceIdsToDisable": instances })))
}

/// Returns the instances of which it is so now.
async fn change(
    account: &AccountHandle,
    change: &RegistrationRequest,
    phase: &'static str,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Vec<String>> {
    let done = account.client.register_instances(change, call).await?;
    let ids: BTreeSet<&String> = done.instances.iter().collect();
    let shows = |inventory: &Inventory| {
        inventory.server_groups.iter().all(|group| {
            let mut of_it = group.instances.iter().filter(|instance| ids.contains(&instance.id));
            // All of its balancers, unless some are named.
            let balancers = match change.load_balancers.as_slice() {
                [] => group.load_balancers.as_slice(),
                named => named,
            };
            of_it.all(|instance| {
                let out_of = instance.other.texts(DEREGISTERED);
                balancers.iter().all(|balancer| out_of.contains(balancer) != change.registered)
            })
        })
    };
    seen(account, shows).await;
    let words = match done.cut {
        0 => format!("Done for {} instance(s).", done.instances.len()),
        cut => format!(
            "Done for {} instance(s); {cut} requests or connections did not end in time and were cut.",
            done.instances.len()
        ),
    };
    say(journal, phase, words).await?;
    Ok(done.instances)
}
