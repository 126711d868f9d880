//! Another launch configuration for a server group.

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Inventory, Journal, Outcome, Result};
use serde_json::json;

use super::{
    deploy::{SPEC, recorded},
    outcome, say, seen,
};
use crate::{
    client::Call,
    protocol::ServerGroupSpec,
    provider::{AccountHandle, REGION, description::UpdateLaunch, view::launch_version},
};

/// The phase, as upstream names it.
const PHASE: &str = "MODIFY_ASG_LAUNCH_CONFIGURATION";

pub(super) async fn update(
    account: &AccountHandle,
    update: &UpdateLaunch,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &update.name;
    say(journal, PHASE, format!("Changing what the next instances of server group {name} run...")).await?;
    let spec: ServerGroupSpec = match journal.decided(SPEC) {
        Some(spec) => recorded(spec)?,
        None => {
            let spec = update.of(&account.client.server_group(name).await?);
            let spec = spec.map_err(|error| Error::new(Kind::Bug, format!("the new spec is wrong: {error}")))?;
            recorded(journal.decide(SPEC, json!(spec)).await?)?
        }
    };
    let version = account.client.change_launch(&spec, call).await?.launch_version;
    let shows = |inventory: &Inventory| {
        inventory.server_group(REGION, name).is_none_or(|group| launch_version(group) >= Some(version.into()))
    };
    seen(account, shows).await;
    say(
        journal,
        PHASE,
        format!("Instances of server group {name} that are started from now on run version {version}."),
    )
    .await?;
    Ok(outcome(json!({ "serverGroupNames": [format!("{REGION}:{name}")], "launchVersion": version })))
}
