//! Scaling policies.

use gennaker_provider_api::{Inventory, Journal, Outcome, Result};

use super::{say, seen};
use crate::{
    client::Call,
    provider::{
        AccountHandle, REGION,
        description::{DeletePolicy, UpsertPolicy},
        view::policy_names,
    },
};

pub(super) async fn upsert(
    account: &AccountHandle,
    upsert: &UpsertPolicy,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let UpsertPolicy { name, policy, .. } = upsert;
    say(journal, "UPSERT_SCALING_POLICY", format!("Upserting scaling policy {} of {name}...", policy.name)).await?;
    account.client.put_scaling_policy(name, policy, call).await?;
    seen(account, |inventory| has(inventory, name, &policy.name)).await;
    say(journal, "UPSERT_SCALING_POLICY", format!("Server group {name} is scaled by {}.", policy.name)).await?;
    Ok(Outcome::default())
}

pub(super) async fn delete(
    account: &AccountHandle,
    delete: &DeletePolicy,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let DeletePolicy { name, policy, .. } = delete;
    say(journal, "DELETE_SCALING_POLICY", format!("Deleting scaling policy {policy} of {name}...")).await?;
    account.client.delete_scaling_policy(name, policy, call).await?;
    seen(account, |inventory| !has(inventory, name, policy)).await;
    say(journal, "DELETE_SCALING_POLICY", format!("Deleted scaling policy {policy} of {name}.")).await?;
    Ok(Outcome::default())
}

fn has(inventory: &Inventory, group: &str, policy: &str) -> bool {
    inventory.server_group(REGION, group).is_some_and(|group| policy_names(group).any(|name| name == policy))
}
