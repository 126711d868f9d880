//! `monitored`: as `rollingredblack`, and after each step a deployment monitor says whether to go on.
//!
//! `deploySteps` are the percentages, `deploymentMonitor` names the monitor (`{"id": ..., "parameters": {...}}`); without one it
//! grows step by step and nobody judges. `failureActions` say what a failure does: `rollback` (`None`, `Automatic`) and
//! `destroyInstances`. The stages that ask the monitor are in `crate::monitored`.
//!
//! Upstream: `MonitoredDeployStrategy`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{
    Deployment, Strategy,
    deployment::{Source, extended, wait},
    failure,
    rolling_red_black::{begin_empty, has_size_to_reach, percentage_problems, percentages, size},
    unpin,
};
use crate::{ComposeContext, NewStage, TaskError, monitored::MonitoredDeployOptions};

const STEPS: &str = "deploySteps";

pub(super) struct Monitored {
    enabled: bool,
    monitors: BTreeSet<String>,
}

impl Monitored {
    pub(super) fn new(options: &MonitoredDeployOptions) -> Self {
        let monitors = options.deployment_monitors.iter().map(|monitor| monitor.id.clone()).collect();
        Monitored { enabled: options.enabled, monitors }
    }
}

#[async_trait]
impl Strategy for Monitored {
    fn key(&self) -> &'static str {
        "monitored"
    }

    fn problems(&self, settings: &Object) -> Vec<String> {
        if !self.enabled {
            return vec!["strategy monitored is off: set monitored-deploy.enabled to true in orca.yml".to_owned()];
        }
        let mut problems = percentage_problems(settings, STEPS);
        if let Some(id) = monitor(settings).filter(|id| !self.monitors.contains(id)) {
            problems.push(format!(
                "there is no deployment monitor {id}: add it to monitored-deploy.deploymentMonitors in orca.yml"
            ));
        }
        problems
    }

    async fn prepare(&self, context: &ComposeContext, settings: &mut Object) -> Result<(), TaskError> {
        begin_empty(settings);
        // It has its own way to say what a failure does.
        settings.shift_remove("rollback");
        has_size_to_reach(context, settings).await
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let settings = deployment.settings();
        let location = deployment.location()?.to_json();
        let source = deployment.source()?;
        let base = deployment.base()?;
        let created = deployment.created().map(|(_, name)| name);
        let shown = created.clone().unwrap_or_default();
        let mut told = internal(deployment, source.as_ref(), &base, created.as_deref());
        let has_monitor = monitor(settings).is_some();

        let mut stages = vec![NewStage::then(
            "determineTargetServerGroup",
            "Determine Deployed Server Group",
            extended(&base, json!({ "serverGroupName": created, "targetLocation": location })),
        )];
        if let Some(source) = &source {
            let context = extended(&source.pin_context(&base), json!({ "pinMinimumCapacity": true }));
            stages.push(NewStage::then("pinServerGroup", &format!("Pin {}", source.name), context));
        }
        if has_monitor {
            let name = "Notify monitored deploy starting";
            stages.push(NewStage::then("notifyDeployStarting", name, lenient(told.clone())));
        }
        let own = json!({
            "target": "current_asg_dynamic",
            "targetLocation": location,
            "scalePct": 0,
            "pinCapacity": true,
            "unpinMinimumCapacity": false,
            "pinMinimumCapacity": true,
            "useNameAsLabel": true,
            "targetHealthyDeployPercentage": settings.get("targetHealthyDeployPercentage"),
        });
        let resize = extended(&extended(&base, own), size(source.as_ref(), settings));
        for percentage in percentages(settings, STEPS) {
            let name = format!("Grow {shown} to {percentage}% of Desired Size");
            let context = extended(&resize, json!({ "scalePct": percentage }));
            stages.push(NewStage::then("resizeServerGroup", &name, context));
            if let Some(source) = &source {
                let own = json!({
                    "desiredPercentage": percentage, "serverGroupName": source.name, "useNameAsLabel": true,
                });
                let name = format!("Disable {percentage}% of Traffic on {}", source.name);
                stages.push(NewStage::then("disableServerGroup", &name, extended(&base, own)));
            }
            if has_monitor {
                told.insert("currentProgress".to_owned(), percentage.into());
                let name = "Evaluate health of deployed instances";
                stages.push(NewStage::then("evaluateDeploymentHealth", name, lenient(told.clone())));
            }
        }
        let own = json!({
            "serverGroupName": created,
            "scalePct": 100,
            "useNameAsLabel": true,
            "unpinMinimumCapacity": true,
            "pinMinimumCapacity": false,
            "pinCapacity": false,
        });
        stages.push(NewStage::then("pinServerGroup", &format!("Unpin {shown}"), extended(&resize, own)));
        stages.extend(clean_up(deployment, source.as_ref(), &base));
        if has_monitor {
            let context = forgiving(extended(&told, json!({ "hasDeploymentFailed": false })));
            stages.push(NewStage::then("notifyDeployCompleted", "Notify monitored deploy complete", context));
        }
        Ok(stages)
    }

    fn on_failure(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let Some(source) = deployment.source()? else { return Ok(Vec::new()) };
        let base = deployment.base()?;
        let mut stages = roll_back(deployment, &source)?;
        stages.push(unpin::after_failure(deployment, &source)?);
        if monitor(deployment.settings()).is_some() {
            let created = deployment.created().map(|(_, name)| name);
            let told = internal(deployment, Some(&source), &base, created.as_deref());
            let context = extended(&told, json!({ "hasDeploymentFailed": true }));
            stages.push(NewStage::then("notifyDeployCompleted", "Notify monitored deploy complete", context));
        }
        Ok(stages)
    }
}

