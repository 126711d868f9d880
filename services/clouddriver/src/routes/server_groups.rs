//! Server groups: one, an application's, or those of a list of ids.

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use serde::Deserialize;
use serde_json::Value;

use super::{KNOWN, READ_ACCOUNT, READ_APPLICATION, flag, texts};
use crate::{
    Clouddriver,
    app::inventory::{Filter, View, whole},
};

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/serverGroups", some).needs(KNOWN))
        .route(get("/serverGroups/{account}/{region}/{name}", one).needs(READ_ACCOUNT))
        .route(get("/applications/{application}/serverGroups", of_application).needs(READ_APPLICATION))
        .route(
            get("/applications/{application}/serverGroups/{account}/{region}/{name}", one_of_application)
                .needs(READ_ACCOUNT),
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ListQuery {
    expand: Option<String>,
    cloud_provider: Option<String>,
    clusters: Option<String>,
    applications: Option<String>,
    ids: Option<String>,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            provider: self.cloud_provider.clone().filter(|provider| !provider.is_empty()),
            clusters: self.clusters.as_deref().map(texts),
        }
    }
}

async fn one(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((account, region, name)): Path<(String, String, String)>,
) -> Result<Json<Value>> {
    Ok(Json(whole(View::of(&service.providers).server_group(&account, &region, &name)?)))
}

/// As upstream's, it does not look at the application.
async fn one_of_application(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((_application, account, region, name)): Path<(String, String, String, String)>,
) -> Result<Json<Value>> {
    Ok(Json(whole(View::of(&service.providers).server_group(&account, &region, &name)?)))
}

async fn of_application(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(application): Path<String>,
    Query(query): Query<ListQuery>,
) -> Json<Vec<Value>> {
    let expand = flag(query.expand.as_ref(), false);
    Json(View::of(&service.providers).server_groups(&application, &query.filter(), expand))
}

async fn some(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Query(query): Query<ListQuery>,
) -> Result<Json<Vec<Value>>> {
    let view = View::of(&service.providers);
    let applications = texts(query.applications.as_deref().unwrap_or_default());
    let ids = texts(query.ids.as_deref().unwrap_or_default());
    match (applications.is_empty(), ids.is_empty()) {
        (false, true) => {
            let filter = Filter { clusters: None, ..query.filter() };
            Ok(Json(applications.iter().flat_map(|name| view.server_groups(name, &filter, false)).collect()))
        }
        (true, false) => view.server_groups_by_id(&ids).map(Json).map_err(Error::invalid),
        _ => Err(Error::invalid("Provide either 'applications' or 'ids' parameter (but not both)")),
    }
}
