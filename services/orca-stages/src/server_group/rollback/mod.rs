//! Going back to the server group before.
//!
//! | stage | |
//! |---|---|
//! | `rollbackServerGroup` | goes back from one server group in one of the ways of [`Way`] |
//! | `rollbackCluster` | finds out from which server group to which, in each region, and goes back by a `rollbackServerGroup` |
//!
//! ```json
//! {"type": "rollbackServerGroup", "rollbackType": "EXPLICIT", "credentials": "local", "region": "local",
//!  "cloudProvider": "local",
//!  "rollbackContext": {"rollbackServerGroupName": "shop-v002", "restoreServerGroupName": "shop-v001"}}
//! ```
//!
//! The restored server group serves before the other one leaves traffic, always.
//!
//! Upstream: `RollbackServerGroupStage`, `RollbackClusterStage`, `Rollback` and its classes.

mod candidates;
mod cluster;
mod explicit;
mod previous_image;
mod server_group;
#[cfg(test)]
mod tests;

use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use crate::{Catalogue, ComposeContext, NewStage, Options, TaskError};

/// Adds the stages and their task.
pub(super) fn register(catalogue: &mut Catalogue, options: &Options) {
    catalogue.add_stage(server_group::RollbackServerGroupStage { lookup: options.rollback.explicit_rollback.lookup() });
    catalogue.add_stage(cluster::RollbackClusterStage);
    catalogue.add_task(candidates::DetermineCandidatesTask);
}

/// How to go back from a server group: `rollbackType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// To a server group that is still there.
    Explicit,
    /// To an image that ran before, by a new server group with it.
    PreviousImage,
    /// Not at all: it waits for `waitTime` seconds, as upstream's own tests ask.
    Test,
}

impl Way {
    fn of(name: &str) -> Option<Way> {
        [Way::Explicit, Way::PreviousImage, Way::Test].into_iter().find(|way| way.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Way::Explicit => "EXPLICIT",
            Way::PreviousImage => "PREVIOUS_IMAGE",
            Way::Test => "TEST",
        }
    }

    /// What is wrong with the `rollbackContext`.
    fn problems(self, rollback: &Object) -> Vec<String> {
        let is_only_disabled = rollback.boolean("disableOnly") == Some(true);
        let needed: &[&str] = match self {
            Way::Explicit if is_only_disabled => &["rollbackServerGroupName"],
            Way::Explicit => &["rollbackServerGroupName", "restoreServerGroupName"],
            Way::PreviousImage => &["rollbackServerGroupName"],
            Way::Test => &[],
        };
        let missing = needed.iter().filter(|name| rollback.text(name).is_none_or(|text| text.is_empty()));
        missing.map(|name| format!("rollbackContext.{name} is missing")).collect()
    }
}

/// The stages by which to go back.
async fn stages(
    way: Way,
    rollback: &Object,
    context: &ComposeContext,
    lookup: std::time::Duration,
) -> Result<Vec<NewStage>, TaskError> {
    match way {
        Way::Explicit => explicit::stages(rollback, context, lookup).await,
        Way::PreviousImage => previous_image::stages(rollback, context).await,
        Way::Test => {
            let wait = json!({ "waitTime": rollback.get("waitTime") });
            Ok(vec![NewStage::then("wait", "wait", wait.as_object().cloned().unwrap_or_default())])
        }
    }
}
