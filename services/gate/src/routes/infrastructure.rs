//! What else clouds have: instances, load balancers, security groups, networks, images, manifests, metrics.

use axum::extract::State;
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result};
use serde_json::Value;

use super::{KNOWN, READ, READ_ACCOUNT, input::Asked, table};
use crate::{
    Gate,
    app::infrastructure,
    forward::{Body, Forward, Otherwise, Parameter, Service::Clouddriver, get, number, post, rest, text},
};

/// The cloud that upstream means if none is named.
const DEFAULT_PROVIDER: &str = "aws";
const PROVIDER: Parameter = text("provider").or(DEFAULT_PROVIDER);
/// What images and charts are looked for by.
const FOUND: &[Parameter] = &[PROVIDER, text("q"), text("region"), text("account"), number("count"), rest()];
const TAGGED: &[Parameter] = &[PROVIDER, text("account").needed(), text("repository").needed()];

pub(super) const FORWARDED: &[Forward] = &[
    get("/applications/{application}/loadBalancers", Clouddriver, "/applications/{application}/loadBalancers", READ),
    get("/loadBalancers", Clouddriver, "/{provider}/loadBalancers", KNOWN).asks(&[PROVIDER]),
    get("/loadBalancers/{name}", Clouddriver, "/{provider}/loadBalancers/{name}", KNOWN).asks(&[PROVIDER]),
    get(
        "/instances/{account}/{region}/{instanceId}/console",
        Clouddriver,
        "/instances/{account}/{region}/{instanceId}/console",
        READ_ACCOUNT,
    )
    .asks(&[text("provider")]),
    get(
        "/instances/{account}/{region}/{instanceId}/log",
        Clouddriver,
        "/instances/{account}/{region}/{instanceId}/log",
        READ_ACCOUNT,
    )
    .asks(&[number("offset"), number("bytes"), number("waitMs")])
    .beyond(),
    post("/ops/plan", Clouddriver, "/{cloudProvider}/ops/plan", READ_ACCOUNT)
        .with(Body::List)
        .asks(&[text("cloudProvider").needed()])
        .beyond(),
    get("/applications/{application}/jobs", Clouddriver, "/applications/{application}/jobs", READ).beyond(),
    get("/securityGroups/{account}", Clouddriver, "/securityGroups/{account}/{provider}", READ_ACCOUNT)
        .asks(&[PROVIDER]),
    get(
        "/securityGroups/{account}/{region}/{name}",
        Clouddriver,
        "/securityGroups/{account}/{provider}/{region}/{name}",
        READ_ACCOUNT,
    )
    .asks(&[PROVIDER, text("vpcId")]),
    get("/firewalls/{account}", Clouddriver, "/securityGroups/{account}/{provider}", READ_ACCOUNT).asks(&[PROVIDER]),
    get("/firewalls/{account}/{region}", Clouddriver, "/securityGroups/{account}/{provider}", READ_ACCOUNT)
        .asks(&[PROVIDER, text("region")]),
    get(
        "/firewalls/{account}/{region}/{name}",
        Clouddriver,
        "/securityGroups/{account}/{provider}/{region}/{name}",
        READ_ACCOUNT,
    )
    .asks(&[PROVIDER, text("vpcId")]),
    get("/manifests/{account}/{location}/{name}", Clouddriver, "/manifests/{account}/{location}/{name}", READ_ACCOUNT)
        .or(Otherwise::NotFound("Unable to find {name} in {account}/{location}")),
    get("/applications/{application}/rawResources", Clouddriver, "/applications/{application}/rawResources", READ),
    get("/applications/{application}/functions", Clouddriver, "/applications/{application}/functions", READ),
    get("/functions", Clouddriver, "/functions", KNOWN).asks(&[text("functionName"), text("region"), text("account")]),
    get("/networks", Clouddriver, "/networks", KNOWN),
    get("/networks/{cloudProvider}", Clouddriver, "/networks/{cloudProvider}", KNOWN),
    get("/vpcs", Clouddriver, "/networks/aws", KNOWN),
    get("/subnets", Clouddriver, "/subnets/aws", KNOWN),
    get("/subnets/{cloudProvider}", Clouddriver, "/subnets/{cloudProvider}", KNOWN),
    get("/certificates", Clouddriver, "/certificates", KNOWN),
    get("/certificates/{cloudProvider}", Clouddriver, "/certificates/{cloudProvider}", KNOWN),
    get("/instanceTypes", Clouddriver, "/instanceTypes", KNOWN),
    get("/keyPairs", Clouddriver, "/keyPairs", KNOWN),
    get("/roles/{cloudProvider}", Clouddriver, "/roles/{cloudProvider}", KNOWN),
    get("/storage", Clouddriver, "/storage", KNOWN),
    get("/images/find", Clouddriver, "/{provider}/images/find", KNOWN).asks(FOUND),
    get("/images/tags", Clouddriver, "/{provider}/images/tags", KNOWN).asks(TAGGED),
    get(
        "/images/{account}/{region}/{imageId}",
        Clouddriver,
        "/{provider}/images/{account}/{region}/{imageId}",
        READ_ACCOUNT,
    )
    .asks(&[PROVIDER]),
    get("/charts/find", Clouddriver, "/{provider}/charts/find", KNOWN).asks(FOUND),
    get("/charts/tags", Clouddriver, "/{provider}/charts/tags", KNOWN).asks(TAGGED),
    get(
        "/charts/{account}/{region}/{imageId}",
        Clouddriver,
        "/{provider}/charts/{account}/{region}/{imageId}",
        READ_ACCOUNT,
    )
    .asks(&[PROVIDER]),
    get(
        "/cloudMetrics/{cloudProvider}/{account}/{region}",
        Clouddriver,
        "/cloudMetrics/{cloudProvider}/{account}/{region}",
        READ_ACCOUNT,
    )
    .asks(&[rest()]),
    get(
        "/cloudMetrics/{cloudProvider}/{account}/{region}/{metricName}/statistics",
        Clouddriver,
        "/cloudMetrics/{cloudProvider}/{account}/{region}/{metricName}/statistics",
        READ_ACCOUNT,
    )
    .asks(&[number("startTime"), number("endTime"), rest()]),
    get("/ecs/cloudMetrics/alarms", Clouddriver, "/ecs/cloudMetrics/alarms", KNOWN),
    get(
        "/ecs/ecsClusterDescriptions/{account}/{region}",
        Clouddriver,
        "/ecs/ecsClusterDescriptions/{account}/{region}",
        READ_ACCOUNT,
    ),
    get("/ecs/ecsClusters", Clouddriver, "/ecs/ecsClusters", KNOWN),
    get("/ecs/secrets", Clouddriver, "/ecs/secrets", KNOWN),
    get("/ecs/serviceDiscoveryRegistries", Clouddriver, "/ecs/serviceDiscoveryRegistries", KNOWN),
    get("/servicebroker/{account}/services", Clouddriver, "/servicebroker/{account}/services", READ_ACCOUNT)
        .asks(&[text("cloudProvider"), text("region").needed()]),
    get(
        "/servicebroker/{account}/serviceInstance",
        Clouddriver,
        "/servicebroker/{account}/serviceInstance",
        READ_ACCOUNT,
    )
    .asks(&[text("cloudProvider").needed(), text("region").needed(), text("serviceInstanceName").needed()]),
];

