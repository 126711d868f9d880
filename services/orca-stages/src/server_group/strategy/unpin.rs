//! A minimum that a deployment has raised is put back, also when the deployment fails or is cancelled.
//!
//! Strategies that grow by steps pin the minimum of what they replace to its size, so that nothing scales it down while it loses
//! traffic. When all goes well a stage unpins it in the end. After a failure a stage does so, too ([`after_failure`]); after a
//! cancellation, which nothing follows on, or where that stage did not come to it, the deployment itself does ([`after_halt`]).
//!
//! Upstream has the stage after a failure, which does not find there what the minimum was, and leaves a cancelled deployment pinned.

use gennaker_base::Kind;
use gennaker_wire::{Capacity, Object, ObjectExt, Operation, Stage, Status, SyntheticOwner};
use serde_json::{Value, json};

use super::{
    Deployment,
    deployment::{Source, extended},
};
use crate::{
    CancelContext, NewStage, StageView, TaskError,
    server_group::resize::{PIN, RESIZE, original_capacity, resized_from},
};

/// How long a stage that puts back a minimum may take after a deployment that ran out of time, in milliseconds.
const UNPIN_MS: u64 = 20 * 60 * 1000;

/// The stage that puts the minimum of `source` back after a failure.
pub(super) fn after_failure(deployment: &Deployment<'_>, source: &Source) -> Result<NewStage, TaskError> {
    let mut own = json!({ "unpinMinimumCapacity": true, "stageTimeoutMs": UNPIN_MS });
    // It does not come after the stage that pinned, so it would not find there what was noted.
    if let Some(noted) = noted(deployment.view, source) {
        own[original_capacity(&source.name)] = noted;
    }
    let context = extended(&source.pin_context(&deployment.base()?), own);
    Ok(NewStage::then(PIN, &format!("Unpin {}", source.name), context))
}

/// Puts the minimum back that this deployment has pinned and that no stage of it has put back. Returns what the context keeps of it.
pub(super) async fn after_halt(context: &CancelContext) -> Result<Object, TaskError> {
    let deployment = Deployment::of(&context.view);
    let Some(source) = deployment.source()? else { return Ok(Object::new()) };
    let Some(noted) = still_pinned(&context.view, &source) else { return Ok(Object::new()) };
    let account = source.account.as_ref().unwrap_or(&source.credentials);
    let region = source.region.clone().unwrap_or_default();
    let clouddriver = &context.clients.clouddriver;
    let current = match clouddriver.server_group(&context.caller, account, &region, &source.name).await {
        Ok(group) => group.capacity,
        Err(error) if error.kind() == Kind::NotFound => return Ok(Object::new()),
        Err(error) => return Err(error.into()),
    };
    if current.min <= noted.min {
        return Ok(Object::new());
    }
    let description = json!({
        "credentials": account,
        "accountName": account,
        "region": region,
        "serverGroupName": source.name,
        "asgName": source.name,
        "cloudProvider": source.provider,
        "capacity": { "min": noted.min, "desired": current.desired, "max": current.max },
    });
    let operation =
        Operation { name: RESIZE.to_owned(), description: description.as_object().cloned().unwrap_or_default() };
    let submitted = clouddriver.submit(&context.caller, &source.provider, &context.request_id, &[operation]).await?;
    let told = json!({ "serverGroupName": source.name, "min": noted.min, "task": submitted.id });
    Ok(Object::from_iter([("unpinned".to_owned(), told)]))
}

/// What the capacity of `source` was before the deployment pinned it, if it came to that.
fn noted(deployment: &StageView, source: &Source) -> Option<Value> {
    pins(deployment, source).find_map(|stage| resized_from(stage, &source.name))
}

/// The same, unless it was put back, or the server group scaled to nothing, since.
fn still_pinned(deployment: &StageView, source: &Source) -> Option<Capacity> {
    let unpins = |stage: &&Stage| stage.context.boolean("unpinMinimumCapacity") == Some(true);
    let is_unpinned = pins(deployment, source).filter(unpins).any(|stage| stage.status == Status::Succeeded);
    let mut children = deployment.children(SyntheticOwner::StageAfter);
    let is_scaled_down = children.any(|stage| stage.kind == "scaleDownCluster" && stage.status == Status::Succeeded);
    let noted = noted(deployment, source).filter(|_| !is_unpinned && !is_scaled_down)?;
    serde_json::from_value(noted).ok()
}

/// The stages of the deployment that pin or unpin `source`, in their order.
fn pins<'v>(deployment: &'v StageView, source: &'v Source) -> impl Iterator<Item = &'v Stage> {
    let children = deployment.children(SyntheticOwner::StageAfter).map(|stage| &**stage);
    children.filter(|stage| stage.kind == PIN && stage.context.text("serverGroupName").as_ref() == Some(&source.name))
}
