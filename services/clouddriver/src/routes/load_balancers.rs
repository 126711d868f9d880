//! A cloud's load balancers.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Result, get};
use serde_json::{Value, json};

use super::{KNOWN, READ_ACCOUNT};
use crate::{Clouddriver, app::inventory::View};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/{cloudProvider}/loadBalancers", list).needs(KNOWN))
        .route(get("/{cloudProvider}/loadBalancers/{name}", named).needs(KNOWN))
        .route(get("/{cloudProvider}/loadBalancers/{account}/{region}/{name}", details).needs(READ_ACCOUNT))
}

async fn list(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(provider): Path<String>,
) -> Result<Json<Vec<Value>>> {
    Ok(Json(view(&service, &provider)?.load_balancers_of_provider(&provider)))
}

async fn named(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((provider, name)): Path<(String, String)>,
) -> Result<Json<Value>> {
    let items = view(&service, &provider)?.load_balancers_of_provider(&provider);
    let found = items.into_iter().find(|item| item["name"] == name.as_str());
    found.map(Json).ok_or_else(|| Error::not_found(format!("Load balancer not found (name: {name})")))
}

async fn details(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((provider, account, region, name)): Path<(String, String, String, String)>,
) -> Result<Json<Value>> {
    Ok(Json(json!(view(&service, &provider)?.load_balancer(&provider, &account, &region, &name))))
}

fn view(service: &Clouddriver, provider: &str) -> Result<View> {
    match service.providers.named(provider) {
        Some(_) => Ok(View::of(&service.providers)),
        None => Err(Error::not_found(format!("No cloud provider named {provider} found"))),
    }
}
