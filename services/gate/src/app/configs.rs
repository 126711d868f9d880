//! Pipeline configs: found by name or id, saved and deleted as upstream's `savePipeline` and `deletePipeline` do.
//!
//! Upstream starts a task of orca's and waits for it; here front50 is asked at once, with the same outcome.

use futures::{StreamExt as _, TryStreamExt as _, stream};
use gennaker_base::Kind;
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use gennaker_wire::{Object, ObjectExt};
use http::{Method, StatusCode};
use serde_json::Value;

use super::optional::{is_absent, prefixed};

/// Of how many configs the place is asked for at a time.
const AT_ONCE: usize = 16;

/// The configs of an application, in their order.
pub(crate) async fn list(clients: &Clients, caller: &Caller, application: &str) -> Result<Vec<Value>> {
    let configs = clients.front50.forward(caller, Call::get(&["pipelines", application])).await?;
    if let Value::Array(configs) = configs { Ok(configs) } else { Ok(Vec::new()) }
}

/// The config of that name in the application, else the one of that id.
///
/// # Errors
/// `NotFound` if there is neither, or if the id is another application's.
pub(crate) async fn find(clients: &Clients, caller: &Caller, application: &str, name_or_id: &str) -> Result<Object> {
    let by_name = Call::get(&["pipelines", application, "name", name_or_id]).query("refresh", true);
    match clients.front50.forward(caller, by_name).await {
        Ok(Value::Object(config)) if config.text("name").as_deref() == Some(name_or_id) => return Ok(config),
        Ok(_) => {}
        Err(error) if is_absent(&error) => {}
        Err(error) => return Err(error),
    }
    let missing = format!("Pipeline configuration not found (nameOrId: {name_or_id} in application {application})");
    let config = match clients.front50.forward(caller, Call::get(&["pipelines", name_or_id, "get"])).await {
        Ok(Value::Object(config)) => config,
        Ok(_) => return Err(Error::not_found(missing)),
        Err(error) if is_absent(&error) => return Err(prefixed(&error, &format!("{missing}: "))),
        Err(error) => return Err(error),
    };
    let own = config.text("application").is_some_and(|owner| owner.eq_ignore_ascii_case(application));
    if own && config.text("id").as_deref() == Some(name_or_id) { Ok(config) } else { Err(Error::not_found(missing)) }
}

/// What front50 is asked to look at before it saves a config.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Checks {
    /// `staleCheck`: front50 refuses a config that was saved since it was read, if it is configured to.
    pub(crate) stale: bool,
    /// `refuseStale`: it does so whatever is configured. Ours.
    pub(crate) refuse_stale: bool,
}

/// Saves a config: a new one if it has no id, or an id that front50 does not know.
///
/// # Errors
/// `Invalid` with front50's words if front50 refuses it.
pub(crate) async fn save(clients: &Clients, caller: &Caller, mut config: Object, checks: Checks) -> Result<()> {
    keep_place(clients, caller, &mut config).await?;
    let call = Call::new(Method::POST, &["pipelines"]).query("staleCheck", checks.stale);
    let call = call.query_if("refuseStale", checks.refuse_stale.then_some(true)).body(&config)?;
    clients.front50.forward(caller, call).await.map(drop).map_err(refused)
}

/// Saves several configs; the answer says which were, and why the others were not.
pub(crate) async fn save_all(clients: &Clients, caller: &Caller, configs: Vec<Object>) -> Result<Value> {
    let placed = stream::iter(configs).map(|mut config| async move {
        keep_place(clients, caller, &mut config).await?;
        Ok::<_, Error>(Value::Object(config))
    });
    let configs: Vec<Value> = placed.buffered(AT_ONCE).try_collect().await?;
    clients.front50.save_pipelines(caller, &configs.into(), false).await.map_err(refused)
}

/// Gives a config that comes without its place the one it has: else it would move to the end of its application's list.
async fn keep_place(clients: &Clients, caller: &Caller, config: &mut Object) -> Result<()> {
    let id = config.text("id").filter(|id| !id.is_empty() && !config.contains_key("index"));
    let Some(id) = id else { return Ok(()) };
    match clients.front50.forward(caller, Call::get(&["pipelines", &id, "get"])).await {
        Ok(known) => {
            if let Some(index) = known.get("index").filter(|index| !index.is_null()) {
                config.insert("index".to_owned(), index.clone());
            }
            Ok(())
        }
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Saves the config of that id, and answers with it as the application's list has it.
///
/// # Errors
/// As [`save`]; `Invalid` if the config says that it has another id.
pub(crate) async fn replace(clients: &Clients, caller: &Caller, id: &str, mut config: Object) -> Result<Value> {
    match config.text("id") {
        Some(other) if other != id => {
            return Err(Error::invalid(format!("the body is the pipeline {other}, the path names {id}")));
        }
        _ => config.insert("id".to_owned(), id.into()),
    };
    let application = config.text("application").unwrap_or_default();
    save(clients, caller, config, Checks::default()).await?;
    let saved = list(clients, caller, &application).await?;
    Ok(saved.into_iter().find(|saved| text(saved, "id").as_deref() == Some(id)).unwrap_or_default())
}

/// Deletes the config of that name, in whatever case; nothing happens if there is none.
pub(crate) async fn delete(clients: &Clients, caller: &Caller, application: &str, name: &str) -> Result<()> {
    let named = |config: &Value| text(config, "name").filter(|known| known.trim().eq_ignore_ascii_case(name));
    let Some(name) = list(clients, caller, application).await?.iter().find_map(named) else { return Ok(()) };
    let call = Call::new(Method::DELETE, &["pipelines", application, &name]);
    clients.front50.forward(caller, call).await.map(drop).map_err(refused)
}

/// Whether the name has `filter` in it, in whatever case.
pub(crate) fn name_contains(config: &Value, filter: &str) -> bool {
    text(config, "name").is_some_and(|name| name.to_lowercase().contains(&filter.to_lowercase()))
}

/// Upstream answers 400 whatever front50's reason was.
fn refused(error: Error) -> Error {
    match error.kind() {
        Kind::Invalid | Kind::Conflict | Kind::NotFound => error.with_status(StatusCode::BAD_REQUEST),
        _ => error,
    }
}

fn text(config: &Value, field: &str) -> Option<String> {
    config.as_object()?.text(field)
}
