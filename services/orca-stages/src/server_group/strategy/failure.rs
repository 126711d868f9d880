//! What follows a deployment that failed: going back to the server group before it, and removing the new one.
//!
//! `rollback: {"onFailure": true, "destroyLatest": true}` in the settings asks for it. Whether going back helps depends on the
//! strategy: with red/black only if the new server group itself failed, for otherwise the old one is already on its way out;
//! with rolling red/black always. Other strategies touch the old one only when the new one serves.
//!
//! Upstream: `CreateServerGroupStage.onFailureStages`. There the new server group is destroyed while the old one is brought
//! back; here after that has succeeded, so that somebody serves all the time.

use gennaker_wire::{ObjectExt, Status, naming::Moniker};
use serde_json::{Value, json};

use super::{Deployment, Strategy, deployment::extended};
use crate::{
    NewStage, TaskError,
    server_group::settings::{account, provider},
};

/// How long going back may take, in milliseconds.
const ROLLBACK_MS: u64 = 30 * 60 * 1000;
/// How long destroying the failed server group may take, in milliseconds.
const DESTROY_MS: u64 = 5 * 60 * 1000;

/// The stages that follow.
pub(super) fn stages(strategy: &dyn Strategy, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
    let rollback = deployment.settings().object("rollback");
    let is_asked = |name: &str| rollback.and_then(|rollback| rollback.boolean(name)) == Some(true);
    let mut stages = Vec::new();
    if is_asked("onFailure")
        && let Some(failed) = Failed::of(deployment)?
    {
        let tasks = &deployment.view.stage.tasks;
        let additional = match strategy.key() {
            "rollingredblack" => Some(json!({ "enableAndDisableOnly": true, "onlyEnabledServerGroups": true })),
            "redblack" if tasks.iter().any(|task| task.status == Status::Terminal) => {
                Some(json!({ "disableOnly": true, "onlyEnabledServerGroups": true }))
            }
            _ => None,
        };
        stages.extend(additional.map(|additional| failed.roll_back(additional)));
        if is_asked("destroyLatest") {
            stages.push(failed.destroy(&format!("Destroy {}", failed.name)));
        }
    }
    stages.extend(strategy.on_failure(deployment)?);
    Ok(stages)
}

/// A server group whose deployment failed after it was created.
pub(super) struct Failed {
    region: String,
    pub(super) name: String,
    cluster: String,
    credentials: String,
    provider: String,
}

impl Failed {
    /// That of this deployment, if it came so far.
    pub(super) fn of(deployment: &Deployment<'_>) -> Result<Option<Self>, TaskError> {
        let settings = deployment.settings();
        let Some((region, name)) = deployment.created() else { return Ok(None) };
        let moniker: Option<Moniker> = settings.typed("moniker");
        let cluster = moniker.and_then(|moniker| moniker.cluster).or_else(|| Moniker::parse(&name).cluster);
        let credentials = account(settings)?;
        let cluster = cluster.unwrap_or_else(|| name.clone());
        Ok(Some(Failed { region, cluster, credentials, provider: provider(settings), name }))
    }

    /// The stage that goes back to the server group before.
    pub(super) fn roll_back(&self, additional: Value) -> NewStage {
        let context = json!({
            "credentials": self.credentials,
            "cloudProvider": self.provider,
            "regions": [self.region],
            "serverGroup": self.name,
            "stageTimeoutMs": ROLLBACK_MS,
            "additionalRollbackContext": additional,
        });
        let name = format!("Rollback {}", self.cluster);
        NewStage::then("rollbackCluster", &name, extended(&Default::default(), context))
    }

    /// The stage that destroys it.
    pub(super) fn destroy(&self, name: &str) -> NewStage {
        let context = json!({
            "cloudProvider": self.provider,
            "cloudProviderType": self.provider,
            "cluster": self.cluster,
            "credentials": self.credentials,
            "region": self.region,
            "serverGroupName": self.name,
            "stageTimeoutMs": DESTROY_MS,
        });
        NewStage::then("destroyServerGroup", name, extended(&Default::default(), context))
    }
}
