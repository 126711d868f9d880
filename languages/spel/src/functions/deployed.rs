//! What was deployed: upstream's `DeployedServerGroupsExpressionFunctionProvider`.

use serde_json::{Map as JsonMap, Value as Json};

use crate::{
    Error, Value, beans,
    method::Call,
    value::{Bean, Map},
};

const DEPLOY_STAGES: [&str; 4] = ["deploy", "createServerGroup", "cloneServerGroup", "rollingPush"];
const SERVER_GROUPS: &str = "deploy.server.groups";

/// A map for each deploy stage that succeeded: of those names or ids, or of all if none is given.
pub(super) fn deployed_server_groups<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let wanted: Vec<Option<String>> = match &call.arguments[1] {
        // A null among them is no stage's name.
        Value::Array(names) => names.items.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let is_wanted = |stage: &Bean<'_>| {
        let named =
            |key| stage.text(key).is_some_and(|text| wanted.iter().any(|wanted| wanted.as_deref() == Some(text)));
        wanted.is_empty() || named("name") || named("id")
    };
    let stages = beans::stages(execution)
        .filter(|stage| stage.text("type").is_some_and(|kind| DEPLOY_STAGES.contains(&kind)))
        .filter(|stage| stage.text("status") == Some("SUCCEEDED"))
        .filter(is_wanted)
        .filter_map(|stage| stage.map("context").filter(|context| context.contains_key(SERVER_GROUPS)));
    Ok(Value::list(stages.filter_map(details).collect()))
}

/// What is known of a deployment; `None` if the stage names no region.
fn details<'a>(context: &'a JsonMap<String, Json>) -> Option<Value<'a>> {
    let zones = || context.get("availabilityZones")?.as_object()?.keys().next().map(String::as_str);
    let region = context.get("region").and_then(Json::as_str).or_else(zones)?;
    let mut details: Vec<(Value<'a>, Value<'a>)> = ["account", "capacity", "parentStage"]
        .map(|key| (Value::from(key), context.get(key).map_or(Value::Null, Value::from)))
        .into();
    details.push((Value::from("region"), Value::from(region)));
    let existing = context.get("deploymentDetails").and_then(Json::as_array).into_iter().flatten();
    for detail in
        existing.filter_map(Json::as_object).filter(|detail| detail.get("region").is_some_and(|own| own == region))
    {
        details.extend(detail.iter().map(|(key, value)| (Value::from(key.as_str()), Value::from(value))));
    }
    let groups = context.get(SERVER_GROUPS).and_then(|groups| groups.get(region)).and_then(Json::as_array);
    if let Some(first) = groups.and_then(|groups| groups.first()) {
        details.push((Value::from("serverGroup"), Value::from(first)));
    }
    details.push((Value::from("deployments"), Value::list(deployments(context).collect())));
    Some(Value::Map(Map::of(details)))
}

/// What the cloud's tasks say they have deployed.
fn deployments<'a>(context: &'a JsonMap<String, Json>) -> impl Iterator<Item = Value<'a>> {
    let lists = |json: &'a Json, key: &str| json.get(key).and_then(Json::as_array).into_iter().flatten();
    let tasks = context.get("kato.tasks").and_then(Json::as_array).into_iter().flatten();
    let results = tasks.flat_map(move |task| lists(task, "resultObjects"));
    results.flat_map(move |result| lists(result, "deployments")).map(Value::from)
}
