//! Questions to other services: upstream's `PipelineExpressionFunctionProvider`, `ApplicationExpressionFunctionProvider` and
//! `KayentaConfigExpressionFunctionProvider`.

use serde_json::Value as Json;

use crate::{Error, Value, host::Question, method::Call};

fn needed<'c>(text: Option<&'c str>, what: &str, function: &str) -> Result<&'c str, Error> {
    text.filter(|text| !text.is_empty())
        .ok_or_else(|| Error::thrown(format!("{what} must be specified for function #{function}")))
}

fn find_pipeline<'a>(
    call: &mut Call<'_, 'a>,
    application: &str,
    name: &str,
    function: &str,
) -> Result<Option<String>, Error> {
    let answer = call.evaluation.ask(&Question::PipelineId { application, name });
    match answer.map_err(|reason| Error::thrown(format!("Failed to evaluate #{function} function: {reason}")))? {
        Json::String(id) => Ok(Some(id)),
        _ => Ok(None),
    }
}

fn in_this_application<'a>(call: &mut Call<'_, 'a>) -> Result<(Option<String>, String), Error> {
    let name = needed(call.argument(1), "pipelineName", "pipelineId")?;
    let application = call.execution()?.get("application").and_then(Json::as_str).unwrap_or_default();
    let missing = format!("Pipeline with name '{name}' could not be found on application {application}");
    Ok((find_pipeline(call, application, name, "pipelineId")?, missing))
}

pub(super) fn pipeline_id<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (found, missing) = in_this_application(&mut call)?;
    found.map(Value::from).ok_or_else(|| Error::thrown(missing))
}

pub(super) fn pipeline_id_or_null<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (found, _) = in_this_application(&mut call)?;
    Ok(found.map_or(Value::Null, Value::from))
}

pub(super) fn pipeline_id_in_application<'a>(mut call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let application = needed(call.argument(2), "applicationName", "pipelineIdInApplication")?;
    let name = call.argument(1).unwrap_or_default();
    Ok(find_pipeline(&mut call, application, name, "pipelineIdInApplication")?.map_or(Value::Null, Value::from))
}

pub(super) fn application_metadata<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let name = call.argument(0).unwrap_or("null");
    let answer = call.evaluation.ask(&Question::Application(name));
    answer.map(Value::from).map_err(|reason| {
        Error::thrown(format!("Application metadata for application '{name}' could not be retrieved: {reason}"))
    })
}

pub(super) fn canary_config_id<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let name = needed(call.argument(0), "the configuration's name", "canaryConfigNameToId")?;
    let application = needed(call.argument(1), "the application", "canaryConfigNameToId")?;
    match call.evaluation.ask(&Question::CanaryConfigId { name, application }) {
        Ok(Json::String(id)) => Ok(Value::from(id)),
        Ok(_) => Err(Error::thrown(format!("Unable to find config with name {name} for app {application}."))),
        Err(reason) => Err(Error::thrown(format!("#canaryConfigNameToId: {reason}"))),
    }
}
