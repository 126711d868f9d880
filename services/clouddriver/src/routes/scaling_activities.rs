//! What a cloud did to a server group by itself.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_wire::ScalingActivity;
use serde::Deserialize;

use super::READ_APPLICATION;
use crate::Clouddriver;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver").route(
        get(
            "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/serverGroups/{serverGroupName}/scalingActivities",
            activities,
        )
        .needs(READ_APPLICATION)
        .beyond()
        .reads(["region"]),
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RegionQuery {
    region: Option<String>,
}

/// The newest first.
async fn activities(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_application, account, _cluster, provider, name)): Path<(String, String, String, String, String)>,
    Query(query): Query<RegionQuery>,
) -> Result<Json<Vec<ScalingActivity>>> {
    let region = query.region.ok_or_else(|| Error::invalid("name the region: ?region=..."))?;
    let cloud = super::account(&service, &account)?.provider;
    if !cloud.name().eq_ignore_ascii_case(&provider) {
        return Err(Error::not_found(format!("Account does not exist (name: {account}, type: {provider})")));
    }
    let activities = cloud.scaling_activities(&account, &region, &name).await;
    activities.map(Json).map_err(super::of_provider)
}
