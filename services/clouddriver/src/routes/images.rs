//! Images: found by name, pattern and tags, or one by its id.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Query, Result, get};
use gennaker_provider_api::{ImageQuery, Provider};
use gennaker_wire::Image;

use super::{KNOWN, READ_ACCOUNT};
use crate::Clouddriver;

/// The most images of one answer.
const MOST: usize = 1_000;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/images/{provider}/{imageId}", of_provider).needs(KNOWN))
        .route(
            get("/{cloudProvider}/images/find", find)
                .needs(KNOWN)
                .beyond()
                .reads(["q", "account", "region", "count", "tag:NAME"]),
        )
        .route(get("/{cloudProvider}/images/{account}/{region}/{imageId}", one).needs(READ_ACCOUNT).beyond())
}

/// `q` is a part of the name or id, or a pattern of it; `tag:NAME=VALUE` asks for a tag.
async fn find(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path(provider): Path<String>,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<Image>>> {
    let cloud = cloud(&service, &provider)?;
    let mut query = ImageQuery::default();
    let mut most = MOST;
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            "q" => query.text = Some(value),
            "account" => query.account = Some(value),
            "region" => query.region = Some(value),
            "count" => {
                most = value.parse().map_err(|_| Error::invalid(format!("count is a number, not {value:?}")))?;
            }
            other => {
                if let Some(tag) = other.strip_prefix("tag:") {
                    query.tags.insert(tag.to_owned(), value);
                }
            }
        }
    }
    let mut images = look(&cloud, &query).await?;
    // The newest first: nobody looks at the end of a long list.
    images.sort_by(|left, right| {
        (right.created_time, &left.name, &left.id).cmp(&(left.created_time, &right.name, &right.id))
    });
    images.truncate(most.min(MOST));
    Ok(Json(images))
}

/// A list, as upstream's: an id may name several.
async fn one(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((provider, account, region, id)): Path<(String, String, String, String)>,
) -> Result<Json<Vec<Image>>> {
    let cloud = cloud(&service, &provider)?;
    let query =
        ImageQuery { text: Some(id.clone()), account: Some(account), region: Some(region), ..ImageQuery::default() };
    let images: Vec<Image> = look(&cloud, &query).await?.into_iter().filter(|image| image.id == id).collect();
    if images.is_empty() {
        return Err(Error::not_found(format!("Image not found (id: {id})")));
    }
    Ok(Json(images))
}

async fn of_provider(
    State(service): State<Clouddriver>,
    _caller: Caller,
    Path((provider, id)): Path<(String, String)>,
) -> Result<Json<Image>> {
    let cloud = service.providers.named(&provider).cloned();
    let cloud = cloud.ok_or_else(|| Error::not_found(format!("ImageProvider for provider {provider} not found.")))?;
    let query = ImageQuery { text: Some(id.clone()), ..ImageQuery::default() };
    let found = look(&cloud, &query).await?.into_iter().find(|image| image.id == id);
    found.map(Json).ok_or_else(|| Error::not_found(format!("Image not found (id: {id})")))
}

fn cloud(service: &Clouddriver, provider: &str) -> Result<Arc<dyn Provider>> {
    let cloud = service.providers.named(provider).cloned();
    cloud.ok_or_else(|| Error::not_found(format!("No cloud provider named {provider} found")))
}

async fn look(cloud: &Arc<dyn Provider>, query: &ImageQuery) -> Result<Vec<Image>> {
    cloud.images(query).await.map_err(super::of_provider)
}