pub(super) fn api() -> Api<Gate> {
    use gennaker_http::get;
    table(FORWARDED)
        .route(get("/instances/{account}/{region}/{instanceId}", instance).needs(READ_ACCOUNT))
        .route(get("/loadBalancers/{account}/{region}/{name}", load_balancer).needs(READ_ACCOUNT).reads(["provider"]))
        .route(get("/securityGroups", security_groups).needs(KNOWN).reads(["id"]))
        .route(get("/firewalls", firewalls).needs(KNOWN).reads(["id"]))
}

async fn instance(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, id)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    infrastructure::instance(&gate.clients, &caller.onward(), &account, &region, &id).await.map(Json)
}

async fn load_balancer(
    State(gate): State<Gate>,
    caller: Caller,
    Path((account, region, name)): Path<(String, String, String)>,
    Query(query): Asked,
) -> Result<Json<Value>> {
    let provider = query.text("provider").unwrap_or(DEFAULT_PROVIDER);
    infrastructure::load_balancer(&gate.clients, &caller.onward(), provider, &account, &region, &name).await.map(Json)
}

async fn security_groups(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    groups(&gate, &caller, query.text("id"), "security group").await
}

async fn firewalls(State(gate): State<Gate>, caller: Caller, Query(query): Asked) -> Result<Json<Value>> {
    groups(&gate, &caller, query.text("id"), "firewall").await
}

/// All by account, cloud and region; or the one of that id, which has this `name` in messages.
async fn groups(gate: &Gate, caller: &Caller, id: Option<&str>, name: &str) -> Result<Json<Value>> {
    let caller = caller.onward();
    let Some(id) = id else {
        return gate.clients.clouddriver.forward(&caller, Call::get(&["securityGroups"])).await.map(Json);
    };
    let found = infrastructure::security_group(&gate.clients, &caller, id).await?;
    found.map(Json).ok_or_else(|| Error::not_found(format!("No {name} found (id: {id})")))
}
