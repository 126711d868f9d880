//! `highlander`: there can be only one. Every other server group of the cluster is destroyed, those that serve as well.
//!
//! Upstream: `HighlanderStrategy`.

use serde_json::json;

use super::{Deployment, Strategy, deployment::extended};
use crate::{NewStage, TaskError};

pub(super) struct Highlander;

impl Strategy for Highlander {
    fn key(&self) -> &'static str {
        "highlander"
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let own = json!({ "shrinkToSize": 1, "allowDeleteActive": true, "retainLargerOverNewer": false });
        let context = extended(&deployment.base_with_health()?, own);
        Ok(vec![NewStage::then("shrinkCluster", "shrinkCluster", context)])
    }
}
