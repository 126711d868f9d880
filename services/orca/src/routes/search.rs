//! Searching the executions of an application by what triggered them.

use axum::extract::State;
use gennaker_base::Kind;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Json, Path, Query, Result, get};
use gennaker_store as store;
use gennaker_wire::{Execution, ExecutionKind};
use serde::Deserialize;
use serde_json::Value;

use super::{
    READ, engine_error,
    executions::expanded,
    query::{given, statuses},
};
use crate::{Orca, app::search, engine::row_kind};

pub(super) fn api() -> Api<Orca> {
    Api::new("orca").route(get("/applications/{application}/pipelines/search", search).needs(READ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Asked {
    trigger_types: Option<String>,
    pipeline_name: Option<String>,
    event_id: Option<String>,
    trigger: Option<String>,
    #[serde(deserialize_with = "given")]
    trigger_time_start_boundary: Option<i64>,
    #[serde(deserialize_with = "given")]
    trigger_time_end_boundary: Option<i64>,
    statuses: Option<String>,
    #[serde(deserialize_with = "given")]
    start_index: Option<i64>,
    #[serde(deserialize_with = "given")]
    size: Option<i64>,
    #[serde(deserialize_with = "given")]
    reverse: Option<bool>,
    #[serde(deserialize_with = "given")]
    expand: Option<bool>,
}

/// The executions of an application, or of all (`*`), the last triggered first.
async fn search(
    State(orca): State<Orca>,
    caller: Caller,
    Path(application): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Execution>>> {
    let wanted = search::Search::new(search::Asked {
        trigger_types: asked.trigger_types,
        event_id: asked.event_id,
        trigger: asked.trigger,
        from: asked.trigger_time_start_boundary.unwrap_or(0),
        until: asked.trigger_time_end_boundary.unwrap_or(i64::MAX),
        start_index: asked.start_index.unwrap_or(0),
        size: asked.size.unwrap_or(10),
        reverse: asked.reverse.unwrap_or(false),
    })?;
    let mut query = store::Query {
        kinds: vec![row_kind(ExecutionKind::Pipeline).to_owned()],
        statuses: statuses(asked.statuses.as_deref())?,
        ..store::Query::default()
    };
    if application != "*" {
        // As upstream, a name is looked at within one application only.
        if let Some(name) = asked.pipeline_name.filter(|name| !name.is_empty()) {
            match pipeline_id(&orca, &caller, &application, &name).await? {
                Some(id) => query.definitions = vec![id],
                None => return Ok(Json(Vec::new())),
            }
        }
        query.group = Some(application);
    }
    let found = wanted.run(&orca.engine, query).await;
    let found = found.map_err(|error| engine_error("execution", "the search", &error))?;
    Ok(Json(expanded(found, asked.expand.unwrap_or(false))))
}

/// The id of the pipeline that has this name now: its executions may have another.
async fn pipeline_id(orca: &Orca, caller: &Caller, application: &str, name: &str) -> Result<Option<String>> {
    let call = Call::get(&["pipelines", application, "name", name]).query("refresh", false);
    let pipeline: Value = match orca.engine.clients().front50.forward(&caller.onward(), call).await {
        Ok(pipeline) => pipeline,
        Err(error) if error.kind() == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(pipeline["id"].as_str().filter(|_| pipeline["name"] == name).map(str::to_owned))
}
