//! Security groups, in upstream's shapes: what the path does not name, the answer is taken apart by.

use axum::extract::State;
use gennaker_http::{Api, Caller, Json, Path, Query, Result, get};
use serde::Deserialize;
use serde_json::Value;

use super::{KNOWN, READ_ACCOUNT, flag};
use crate::{
    Clouddriver,
    app::inventory::{By, SecurityGroups, View},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/securityGroups", all).needs(KNOWN))
        .route(get("/securityGroups/{account}", of_account).needs(READ_ACCOUNT).reads(["region"]))
        .route(get("/securityGroups/{account}/{cloudProvider}", of_provider).needs(READ_ACCOUNT).reads(["region"]))
        .route(get("/securityGroups/{account}/{cloudProvider}/{securityGroupName}", named).needs(READ_ACCOUNT))
        .route(
            get("/securityGroups/{account}/{cloudProvider}/{region}/{securityGroupNameOrId}", one)
                .needs(READ_ACCOUNT)
                .reads(["vpcId", "getById"]),
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct GroupQuery {
    region: Option<String>,
    vpc_id: Option<String>,
    get_by_id: Option<String>,
}

async fn all(State(service): State<Clouddriver>, _caller: Caller) -> Json<Value> {
    let levels = [By::Account, By::Provider, By::Region];
    Json(View::of(&service.providers).security_groups(SecurityGroups::default(), &levels))
}

async fn of_account(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(account): Path<String>,
    Query(query): Query<GroupQuery>,
) -> Json<Value> {
    let wanted =
        SecurityGroups { account: Some(&account), region: query.region.as_deref(), ..SecurityGroups::default() };
    let levels: &[By] = if wanted.region.is_some() { &[By::Provider] } else { &[By::Provider, By::Region] };
    Json(View::of(&service.providers).security_groups(wanted, levels))
}

async fn of_provider(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, provider)): Path<(String, String)>,
    Query(query): Query<GroupQuery>,
) -> Json<Value> {
    let wanted = SecurityGroups {
        account: Some(&account),
        provider: Some(&provider),
        region: query.region.as_deref(),
        ..SecurityGroups::default()
    };
    let levels: &[By] = if wanted.region.is_some() { &[] } else { &[By::Region] };
    Json(View::of(&service.providers).security_groups(wanted, levels))
}

async fn named(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, provider, name)): Path<(String, String, String)>,
) -> Json<Value> {
    let wanted = SecurityGroups {
        account: Some(&account),
        provider: Some(&provider),
        name: Some(&name),
        ..SecurityGroups::default()
    };
    Json(View::of(&service.providers).security_groups(wanted, &[By::Region]))
}

async fn one(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, provider, region, name)): Path<(String, String, String, String)>,
    Query(query): Query<GroupQuery>,
) -> Result<Json<Value>> {
    let by_id = flag(query.get_by_id.as_ref(), false);
    let wanted = SecurityGroups {
        account: Some(&account),
        provider: Some(&provider),
        region: Some(&region),
        name: (!by_id).then_some(name.as_str()),
    };
    let id = by_id.then_some(name.as_str());
    Ok(Json(View::of(&service.providers).security_group(wanted, id, query.vpc_id.as_deref())?))
}
