//! `redblack` (blue/green): once the new server group serves, the others leave traffic.
//!
//! | setting | |
//! |---|---|
//! | `maxRemainingAsgs` | so many server groups stay, the new one included; older ones are destroyed first |
//! | `allowDeleteActive` | also one that is in traffic |
//! | `delayBeforeCleanup`, `delayBeforeDisableSec` | seconds until the old ones leave traffic |
//! | `scaleDown` | the old ones are scaled to nothing, after `delayBeforeScaleDownSec` |
//! | `allowScaleDownActive` | also one that is in traffic |
//!
//! Where nothing was replaced, nothing is done. Upstream: `RedBlackStrategy`.

use serde_json::json;

use super::{
    Deployment, Strategy,
    deployment::{extended, wait},
};
use crate::{NewStage, TaskError};

pub(super) struct RedBlack;

impl Strategy for RedBlack {
    fn key(&self) -> &'static str {
        "redblack"
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        if deployment.source()?.is_none() {
            return Ok(Vec::new());
        }
        let base = deployment.base_with_health()?;
        let mut stages = Vec::new();
        if deployment.max_remaining() > 0 {
            let own = json!({
                "shrinkToSize": deployment.max_remaining(),
                "allowDeleteActive": deployment.is_set("allowDeleteActive"),
                "retainLargerOverNewer": false,
            });
            stages.push(NewStage::then("shrinkCluster", "shrinkCluster", extended(&base, own)));
        }
        stages.extend(wait(deployment.delay_before_cleanup(), "Wait Before Disable"));
        let own = json!({ "remainingEnabledServerGroups": 1, "preferLargerOverNewer": false });
        stages.push(NewStage::then("disableCluster", "disableCluster", extended(&base, own)));
        if deployment.is_set("scaleDown") {
            stages.extend(wait(deployment.delay_before_scale_down(), "Wait Before Scale Down"));
            let own = json!({
                "allowScaleDownActive": deployment.is_set("allowScaleDownActive"),
                "remainingFullSizeServerGroups": 1,
                "preferLargerOverNewer": false,
            });
            stages.push(NewStage::then("scaleDownCluster", "scaleDown", extended(&base, own)));
        }
        Ok(stages)
    }
}
