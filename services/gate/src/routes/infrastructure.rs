//! What runs: accounts, clusters, server groups, instances, load balancers, security groups.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_wire::Object;
use serde_json::Value;

use super::{KNOWN, READ, READ_ACCOUNT, input::Asked};
use crate::{
    Gate,
    app::{
        accounts,
        infrastructure::{self, TargetPlace},
    },
};

/// The cloud whose load balancers upstream means if none is named.
const DEFAULT_PROVIDER: &str = "aws";

pub(super) fn api() -> Api<Gate> {
    clusters().merge(server_groups()).merge(others())
}

fn clusters() -> Api<Gate> {
    Api::new("gate")
        .route(get("/applications/{application}/clusters", cluster_names).needs(READ))
        .route(get("/applications/{application}/clusters/{account}", clusters_of_account).needs(READ))
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
            .needs(READ),
        )
}

fn server_groups() -> Api<Gate> {
    Api::new("gate")
        .route(get("/serverGroups", some_server_groups).needs(KNOWN))
        .route(get("/applications/{application}/serverGroups", application_server_groups).needs(READ))
        .route(
            get("/applications/{application}/serverGroups/{account}/{region}/{serverGroupName}", server_group)
                .needs(READ),
        )
        .route(get("/applications/{application}/serverGroupManagers", server_group_managers).needs(READ))
}

fn others() -> Api<Gate> {
    Api::new("gate")
        .route(get("/credentials", list_accounts).needs(KNOWN))
        .route(get("/credentials/{account}", account).needs(READ_ACCOUNT))
        .route(get("/instances/{account}/{region}/{instanceId}", instance).needs(READ_ACCOUNT))
        .route(get("/instances/{account}/{region}/{instanceId}/console", console).needs(READ_ACCOUNT))
        .route(get("/applications/{application}/loadBalancers", application_load_balancers).needs(READ))
        .route(get("/loadBalancers", load_balancers).needs(KNOWN))
        .route(get("/loadBalancers/{name}", load_balancer).needs(KNOWN))
        .route(get("/loadBalancers/{account}/{region}/{name}", load_balancer_details).needs(READ_ACCOUNT))
        .route(get("/securityGroups", security_groups).needs(KNOWN).partly("no id"))
        .route(get("/securityGroups/{account}", account_security_groups).needs(READ_ACCOUNT))
        .route(get("/securityGroups/{account}/{region}/{name}", security_group).needs(READ_ACCOUNT))
        .route(get("/firewalls", security_groups).needs(KNOWN).partly("no id"))
        .route(get("/firewalls/{account}", account_security_groups).needs(READ_ACCOUNT))
        .route(get("/firewalls/{account}/{region}/{name}", security_group).needs(READ_ACCOUNT))
}

/// clouddriver's answer as it is.
async fn passed(gate: &Gate, caller: &Caller, call: Call) -> Result<Json<Value>> {
    gate.clients.clouddriver.forward(&caller.onward(), call).await.map(Json)
}

async fn cluster_names(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
) -> Result<Json<Value>> {
    passed(&gate, &caller, Call::get(&["applications", &application, "clusters"])).await
}

async fn clusters_of_account(
    State(gate): State<Gate>,
    caller: Caller,
    Path((application, account)): Path<(String, String)>,
) -> Result<Json<Value>> {
    passed(&gate, &caller, Call::get(&["applications", &application, "clusters", &account])).await
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
    passed(&gate, &caller, call).await
}

async fn application_server_groups(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["applications", &application, "serverGroups"])
        .query("expand", query.flag("expand")?.unwrap_or(false))
        .query_if("cloudProvider", query.text("cloudProvider"))
        .query_if("clusters", query.text("clusters"));
    passed(&gate, &caller, call).await
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

async fn server_group_managers(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
) -> Result<Json<Value>> {
    passed(&gate, &caller, Call::get(&["applications", &application, "serverGroupManagers"])).await
}

async fn list_accounts(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Vec<Object>>> {
    let expand = query.flag("expand")?.unwrap_or(false);
    accounts::list(&gate.clients, &caller.onward(), expand).await.map(Json)
}

async fn account(State(gate): State<Gate>, caller: Caller, Path(name): Path<String>) -> Result<Json<Object>> {
    accounts::one(&gate.clients, &caller.onward(), &name).await.map(Json)
}

async fn instance(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    infrastructure::instance(&gate.clients, &caller.onward(), &account, &region, &id).await.map(Json)
}

async fn console(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let call = Call::get(&["instances", &account, &region, &id, "console"]);
    passed(&gate, &caller, call.query_if("provider", query.text("provider"))).await
}

async fn application_load_balancers(
    State(gate): State<Gate>,
    caller: Caller,
    Path(application): Path<String>,
) -> Result<Json<Value>> {
    passed(&gate, &caller, Call::get(&["applications", &application, "loadBalancers"])).await
}

async fn load_balancers(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    passed(&gate, &caller, Call::get(&[provider, "loadBalancers"])).await
}

async fn load_balancer(
    State(gate): State<Gate>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    passed(&gate, &caller, Call::get(&[provider, "loadBalancers", &name])).await
}

async fn load_balancer_details(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, name)): Path<(String, String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    infrastructure::load_balancer(&gate.clients, &caller.onward(), provider, &account, &region, &name).await.map(Json)
}

/// By account, cloud and region.
async fn security_groups(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    if let Some(id) = query.text("id") {
        return Err(Error::unsupported(format!(
            "security groups are not looked up by id ({id}): ask for an account's"
        )));
    }
    passed(&gate, &caller, Call::get(&["securityGroups"])).await
}

/// By region.
async fn account_security_groups(
    State(gate): State<Gate>,
    caller: Caller,
    Path(account): Path<String>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    passed(&gate, &caller, Call::get(&["securityGroups", &account, provider])).await
}

async fn security_group(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, name)): Path<(String, String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    let call = Call::get(&["securityGroups", &account, provider, &region, &name]);
    passed(&gate, &caller, call.query_if("vpcId", query.text("vpcId"))).await
}
