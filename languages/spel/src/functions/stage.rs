//! Stages: upstream's `StageExpressionFunctionProvider` and `ManifestLabelValueExpressionFunctionProvider`.

use serde_json::{Map as JsonMap, Value as Json};

use super::id;
use crate::{
    Error, Value, beans,
    method::Call,
    suggest,
    value::{Bean, Object},
};

pub(super) fn current_stage<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let current = call.evaluation.stage.ok_or_else(|| Error::thrown("#currentStage needs a stage that is running"))?;
    let wanted = current.text("id").unwrap_or_default();
    let found =
        beans::stages(execution).find(|stage| stage.text("id").is_some_and(|id| id.eq_ignore_ascii_case(wanted)));
    found.map(value).ok_or_else(|| Error::thrown(format!("there is no stage with the id '{wanted}'")))
}

pub(super) fn current_user<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::from(call.evaluation.user.unwrap_or("anonymous")))
}

pub(super) fn stage_by_ref_id<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let wanted = call.argument(1).ok_or_else(|| Error::thrown("#stageByRefId needs a refId, and this is null"))?;
    let found = beans::stages(execution).find(|stage| stage.text("refId") == Some(wanted));
    found.map(value).ok_or_else(|| {
        Error::thrown(format!(
            "Unable to locate [{wanted}] using #stageByRefId({wanted}) in execution {}",
            id(execution)
        ))
    })
}

/// By name or id, the first one.
fn find<'a>(execution: &'a JsonMap<String, Json>, wanted: Option<&str>) -> Option<Bean<'a>> {
    let wanted = wanted?;
    beans::stages(execution).find(|stage| stage.text("name") == Some(wanted) || stage.text("id") == Some(wanted))
}

pub(super) fn stage<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let wanted = call.argument(1);
    find(execution, wanted).map(value).ok_or_else(|| {
        let wanted = wanted.unwrap_or("null");
        let names = beans::stages(execution).filter_map(|stage| stage.text("name"));
        Error::thrown(format!(
            "Unable to locate [{wanted}] using #stage({wanted}) in execution {}{}",
            id(execution),
            suggest::hint("", wanted, names)
        ))
    })
}

pub(super) fn stage_exists<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(find(call.execution()?, call.argument(1)).is_some()))
}

/// The input of a manual judgment, found by the stage's name.
pub(super) fn judgment<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let wanted = call.argument(1);
    let input = beans::stages(execution)
        .filter(|stage| wanted.is_some() && stage.text("name") == wanted)
        .filter(|stage| stage.text("type") == Some("manualJudgment"))
        .find_map(|stage| stage.map("context")?.get("judgmentInput").filter(|input| !input.is_null()));
    match input {
        Some(Json::String(input)) => Ok(Value::from(input.as_str())),
        Some(_) => Err(Error::thrown("the judgment's input is no text")),
        None => {
            let wanted = wanted.unwrap_or("null");
            Err(Error::thrown(format!(
                "Unable to locate manual Judgment stage [{wanted}] using #judgment({wanted}) in execution {}. \
                 Stage doesn't exist or doesn't contain judgmentInput in its context ",
                id(execution)
            )))
        }
    }
}

/// The value of a label of what a deploy manifest stage has deployed.
pub(super) fn manifest_label_value<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let (stage, kind, label) = (call.argument(1), call.argument(2), call.argument(3));
    let Some(kind) = kind.filter(|kind| ["Deployment", "ReplicaSet"].contains(kind)) else {
        return Err(Error::thrown("Only Deployments and ReplicaSets are valid kinds for this function"));
    };
    let label = label.ok_or_else(|| Error::thrown("A labelKey is required for this function"))?;
    let stage = beans::stages(execution)
        .find(|found| {
            found.text("name") == stage
                && found.text("type") == Some("deployManifest")
                && found.text("status") == Some("SUCCEEDED")
        })
        .ok_or_else(|| Error::thrown("A valid Deploy Manifest stage name is required for this function"))?;
    let manifests = stage.map("context").and_then(|context| context.get("outputs.manifests")).and_then(Json::as_array);
    let manifests = manifests
        .filter(|manifests| !manifests.is_empty())
        .ok_or_else(|| Error::thrown("No manifest could be found in the context of the specified stage"))?;
    let manifest = manifests.iter().find(|manifest| manifest["kind"] == kind).ok_or_else(|| {
        Error::thrown(format!("No manifest of kind {kind} could be found on the context of the specified stage"))
    })?;
    match &manifest["spec"]["template"]["metadata"]["labels"][label] {
        Json::Null => {
            Err(Error::thrown("No label of specified key found on matching manifest spec.template.metadata.labels"))
        }
        value => Ok(Value::from(value)),
    }
}

fn value<'a>(stage: Bean<'a>) -> Value<'a> {
    Value::Object(Object::Bean(stage))
}
