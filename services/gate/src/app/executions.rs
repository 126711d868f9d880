//! Executions: what orca needs to know beside the execution itself.

use gennaker_base::Kind;
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt as _};
use http::Method;
use serde_json::Value;

use super::optional::addition;

/// Runs a stage again. orca gets the pipeline as front50 has it now, since the stage may have been changed; what the caller
/// sends instead counts if there is none. Upstream: `PipelineController.restartStage`.
///
/// # Errors
/// `NotFound` if there is no such execution, and what orca refuses.
pub(crate) async fn restart_stage(
    clients: &Clients,
    caller: &Caller,
    id: &str,
    stage: &str,
    body: Object,
) -> Result<Value> {
    let execution = clients.orca.forward(caller, Call::get(&["pipelines", id])).await;
    let execution = execution.map_err(|error| match error.kind() {
        Kind::NotFound => Error::not_found(format!("Pipeline not found (id: {id})")),
        _ => error,
    })?;
    let pipeline = config_of(clients, caller, &execution).await.unwrap_or(body);
    let call = Call::new(Method::PUT, &["pipelines", id, "stages", stage, "restart"]).body(&pipeline)?;
    clients.orca.forward(caller, call).await
}

/// The config of the pipeline that was executed, by its name; `None` also if front50 cannot say.
async fn config_of(clients: &Clients, caller: &Caller, execution: &Value) -> Option<Object> {
    let (application, name) = (execution["application"].as_str()?, execution["name"].as_str()?);
    let configs = clients.front50.forward(caller, Call::get(&["pipelines", application]).query("refresh", true));
    let Value::Array(configs) = addition("front50", configs).await? else { return None };
    let is_named = |config: &Object| config.text("name").is_some_and(|known| known.trim().eq_ignore_ascii_case(name));
    configs
        .into_iter()
        .filter_map(|config| if let Value::Object(config) = config { Some(config) } else { None })
        .find(is_named)
}
