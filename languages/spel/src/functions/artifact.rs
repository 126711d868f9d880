//! Artifacts: upstream's `ArtifactExpressionFunctionProvider` and `ArtifactStoreFunctions`.

use serde_json::Value as Json;

use super::id;
use crate::{
    Error, Value, beans,
    class::Class,
    method::Call,
    value::{Bean, Object},
};

/// The reference itself: nothing is kept in an artifact store here, so nothing has to be fetched from one.
pub(super) fn fetch_reference<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(call.arguments[0].clone())
}

pub(super) fn trigger_resolved_artifact<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    resolved(&call, "name")
}

pub(super) fn trigger_resolved_artifact_by_type<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    resolved(&call, "type")
}

/// The first bound artifact of the trigger that has this value.
fn resolved<'a>(call: &Call<'_, 'a>, field: &str) -> Result<Value<'a>, Error> {
    let execution = call.execution()?;
    let wanted = call.argument(1);
    let expected = execution.get("trigger").and_then(|trigger| trigger.get("resolvedExpectedArtifacts"));
    let expected = expected.and_then(Json::as_array).into_iter().flatten();
    let mut bound = expected.filter_map(|expected| expected.get("boundArtifact")?.as_object());
    let found = bound.find(|artifact| wanted.is_some() && artifact.get(field).and_then(Json::as_str) == wanted);
    let found = found.map(|json| Value::Object(Object::Bean(Bean { class: Class::Artifact, json, execution })));
    found.ok_or_else(|| {
        Error::thrown(format!(
            "Unable to locate resolved artifact {} in trigger execution {}.",
            wanted.unwrap_or("null"),
            id(execution)
        ))
    })
}

/// The artifacts that the stages put out, in the stages' order.
pub(super) fn resolved_artifacts<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let outputs =
        beans::stages(call.execution()?).filter_map(|stage| stage.map("outputs")?.get("artifacts")?.as_array());
    let artifacts: Vec<Value<'a>> = outputs.flatten().map(Value::from).collect();
    call.evaluation.charge(artifacts.len() * size_of::<Value<'_>>())?;
    Ok(Value::list(artifacts))
}
