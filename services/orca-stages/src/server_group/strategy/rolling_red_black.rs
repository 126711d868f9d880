//! `rollingredblack`: the new server group begins without instances; then it grows and the old one leaves traffic, by
//! percentages of the old one's size.
//!
//! `targetPercentages` are the steps; the last is 100 whether it says so or not. Between a step's growth and the old one's
//! leaving there may be a wait (`delayBeforeCleanup`) and a pipeline that has to succeed (`pipelineBeforeCleanup`). Meanwhile the
//! old one's minimum is pinned to its size, so that nothing scales it down; it is put back at the end, or `scaleDown` empties
//! the old one. Without an old one the new one grows to the capacity that was asked for.
//!
//! Upstream: `RollingRedBlackStrategy`. There the contexts of the later stages hold what the pinning stage was told as well,
//! because both are one map; they do here, since clients see them.

use async_trait::async_trait;
use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::{
    Deployment, Strategy,
    deployment::{Source, extended, wait},
    unpin,
};
use crate::{ComposeContext, NewStage, TaskError, server_group::source};

pub(super) struct RollingRedBlack;

#[async_trait]
impl Strategy for RollingRedBlack {
    fn key(&self) -> &'static str {
        "rollingredblack"
    }

    fn problems(&self, settings: &Object) -> Vec<String> {
        percentage_problems(settings, "targetPercentages")
    }

    async fn prepare(&self, context: &ComposeContext, settings: &mut Object) -> Result<(), TaskError> {
        if settings.integer("targetSize").is_some_and(|size| size != 0) {
            settings.insert("targetSize".to_owned(), 0.into());
        }
        begin_empty(settings);
        has_size_to_reach(context, settings).await
    }

    fn after(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let settings = deployment.settings();
        let location = deployment.location()?.to_json();
        let source = deployment.source()?;
        let mut base = deployment.base()?;
        let target = json!({ "target": "current_asg_dynamic", "targetLocation": location });
        let mut stages = vec![NewStage::then(
            "determineTargetServerGroup",
            "Determine Deployed Server Group",
            extended(&base, target.clone()),
        )];
        if let Some(source) = &source {
            base = extended(&source.pin_context(&base), json!({ "pinMinimumCapacity": true }));
            stages.push(NewStage::then("pinServerGroup", &format!("Pin {}", source.name), base.clone()));
        }
        for percentage in percentages(settings, "targetPercentages") {
            let own = json!({
                "scalePct": percentage,
                "pinCapacity": percentage < 100,
                "unpinMinimumCapacity": percentage == 100,
                "pinMinimumCapacity": percentage < 100,
                "useNameAsLabel": true,
                "targetHealthyDeployPercentage": settings.get("targetHealthyDeployPercentage"),
            });
            let context = extended(&extended(&extended(&base, target.clone()), own), size(source.as_ref(), settings));
            let name = format!("Grow to {percentage}% of Desired Size");
            stages.push(NewStage::then("resizeServerGroup", &name, context));
            stages.extend(wait(deployment.delay_before_cleanup(), "wait"));
            stages.extend(validation(deployment, source.as_ref(), percentage)?);
            if let Some(source) = &source {
                let own = json!({ "desiredPercentage": percentage, "serverGroupName": source.name });
                let name = format!("Disable {percentage}% of Traffic on {}", source.name);
                stages.push(NewStage::then("disableServerGroup", &name, extended(&base, own)));
            }
        }
        let Some(source) = source else { return Ok(stages) };
        if deployment.is_set("scaleDown") {
            stages.extend(wait(deployment.delay_before_scale_down(), "Wait Before Scale Down"));
            let own = json!({
                "allowScaleDownActive": false,
                "remainingFullSizeServerGroups": 1,
                "preferLargerOverNewer": false,
            });
            stages.push(NewStage::then("scaleDownCluster", "scaleDown", extended(&base, own)));
        } else {
            let context = extended(&base, json!({ "unpinMinimumCapacity": true }));
            stages.push(NewStage::then("pinServerGroup", &format!("Unpin {}", source.name), context));
        }
        Ok(stages)
    }

    fn on_failure(&self, deployment: &Deployment<'_>) -> Result<Vec<NewStage>, TaskError> {
        let Some(source) = deployment.source()? else { return Ok(Vec::new()) };
        Ok(vec![unpin::after_failure(deployment, &source)?])
    }
}

