//! Clusters, their server groups, and the one that a target word means.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_wire::LastGood;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{READ_ACCOUNT, READ_APPLICATION, flag};
use crate::{
    Clouddriver,
    app::inventory::{TargetPlace, View, whole},
};

pub(super) fn api() -> Api<Clouddriver> {
    let base = Api::new("clouddriver")
        .route(get("/applications/{application}/clusters", names).needs(READ_APPLICATION))
        .route(get("/applications/{application}/clusters/{account}", of_account).needs(READ_ACCOUNT))
        .route(get("/applications/{application}/clusters/{account}/{name}", named).needs(READ_ACCOUNT));
    base.route(get("/applications/{application}/clusters/{account}/{name}/{type}", of_type).needs(READ_ACCOUNT))
        .route(
            get("/applications/{application}/clusters/{account}/{clusterName}/{type}/serverGroups", server_groups)
                .needs(READ_ACCOUNT),
        )
        .route(
            get(
                "/applications/{application}/clusters/{account}/{clusterName}/{type}/serverGroups/{serverGroupName}",
                server_group,
            )
            .needs(READ_ACCOUNT),
        )
        .route(
            get(
                "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/{scope}/serverGroups/target/{target}",
                target,
            )
            .needs(READ_ACCOUNT),
        )
        .route(
            get(
                "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/{scope}/serverGroups/target/{target}/{summaryType}",
                target_summary,
            )
            .needs(READ_ACCOUNT)
            .reads(["onlyEnabled"]),
        )
        .route(
            get("/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/lastGood", last_good)
                .needs(READ_ACCOUNT)
                .beyond()
                .reads(["region"]),
        )
}

/// Of an application, an account, a cluster and a cloud.
type ClusterPath = (String, String, String, String);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClusterQuery {
    region: Option<String>,
    only_enabled: Option<String>,
    validate_oldest: Option<String>,
}

async fn names(State(service): State<Clouddriver>, _caller: Caller, Path(application): Path<String>) -> Json<Value> {
    Json(json!(View::of(&service.providers).cluster_names(&application)))
}

async fn of_account(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account)): Path<(String, String)>,
) -> Result<Json<Vec<Value>>> {
    Ok(Json(View::of(&service.providers).clusters(&application, &account)?))
}

async fn named(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, name)): Path<(String, String, String)>,
) -> Result<Json<Vec<Value>>> {
    Ok(Json(View::of(&service.providers).cluster(&application, &account, &name)?))
}

async fn of_type(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, name, provider)): Path<ClusterPath>,
) -> Result<Json<Value>> {
    Ok(Json(View::of(&service.providers).cluster_of(&application, &account, &name, &provider)?))
}

async fn server_groups(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, name, provider)): Path<ClusterPath>,
    Query(query): Query<ClusterQuery>,
) -> Result<Json<Vec<Value>>> {
    let view = View::of(&service.providers);
    let groups = view.cluster_server_groups(&application, &account, &name, &provider)?;
    let region = query.region.filter(|region| !region.is_empty());
    let groups = groups.into_iter().filter(|group| region.as_ref().is_none_or(|region| group.region == *region));
    Ok(Json(groups.map(whole).collect()))
}

/// A list of one a region, or with `region` the server group itself.
async fn server_group(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, cluster, provider, name)): Path<(String, String, String, String, String)>,
    Query(query): Query<ClusterQuery>,
) -> Result<Json<Value>> {
    let view = View::of(&service.providers);
    let region = query.region.filter(|region| !region.is_empty());
    let groups = view.cluster_server_groups(&application, &account, &cluster, &provider)?;
    let mut found: Vec<Value> = groups
        .into_iter()
        .filter(|group| group.name == name && region.as_ref().is_none_or(|region| group.region == *region))
        .map(whole)
        .collect();
    if found.is_empty() {
        return Err(Error::not_found(format!(
            "Server group not found (account: {account}, name: {name}, type: {provider})"
        )));
    }
    Ok(Json(if region.is_some() { found.swap_remove(0) } else { Value::Array(found) }))
}

async fn target(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, cluster, provider, scope, target)): Path<(
        String,
        String,
        String,
        String,
        String,
        String,
    )>,
    Query(query): Query<ClusterQuery>,
) -> Result<Json<Value>> {
    let place = TargetPlace {
        application: &application,
        account: &account,
        cluster: &cluster,
        provider: &provider,
        scope: &scope,
    };
    let only_enabled = flag(query.only_enabled.as_ref(), false);
    let validate_oldest = flag(query.validate_oldest.as_ref(), true);
    let view = View::of(&service.providers);
    Ok(Json(whole(view.target(&place, &target, only_enabled, validate_oldest)?)))
}

/// The last good version of a cluster and why, one entry a region, or with `region` that one's.
async fn last_good(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, cluster, provider)): Path<ClusterPath>,
    Query(query): Query<ClusterQuery>,
) -> Result<Json<Vec<LastGood>>> {
    let view = View::of(&service.providers);
    let mut found = view.last_good(&application, &account, &cluster, &provider, &service.served)?;
    if let Some(region) = query.region.filter(|region| !region.is_empty()) {
        found.retain(|entry| entry.region == region);
    }
    Ok(Json(found))
}

/// What the target was launched from: `image` one, `images` a list.
async fn target_summary(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((application, account, cluster, provider, scope, target, summary)): Path<(
        String,
        String,
        String,
        String,
        String,
        String,
        String,
    )>,
    Query(query): Query<ClusterQuery>,
) -> Result<Json<Value>> {
    let place = TargetPlace {
        application: &application,
        account: &account,
        cluster: &cluster,
        provider: &provider,
        scope: &scope,
    };
    let view = View::of(&service.providers);
    let group = view.target(&place, &target, flag(query.only_enabled.as_ref(), false), false)?;
    match summary.to_ascii_lowercase().as_str() {
        "image" => Ok(Json(view.image_summary(group)?)),
        "images" => Ok(Json(json!({ "summaries": [view.image_summary(group)?] }))),
        _ => Err(Error::not_found(format!("Summary not found (type: {summary})"))),
    }
}
