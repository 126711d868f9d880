//! Another launch configuration for a server group.

use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactSource, Error, Inventory, Journal, Outcome, Result};
use serde_json::json;

use super::{
    deploy::{SPEC, recorded},
    fetch::{self, Fetch},
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
    artifacts: Option<&dyn ArtifactSource>,
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
    let client = &account.client;
    let changed = match Fetch::of(update.fetched.as_ref(), artifacts) {
        None => client.change_launch(&spec, call).await?,
        Some(artifact) => {
            // Only its content tells whether the agent has it already.
            let is_there = || async { Ok(false) };
            let change = |content| client.change_launch_with(&spec, content, call);
            fetch::with_content(artifact, PHASE, journal, is_there, change).await?
        }
    };
    let version = changed.launch_version;
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
