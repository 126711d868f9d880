//! Security groups: no cloud here has them, and clients ask on every screen.

use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{KNOWN, READ_ACCOUNT};
use crate::Clouddriver;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/securityGroups", none).needs(KNOWN))
        .route(get("/securityGroups/{account}", none).needs(READ_ACCOUNT))
        .route(get("/securityGroups/{account}/{cloudProvider}", of_provider).needs(READ_ACCOUNT))
        .route(get("/securityGroups/{account}/{cloudProvider}/{securityGroupName}", none).needs(READ_ACCOUNT))
        .route(
            get("/securityGroups/{account}/{cloudProvider}/{region}/{securityGroupNameOrId}", one).needs(READ_ACCOUNT),
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RegionQuery {
    region: Option<String>,
}

async fn none(_caller: Caller) -> Json<Value> {
    Json(json!({}))
}

/// By region; of one region a list.
async fn of_provider(_caller: Caller, Query(query): Query<RegionQuery>) -> Json<Value> {
    Json(if query.region.is_some() { json!([]) } else { json!({}) })
}

async fn one(
    _caller: Caller,
    Path((_account, _provider, _region, name)): Path<(String, String, String, String)>,
) -> Result<Json<Value>> {
    Err(Error::not_found(format!("Security group '{name}' does not exist")))
}