/// What the new server group grows to: the old one's size, or without one what was asked for.
pub(super) fn size(source: Option<&Source>, settings: &Object) -> Value {
    match source {
        Some(source) => json!({ "action": "scale_to_server_group", "source": source.to_json() }),
        None => json!({ "action": "scale_exact", "capacity": settings.get("savedCapacity") }),
    }
}

/// Has the server group created without instances, and keeps what was asked for under `savedCapacity`.
pub(super) fn begin_empty(settings: &mut Object) {
    if settings.boolean("useSourceCapacity") == Some(true) {
        settings.insert("useSourceCapacity".to_owned(), false.into());
    }
    let is_empty = |value: &&Value| value.is_null() || value.as_object().is_some_and(Object::is_empty);
    let saved = ["savedCapacity", "capacity"].iter().filter_map(|name| settings.get(*name));
    if let Some(saved) = saved.into_iter().find(|value| !is_empty(value)).cloned() {
        settings.insert("savedCapacity".to_owned(), saved);
    }
    settings.insert("capacity".to_owned(), json!({ "min": 0, "max": 0, "desired": 0 }));
}

/// Whether there is a size that the new server group can grow to. One that began empty and stayed so would pass for deployed.
///
/// # Errors
/// If no capacity was asked for, and nothing runs whose size could be taken.
pub(super) async fn has_size_to_reach(context: &ComposeContext, settings: &Object) -> Result<(), TaskError> {
    if settings.contains_key("savedCapacity") {
        return Ok(());
    }
    let view = context.view.with_context(settings.clone());
    match source::find(&view, &context.caller, &context.clients).await?.filter(|found| !found.is_empty()) {
        Some(_) => Ok(()),
        None => Err(TaskError::invalid(
            "the cluster has no server group whose size could be taken: set capacity for its first deployment",
        )),
    }
}

/// The steps that the settings name; the last is 100.
pub(super) fn percentages(settings: &Object, name: &str) -> Vec<i64> {
    let listed = settings.get(name).and_then(Value::as_array).into_iter().flatten();
    let mut percentages: Vec<i64> = listed.filter_map(percentage).collect();
    if percentages.last() != Some(&100) {
        percentages.push(100);
    }
    percentages
}

fn percentage(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// What is wrong with a list of percentages.
pub(super) fn percentage_problems(settings: &Object, name: &str) -> Vec<String> {
    let Some(listed) = settings.get(name).filter(|value| !value.is_null()) else { return Vec::new() };
    let Some(listed) = listed.as_array() else {
        return vec![format!("{name} is a list of percentages, for example [25, 50, 100]")];
    };
    let is_wrong = |value: &&Value| percentage(value).is_none_or(|percentage| !(0..=100).contains(&percentage));
    listed.iter().filter(is_wrong).map(|wrong| format!("{name} has {wrong}, which is no percentage")).collect()
}

/// The pipeline that has to succeed before a part of the old server group leaves traffic, if one is named.
fn validation(
    deployment: &Deployment<'_>,
    source: Option<&Source>,
    percentage: i64,
) -> Result<Option<NewStage>, TaskError> {
    let Some(asked) = deployment.settings().object("pipelineBeforeCleanup") else { return Ok(None) };
    let part = |name: &str| asked.text(name).filter(|text| !text.is_empty());
    let (Some(application), Some(pipeline)) = (part("application"), part("pipelineId")) else { return Ok(None) };
    let base = deployment.base()?;
    let place = json!({
        "region": deployment.location()?.value,
        "account": base.get("credentials"),
        "cloudProvider": base.get("cloudProvider"),
    });
    let group = |name: Option<String>| match &place {
        Value::Object(place) => Value::Object(extended(place, json!({ "serverGroupName": name }))),
        other => other.clone(),
    };
    let told = json!({
        "deployedServerGroup": group(deployment.created().map(|(_, name)| name)),
        "sourceServerGroup": group(source.map(|source| source.name.clone())),
        "percentageComplete": percentage,
    });
    let given = asked.object("pipelineParameters").cloned().unwrap_or_default();
    let context = json!({
        "application": application,
        "pipelineApplication": application,
        "pipeline": pipeline,
        "pipelineParameters": extended(&given, told),
    });
    Ok(Some(NewStage::then("pipeline", "Run Validation Pipeline", extended(&Object::new(), context))))
}
