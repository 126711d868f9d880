//! `rollingpush`: no new server group. The newest one gets the new launch configuration, and its instances are replaced by and
//! by as `termination` says; without `termination` those that are there stay as they are.
//!
//! There is no way back: what the server group ran before is gone with its instances. Upstream: `RollingPushStrategy`, which it calls
//! deprecated.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::json;

use super::{Deployment, Strategy, deployment::extended};
use crate::{ComposeContext, NewStage, TaskError, cloud::termination_problems, server_group::source};

pub(super) struct RollingPush;

#[async_trait]
impl Strategy for RollingPush {
    fn key(&self) -> &'static str {
        "rollingpush"
    }

    fn problems(&self, settings: &Object) -> Vec<String> {
        termination_problems(settings)
    }

    fn replaces_creation(&self) -> bool {
        true
    }

    async fn prepare(&self, context: &ComposeContext, settings: &mut Object) -> Result<(), TaskError> {
        let view = context.view.with_context(settings.clone());
        match source::find(&view, &context.caller, &context.clients).await? {
            Some(_) => Ok(()),
            None => Err(nothing_to_push()),
        }
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let settings = deployment.settings();
        let source = deployment.source()?.ok_or_else(nothing_to_push)?;
        let region = source.region.clone().unwrap_or_default();
        let account = source.account.clone().unwrap_or_else(|| source.credentials.clone());
        let context = extended(
            settings,
            json!({
                "region": region,
                "regions": [region],
                "asgName": source.name,
                "deploy.server.groups": { &region: [source.name] },
                "useSourceCapacity": true,
                "credentials": account,
                "source": {
                    "asgName": source.name,
                    "account": account,
                    "region": region,
                    "useSourceCapacity": true,
                },
            }),
        );
        let (kind, name) = match settings.boolean("setLaunchTemplate") {
            Some(true) => ("updateLaunchTemplate", "updateLaunchTemplate"),
            _ => ("modifyAsgLaunchConfiguration", "modifyLaunchConfiguration"),
        };
        let mut stages = vec![NewStage::then(kind, name, context.clone())];
        let termination = settings.object("termination");
        let relaunches = termination.is_some_and(|termination| {
            termination.boolean("relaunchAllInstances") == Some(true)
                || termination.integer("totalRelaunches").is_some_and(|number| number > 0)
        });
        if relaunches {
            stages.push(NewStage::then("rollingPush", "rollingPush", context));
        }
        Ok(stages)
    }
}

fn nothing_to_push() -> TaskError {
    TaskError::invalid("there is no server group to push to: a rolling push changes the newest one of a cluster")
}