/// The id of the monitor that judges.
fn monitor(settings: &Object) -> Option<String> {
    settings.object("deploymentMonitor")?.text("id").filter(|id| !id.is_empty())
}

/// What the stages that ask the monitor are told.
fn internal(deployment: &Deployment<'_>, source: Option<&Source>, base: &Object, created: Option<&str>) -> Object {
    extended(
        &Object::new(),
        json!({
            "newServerGroup": created,
            "oldServerGroup": source.map(|source| &source.name),
            "account": base.get("credentials"),
            "region": base.get("region"),
            "cloudProvider": base.get("cloudProvider"),
            "currentProgress": 0,
            "hasDeploymentFailed": false,
            "deploymentMonitor": deployment.settings().get("deploymentMonitor"),
            "deployMonitorHttpRetryCount": 0,
        }),
    )
}

/// A context whose stage keeps its siblings from nothing when it fails in a way that the pipeline goes on after.
fn lenient(context: Object) -> Object {
    extended(&context, json!({ "allowSiblingStagesToContinueOnFailure": true }))
}

/// The same, and any failure is one that the pipeline goes on after.
fn forgiving(context: Object) -> Object {
    extended(&lenient(context), json!({ "continuePipeline": true }))
}

/// What becomes of the old server groups. By then the new one serves alone: a failure here is not the deployment's.
fn clean_up(deployment: &Deployment<'_>, source: Option<&Source>, base: &Object) -> Vec<NewStage> {
    let mut stages = Vec::new();
    match source {
        Some(_) if deployment.is_set("scaleDown") => {
            stages.extend(wait(deployment.delay_before_scale_down(), "Wait Before Scale Down"));
            let own = json!({
                "allowScaleDownActive": false,
                "remainingFullSizeServerGroups": 1,
                "preferLargerOverNewer": false,
            });
            stages.push(NewStage::then("scaleDownCluster", "scaleDown", forgiving(extended(base, own))));
        }
        Some(source) => {
            let context = extended(&source.pin_context(base), json!({ "unpinMinimumCapacity": true }));
            stages.push(NewStage::then("pinServerGroup", &format!("Unpin {}", source.name), context));
        }
        None => {}
    }
    if deployment.max_remaining() > 0 {
        let own = json!({
            "shrinkToSize": deployment.max_remaining(),
            "allowDeleteActive": false,
            "retainLargerOverNewer": false,
        });
        stages.push(NewStage::then("shrinkCluster", "shrinkCluster", forgiving(extended(base, own))));
    }
    stages
}

/// What `failureActions` ask for, once there is a server group to go back from.
fn roll_back(deployment: &Deployment<'_>, source: &Source) -> Result<Vec<NewStage>, TaskError> {
    let actions = deployment.settings().object("failureActions");
    let kind = actions.and_then(|actions| actions.text("rollback")).unwrap_or_default();
    if !matches!(kind.as_str(), "Automatic" | "Manual") {
        return Ok(Vec::new());
    }
    let Some(failed) = failure::Failed::of(deployment)? else { return Ok(Vec::new()) };
    let additional = json!({ "enableAndDisableOnly": true, "onlyEnabledServerGroups": true });
    let mut back = failed.roll_back(additional);
    back.context.insert("originalServerGroup".to_owned(), Value::from(source.name.as_str()));
    let mut stages = vec![back];
    if actions.and_then(|actions| actions.boolean("destroyInstances")) == Some(true) {
        stages.push(failed.destroy(&format!("Destroy {} due to rollback", failed.name)));
    }
    Ok(stages)
}
