//! New server groups: the next name of the cluster, decided once, and the spec.

use gennaker_base::Kind;
use gennaker_provider_api::{ArtifactSource, Error, Journal, Outcome, Result};
use gennaker_wire::naming::{
    Moniker,
    frigga::{ServerGroupName, TakenSlot},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    fetch::{self, Fetch},
    outcome, say, seen,
};
use crate::{
    client::Call,
    protocol::{Capacity, ServerGroup, ServerGroupSpec},
    provider::{
        AccountHandle, REGION,
        description::{Clone, Create},
    },
};

/// What the journal keeps the decided name under.
const NAME: &str = "serverGroupName";
/// What the journal keeps a decided spec under: what it was made from may be gone, or another one, when it is run again.
pub(super) const SPEC: &str = "serverGroupSpec";
/// What the journal keeps a capacity under that was another server group's.
const CAPACITY: &str = "sourceCapacity";

pub(super) async fn create(
    account: &AccountHandle,
    artifacts: Option<&dyn ArtifactSource>,
    create: &Create,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    say(journal, "DEPLOY", "Preparing deployment...".to_owned()).await?;
    let name: String = match journal.decided(NAME) {
        Some(name) => recorded(name)?,
        None => {
            let groups = account.client.server_groups().await?;
            recorded(journal.decide(NAME, next_name(&create.name, &groups)?.into()).await?)?
        }
    };
    let capacity: Option<Capacity> = match (&create.capacity_of, journal.decided(CAPACITY)) {
        (None, _) => None,
        (Some(_), Some(known)) => Some(recorded(known)?),
        (Some(source), None) => {
            let capacity = account.client.server_group(source).await?.capacity;
            Some(recorded(journal.decide(CAPACITY, json!(capacity)).await?)?)
        }
    };
    let fetched = Fetch::of(create.fetched.as_ref(), artifacts);
    put(account, fetched, "DEPLOY", &create.named(&name, capacity), call, journal).await
}

pub(super) async fn clone(
    account: &AccountHandle,
    artifacts: Option<&dyn ArtifactSource>,
    clone: &Clone,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    say(journal, "CLONE", format!("Preparing a clone of server group {}...", clone.source)).await?;
    let spec: ServerGroupSpec = match journal.decided(SPEC) {
        Some(spec) => recorded(spec)?,
        None => {
            let groups = account.client.server_groups().await?;
            let source = groups.iter().find(|group| group.spec.name == clone.source).ok_or_else(|| {
                Error::new(
                    Kind::NotFound,
                    format!("server group {} does not exist; there is nothing to clone", clone.source),
                )
            })?;
            let spec = clone.named(source, &next_name(&clone.name, &groups)?);
            let spec = spec.map_err(|error| Error::new(Kind::Bug, format!("the clone's spec is wrong: {error}")))?;
            recorded(journal.decide(SPEC, json!(spec)).await?)?
        }
    };
    let fetched = Fetch::of(clone.fetched.as_ref(), artifacts);
    put(account, fetched, "CLONE", &spec, call, journal).await
}

async fn put(
    account: &AccountHandle,
    fetched: Option<Fetch<'_>>,
    phase: &'static str,
    spec: &ServerGroupSpec,
    call: &Call,
    journal: &dyn Journal,
) -> Result<Outcome> {
    let name = &spec.name;
    say(journal, phase, format!("Creating server group {name} with {} instance(s)...", spec.capacity.desired)).await?;
    let client = &account.client;
    match fetched {
        None => client.create_server_group(spec, call).await?,
        Some(artifact) => {
            let is_there = || async {
                client.server_groups().await.map(|known| known.iter().any(|group| group.spec.name == *name))
            };
            let create = |content| client.create_server_group_with(spec, content, call);
            fetch::with_content(artifact, phase, journal, is_there, create).await?
        }
    };
    seen(account, |inventory| inventory.server_group(REGION, name).is_some()).await;
    say(journal, phase, format!("Created server group {name}.")).await?;
    Ok(outcome(json!({
        "serverGroupNames": [format!("{REGION}:{name}")],
        "serverGroupNameByRegion": { REGION: name },
        "deployedNames": [name],
        "deployedNamesByLocation": { REGION: [name] },
    })))
}

/// The next free name of the cluster, by what the agent runs now rather than by what was last seen of it.
pub(in crate::provider) fn next_name(name: &ServerGroupName, groups: &[ServerGroup]) -> Result<String> {
    let cluster = name.cluster().map_err(|error| Error::new(Kind::Invalid, error.to_string()))?;
    let taken: Vec<TakenSlot> = groups
        .iter()
        .map(|group| (Moniker::parse(&group.spec.name), group))
        .filter(|(moniker, _)| moniker.cluster.as_deref() == Some(&cluster))
        .map(|(moniker, group)| TakenSlot {
            server_group_name: group.spec.name.clone(),
            sequence: moniker.sequence,
            created_time: Some(group.created_at.millis()),
        })
        .collect();
    let next = name.next(&taken).and_then(|name| name.compose());
    next.map_err(|error| Error::new(Kind::Invalid, error.to_string()))
}

pub(super) fn recorded<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value)
        .map_err(|error| Error::new(Kind::Bug, format!("what was decided before cannot be read: {error}")))
}
