//! Instances and the end of their output.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::READ_ACCOUNT;
use crate::{Clouddriver, app::inventory::View};

/// How much of an instance's output is shown, in bytes.
const CONSOLE: u64 = 64 << 10;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/instances/{account}/{region}/{id}", one).needs(READ_ACCOUNT))
        .route(get("/instances/{account}/{region}/{id}/console", console).needs(READ_ACCOUNT))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConsoleQuery {
    cloud_provider: Option<String>,
    provider: Option<String>,
}

async fn one(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    Ok(Json(View::of(&service.providers).instance(&account, &region, &id)?))
}

async fn console(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
    Query(query): Query<ConsoleQuery>,
) -> Result<Json<Value>> {
    let known = View::of(&service.providers).instance_id(&account, &region, &id);
    let wanted = query.cloud_provider.or(query.provider).filter(|provider| !provider.is_empty());
    let cloud = service
        .providers
        .account(&account)
        .map(|account| account.provider)
        .filter(|cloud| wanted.is_none_or(|wanted| cloud.name().eq_ignore_ascii_case(&wanted)))
        .ok_or_else(|| Error::not_found(format!("Instance not found (id: {id})")))?;
    // The output may outlive its instance: an id that is not in the inventory is asked for as it is.
    let id = known.unwrap_or(id);
    let output = cloud.console_output(&account, &region, &id, CONSOLE).await;
    Ok(Json(json!({ "output": output.map_err(super::of_provider)? })))
}
