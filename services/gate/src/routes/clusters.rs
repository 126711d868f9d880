//! Clusters and their server groups.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result};
use serde_json::Value;

use super::{EXECUTE, KNOWN, READ, input::Asked, table};
use crate::{
    Gate,
    app::infrastructure::{self, TargetPlace},
    forward::{
        Forward,
        Service::{Clouddriver, Orca},
        flag, get, post, text,
    },
};

pub(super) const FORWARDED: &[Forward] = &[
    get("/applications/{application}/clusters", Clouddriver, "/applications/{application}/clusters", READ),
    get(
        "/applications/{application}/clusters/{account}",
        Clouddriver,
        "/applications/{application}/clusters/{account}",
        READ,
    ),
    get(
        "/applications/{application}/clusters/{account}/{clusterName}/serverGroups/{serverGroupName}/scalingActivities",
        Clouddriver,
        "/applications/{application}/clusters/{account}/{clusterName}/{provider}/serverGroups/{serverGroupName}/scalingActivities",
        READ,
    )
    .asks(&[text("provider").or("aws"), text("region")]),
    get(
        "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/lastGood",
        Clouddriver,
        "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/lastGood",
        READ,
    )
    .asks(&[text("region")])
    .beyond(),
    get(
        "/applications/{application}/clusters/{account}/{clusterName}/{type}/loadBalancers",
        Clouddriver,
        "/applications/{application}/clusters/{account}/{clusterName}/{type}/loadBalancers",
        READ,
    ),
    get("/applications/{application}/serverGroups", Clouddriver, "/applications/{application}/serverGroups", READ)
        .asks(&[flag("expand").or("false"), text("cloudProvider"), text("clusters")]),
    get(
        "/applications/{application}/serverGroups/{account}/{serverGroupName}/events",
        Clouddriver,
        "/applications/{application}/serverGroups/{account}/{serverGroupName}/events",
        READ,
    )
    .asks(&[text("region").needed(), text("provider").needed()]),
    get(
        "/applications/{application}/serverGroupManagers",
        Clouddriver,
        "/applications/{application}/serverGroupManagers",
        READ,
    ),
    post(
        "/applications/{application}/clusters/{account}/{clusterName}/lastGood",
        Orca,
        "/applications/{application}/clusters/{account}/{clusterName}/lastGood",
        EXECUTE,
    )
    .asks(&[text("provider")])
    .beyond(),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::get;
    table(FORWARDED)
        .route(get("/applications/{application}/clusters/{account}/{clusterName}", cluster).needs(READ))
        .route(
            get("/applications/{application}/clusters/{account}/{clusterName}/serverGroups", cluster_groups)
                .needs(READ),
        )
        .route(
            get(
                "/applications/{application}/clusters/{account}/{clusterName}/serverGroups/{serverGroupName}",
                cluster_groups_named,
            )
            .needs(READ),
        )
        .route(
            get(
                "/applications/{application}/clusters/{account}/{clusterName}/{cloudProvider}/{scope}/serverGroups/target/{target}",
                target,
            )
            .needs(READ)
            .reads(["onlyEnabled", "validateOldest"]),
        )
        .route(get("/serverGroups", some_server_groups).needs(KNOWN).reads(["applications", "ids", "cloudProvider"]))
        .route(
            get("/applications/{application}/serverGroups/{account}/{region}/{serverGroupName}", server_group)
                .needs(READ)
                .reads(["includeDetails"]),
        )
        .route(get("/applications/{applicationName}/jobs/{account}/{region}/{name}", job).needs(READ))
}

async fn cluster(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, name)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    infrastructure::cluster(&gate.clients, &caller.onward(), &application, &account, &name).await.map(Json)
}

async fn cluster_groups(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, cluster)): Path<(String, String, String)>,
) -> Result<Json<Vec<Value>>> {
    let caller = caller.onward();
    infrastructure::cluster_server_groups(&gate.clients, &caller, &application, &account, &cluster, None)
        .await
        .map(Json)
}

/// One a region.
async fn cluster_groups_named(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, cluster, name)): Path<(String, String, String, String)>,
) -> Result<Json<Vec<Value>>> {
    let caller = caller.onward();
    infrastructure::cluster_server_groups(&gate.clients, &caller, &application, &account, &cluster, Some(&name))
        .await
        .map(Json)
}

async fn target(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, cluster, provider, scope, target)): Path<(
        String,
        String,
        String,
        String,
        String,
        String,
    )>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let place = TargetPlace { application, account, cluster, provider, scope };
    let (only_enabled, validate_oldest) = (query.flag("onlyEnabled")?, query.flag("validateOldest")?);
    infrastructure::target(&gate.clients, &caller.onward(), &place, &target, only_enabled, validate_oldest)
        .await
        .map(Json)
}

/// Server groups of applications, or those of ids `account:region:name`.
async fn some_server_groups(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let (applications, ids) = (query.texts("applications"), query.texts("ids"));
    if applications.is_empty() == ids.is_empty() {
        return Err(Error::invalid("Provide either 'applications' or 'ids' parameter, but not both"));
    }
    let joined = |texts: &[String]| (!texts.is_empty()).then(|| texts.join(","));
    let call = Call::get(&["serverGroups"])
        .query_if("applications", joined(&applications))
        .query_if("ids", joined(&ids))
        .query_if("cloudProvider", query.text("cloudProvider"));
    gate.clients.clouddriver.forward(&caller.onward(), call).await.map(Json)
}

async fn server_group(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, region, name)): Path<(String, String, String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let details = query.flag("includeDetails")?.unwrap_or(true);
    let caller = caller.onward();
    infrastructure::server_group(&gate.clients, &caller, &application, &account, &region, &name, details)
        .await
        .map(Json)
}

/// A job that a cloud runs; an empty object if there is none.
async fn job(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account, region, name)): Path<(String, String, String, String)>,
) -> Result<Json<Value>> {
    infrastructure::job(&gate.clients, &caller.onward(), &application, &account, &region, &name).await.map(Json)
}
