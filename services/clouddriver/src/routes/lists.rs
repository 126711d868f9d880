//! Lists of what server groups are launched in and with: networks, subnets, key pairs, instance types, and what only some
//! clouds have.

use std::future::{Ready, ready};

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Query, get};
use gennaker_wire::naming::frigga::Names;
use serde::Deserialize;
use serde_json::Value;

use super::{KNOWN, READ_ACCOUNT, READ_APPLICATION};
use crate::{
    Clouddriver,
    app::inventory::{List, View},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/networks", networks).needs(KNOWN))
        .route(get("/networks/{cloudProvider}", of_cloud(List::Networks)).needs(KNOWN))
        .route(get("/vpcs", vpcs).needs(KNOWN))
        .route(get("/subnets", of_all(List::Subnets)).needs(KNOWN))
        .route(get("/subnets/{cloudProvider}", of_cloud(List::Subnets)).needs(KNOWN))
        .route(get("/keyPairs", of_all(List::KeyPairs)).needs(KNOWN))
        .route(get("/instanceTypes", of_all(List::InstanceTypes)).needs(KNOWN))
        .route(get("/certificates", certificates).needs(KNOWN))
        .route(get("/certificates/{cloudProvider}", of_cloud(List::Other("certificates"))).needs(KNOWN))
        .route(get("/roles/{cloudProvider}", of_cloud(List::Other("roles"))).needs(KNOWN))
        .route(get("/elasticIps/{account}", elastic_ips).needs(READ_ACCOUNT).reads(["region"]))
        .route(get("/functions", functions).needs(KNOWN).reads(["functionName", "region", "account"]))
        .route(get("/applications/{application}/functions", functions_of).needs(READ_APPLICATION))
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ItemQuery {
    account: Option<String>,
    region: Option<String>,
    function_name: Option<String>,
}

impl ItemQuery {
    fn lets_through(&self, item: &Value) -> bool {
        let is = |wanted: &Option<String>, field: &str| {
            wanted.as_deref().filter(|wanted| !wanted.is_empty()).is_none_or(|wanted| item[field] == wanted)
        };
        is(&self.account, "account") && is(&self.region, "region") && is(&self.function_name, "functionName")
    }
}

fn list(service: &Clouddriver, list: List, provider: Option<&str>) -> Json<Vec<Value>> {
    Json(View::of(&service.providers).list(list, provider))
}

/// The handler that answers a list of all clouds.
fn of_all(which: List) -> impl Fn(State<Clouddriver>, Caller) -> Ready<Json<Vec<Value>>> + Clone + Send + 'static {
    move |State(service), _caller| ready(list(&service, which, None))
}

/// The handler that answers the list of the cloud that the path names.
fn of_cloud(
    which: List,
) -> impl Fn(State<Clouddriver>, Caller, Path<String>) -> Ready<Json<Vec<Value>>> + Clone + Send + 'static {
    move |State(service), _caller, Path(provider)| ready(list(&service, which, Some(&provider)))
}

async fn networks(State(service): State<Clouddriver>, _caller: Caller) -> Json<Value> {
    Json(View::of(&service.providers).networks_by_provider())
}

/// Upstream's name for the networks of AWS.
async fn vpcs(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<Value>> {
    list(&service, List::Networks, Some("aws"))
}

/// By name.
async fn certificates(State(service): State<Clouddriver>, _caller: Caller) -> Json<Vec<Value>> {
    let Json(mut certificates) = list(&service, List::Other("certificates"), None);
    certificates
        .sort_by_key(|certificate| certificate["serverCertificateName"].as_str().unwrap_or_default().to_lowercase());
    Json(certificates)
}

async fn elastic_ips(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(account): Path<String>,
    Query(query): Query<ItemQuery>,
) -> Json<Vec<Value>> {
    let wanted = ItemQuery { account: Some(account), region: query.region, function_name: None };
    let Json(all) = list(&service, List::Other("elasticIps"), None);
    Json(all.into_iter().filter(|item| wanted.lets_through(item)).collect())
}

async fn functions(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Query(query): Query<ItemQuery>,
) -> Json<Vec<Value>> {
    let Json(all) = list(&service, List::Other("functions"), None);
    Json(all.into_iter().filter(|item| query.lets_through(item)).collect())
}

/// Those whose name begins with the application's.
async fn functions_of(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(application): Path<String>,
) -> Json<Vec<Value>> {
    let Json(all) = list(&service, List::Other("functions"), None);
    let belongs = |item: &Value| {
        let names = Names::parse(item["functionName"].as_str().unwrap_or_default());
        names.app.is_some_and(|app| app.eq_ignore_ascii_case(&application))
    };
    Json(all.into_iter().filter(belongs).collect())
}
