//! Operations on security groups.

use gennaker_provider_api::{Journal, Outcome, Result};

use super::{outcome, say, seen};
use crate::{
    client::Call,
    provider::{
        AccountHandle, REGION,
        description::{DeleteSecurityGroup, UpsertSecurityGroup},
        view,
    },
};

pub(super) async fn upsert(
    account: &AccountHandle,
    upsert: &UpsertSecurityGroup,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &upsert.spec.name;
    say(journal, "UPSERT_SG", format!("Upserting security group {name}...")).await?;
    let made = account.client.put_security_group(&upsert.spec, call).await?;
    let shown = view::security_group(&upsert.account, &made);
    seen(account, |inventory| inventory.security_groups.contains(&shown)).await;
    say(journal, "UPSERT_SG", format!("Security group {name} lets {} source(s) in.", made.spec.ip_ingress.len()))
        .await?;
    Ok(outcome(serde_json::json!({ "securityGroups": { REGION: { "name": name } } })))
}

pub(super) async fn delete(
    account: &AccountHandle,
    delete: &DeleteSecurityGroup,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &delete.name;
    say(journal, "DELETE_SG", format!("Deleting security group {name}...")).await?;
    account.client.delete_security_group(name, call).await?;
    seen(account, |inventory| inventory.security_groups.iter().all(|group| group.name != *name)).await;
    Ok(Outcome::default())
}
