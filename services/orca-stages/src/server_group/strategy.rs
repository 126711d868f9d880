//! What a deployment does with the server groups that it replaces.
//!
//! Upstream: `NoStrategy`, `RedBlackStrategy`. The others, and what red/black may do beside disabling the old ones (shrinking,
//! scaling down), come with the other strategies; a stage that asks for them is refused before it starts.

use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use super::{
    create::into_object,
    settings::{account, cluster, provider, regions},
};
use crate::{NewStage, StageView, TaskError};

/// What is wrong with the strategy in the settings.
pub(super) fn problems(settings: &Object) -> Vec<String> {
    let mut problems = Vec::new();
    match name(settings).as_str() {
        "" | "none" | "redblack" => {}
        other => problems.push(format!("strategy {other} is not supported yet: use redblack or none")),
    }
    if settings.integer("maxRemainingAsgs").unwrap_or(0) > 0 {
        problems.push(
            "maxRemainingAsgs is not supported yet: remove it, and destroy old server groups by a stage".to_owned(),
        );
    }
    if settings.boolean("scaleDown") == Some(true) {
        problems.push("scaleDown is not supported yet: remove it".to_owned());
    }
    problems
}

/// The stages that follow once the new server group serves.
pub(super) fn after(view: &StageView) -> Result<Vec<NewStage>, TaskError> {
    let settings = view.context();
    let replaces = settings.object("source").is_some_and(|source| source.contains_key("serverGroupName"));
    if name(settings) != "redblack" || !replaces {
        return Ok(Vec::new());
    }
    let mut stages = Vec::new();
    let delay = ["delayBeforeDisableSec", "delayBeforeCleanup"].iter().find_map(|name| settings.integer(name));
    if let Some(seconds) = delay.filter(|seconds| *seconds > 0) {
        stages.push(NewStage::then("wait", "Wait Before Disable", into_object(json!({ "waitTime": seconds }))));
    }
    stages.push(NewStage::then("disableCluster", "disableCluster", disable_context(view)?));
    Ok(stages)
}

/// The context of the stage that disables all groups of the cluster but the new one.
fn disable_context(view: &StageView) -> Result<Object, TaskError> {
    let settings = view.context();
    let cluster = cluster(view)?;
    let mut context = into_object(json!({
        "region": regions(settings)?.first(),
        "cloudProvider": provider(settings),
        "cluster": cluster.name,
        "application": cluster.application,
        "credentials": account(settings)?,
        "remainingEnabledServerGroups": 1,
        "preferLargerOverNewer": false,
    }));
    for kept in ["interestingHealthProviderNames", "drainTimeoutMs"] {
        if let Some(value) = settings.get(kept) {
            context.insert(kept.to_owned(), value.clone());
        }
    }
    Ok(context)
}

fn name(settings: &Object) -> String {
    settings.text("strategy").unwrap_or_default().to_ascii_lowercase()
}
