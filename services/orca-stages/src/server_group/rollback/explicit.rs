//! Back to a server group that is still there: it is enabled and grown to the other one's size, then the other one is disabled.
//!
//! Its minimum is pinned to its size while both serve, and put back at the end. `disableOnly` and `enableAndDisableOnly` leave
//! the sizes alone: a deployment that failed asks for these. Upstream: `ExplicitRollback`.

use std::time::Duration;

use gennaker_base::Kind;
use gennaker_wire::{Capacity, Object, ObjectExt, ServerGroup};
use serde_json::{Value, json};

use crate::{
    ComposeContext, NewStage, TaskError,
    server_group::{
        capacity::{APPLY_STAGE, CAPTURE_STAGE, SNAPSHOT},
        settings::{account, provider, regions},
        strategy::extended,
    },
};

/// The stages, in order.
pub(super) async fn stages(
    rollback: &Object,
    context: &ComposeContext,
    lookup: Duration,
) -> Result<Vec<NewStage>, TaskError> {
    let settings = context.view.context();
    let name = |field: &str| rollback.text(field).unwrap_or_default();
    let going = Going {
        settings,
        from: name("rollbackServerGroupName"),
        to: name("restoreServerGroupName"),
        percentage: rollback.get("targetHealthyRollbackPercentage").cloned().unwrap_or_default(),
    };
    if rollback.boolean("disableOnly") == Some(true) {
        return Ok(vec![going.disable()]);
    }
    if rollback.boolean("enableAndDisableOnly") == Some(true) {
        return Ok(vec![going.enable(), going.disable()]);
    }
    let from = look_up(context, &going.from, lookup).await?;
    let to = look_up(context, &going.to, lookup).await?;
    let delay = rollback.integer("delayBeforeDisableSeconds").unwrap_or(0);
    going.stages(&from, &to, delay)
}

async fn look_up(context: &ComposeContext, name: &str, lookup: Duration) -> Result<ServerGroup, TaskError> {
    let settings = context.view.context();
    let account = account(settings)?;
    let region = regions(settings)?.into_iter().next().unwrap_or_default();
    let asked = context.clients.clouddriver.server_group(&context.caller, &account, &region, name);
    match tokio::time::timeout(lookup, asked).await {
        Ok(Ok(group)) => Ok(group),
        Ok(Err(error)) => Err(error.into()),
        Err(_elapsed) => {
            let message = format!(
                "clouddriver did not say within {} s how large {name} is: try again, or raise rollback.explicitRollback.timeout",
                lookup.as_secs()
            );
            Err(TaskError::new(Kind::Timeout, "SpinnakerException", message))
        }
    }
}

/// From which server group to which.
pub(super) struct Going<'a> {
    pub(super) settings: &'a Object,
    pub(super) from: String,
    pub(super) to: String,
    /// How much of it has to serve; null is the default of the stages.
    pub(super) percentage: Value,
}

impl Going<'_> {
    pub(super) fn stages(&self, from: &ServerGroup, to: &ServerGroup, delay: i64) -> Result<Vec<NewStage>, TaskError> {
        let resize = self.resize(from.capacity, to)?;
        let mut stages = Vec::new();
        if resize.is_some() && !self.settings.contains_key(SNAPSHOT) {
            stages.push(self.capture()?);
        }
        let is_resized = resize.is_some();
        stages.push(self.enable());
        stages.extend(resize);
        if delay > 0 {
            let context = extended(&Object::new(), json!({ "waitTime": delay }));
            stages.push(NewStage::then("wait", "waitBeforeDisable", context));
        }
        stages.push(self.disable());
        if is_resized {
            stages.push(self.apply()?);
        }
        Ok(stages)
    }

    fn enable(&self) -> NewStage {
        let own = json!({ "targetHealthyDeployPercentage": self.percentage, "serverGroupName": self.to });
        let name = format!("Enable {} due to rollback", self.to);
        NewStage::then("enableServerGroup", &name, extended(self.settings, own))
    }

    fn disable(&self) -> NewStage {
        let name = format!("Disable {} due to rollback", self.from);
        let context = extended(self.settings, json!({ "serverGroupName": self.from }));
        NewStage::then("disableServerGroup", &name, context)
    }

    /// Grows what comes back to the size of what goes, its minimum pinned; it is never made smaller.
    fn resize(&self, from: Capacity, to: &ServerGroup) -> Result<Option<NewStage>, TaskError> {
        let desired = from.desired.max(to.capacity.desired);
        let wanted = Capacity { min: desired, max: from.max.max(to.capacity.max), desired };
        if wanted == to.capacity {
            return Ok(None);
        }
        let own = json!({
            "action": "scale_exact",
            "capacity": { "max": wanted.max, "desired": wanted.desired, "min": wanted.min },
            "asgName": self.to,
            "serverGroupName": self.to,
            "targetLocation": { "type": "REGION", "value": to.region },
            "account": if to.account.is_empty() { account(self.settings)? } else { to.account.clone() },
            "cloudProvider": if to.cloud_provider.is_empty() { provider(self.settings) } else { to.cloud_provider.clone() },
            "pinMinimumCapacity": true,
            "targetHealthyDeployPercentage": self.percentage,
        });
        let Capacity { min, max, desired } = wanted;
        let name = format!("Resize Server Group: {} to (min: {min}, max: {max}, desired: {desired})", self.to);
        Ok(Some(NewStage::then("resizeServerGroup", &name, extended(self.settings, own))))
    }

    fn capture(&self) -> Result<NewStage, TaskError> {
        let context = json!({ "useSourceCapacity": true, "source": self.group(&self.from)? });
        Ok(NewStage::then(CAPTURE_STAGE, "Snapshot Source Server Group", extended(&Object::new(), context)))
    }

    fn apply(&self) -> Result<NewStage, TaskError> {
        let context = json!({
            "credentials": account(self.settings)?,
            "cloudProvider": provider(self.settings),
            "target": self.group(&self.to)?,
        });
        let name = "Restore Min Capacity From Snapshot due to rollback";
        Ok(NewStage::then(APPLY_STAGE, name, extended(&Object::new(), context)))
    }

    fn group(&self, name: &str) -> Result<Value, TaskError> {
        Ok(json!({
            "asgName": name,
            "serverGroupName": name,
            "region": self.settings.text("region"),
            "account": account(self.settings)?,
            "cloudProvider": provider(self.settings),
        }))
    }
}
