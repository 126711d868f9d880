//! Entity tags: found here, kept by front50, changed by operations.

use axum::extract::State;
use gennaker_base::Kind;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, get, post};
use gennaker_wire::{Object, ObjectExt as _};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{KNOWN, flag, texts};
use crate::{Clouddriver, app::tags::Filter};

/// The most results unless the caller says, and upstream's default.
const MOST: usize = 5_000;

pub(super) fn api() -> Api<Clouddriver> {
    Api::new("clouddriver")
        .route(get("/tags", list).needs(KNOWN))
        .route(get("/tags/{*path}", one).needs(KNOWN))
        .route(
            post("/admin/tags/deleteByNamespace/{namespace}", delete_namespace)
                .needs(Permission::Admin)
                .reads(["dryRun", "deleteFromSource"]),
        )
        .route(
            post("/admin/tags/deleteByTag/{tag}", delete_tag)
                .needs(Permission::Admin)
                .reads(["dryRun", "deleteFromSource"]),
        )
}

/// What begins with `tag` asks for a tag: `tag:NAME=VALUE`.
async fn list(
    State(service): State<Clouddriver>,
    caller: Caller,
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<Json<Vec<Object>>> {
    let mut filter = Filter::default();
    let mut most = MOST;
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        match name.as_str() {
            "cloudProvider" => filter.reference.push(("cloudProvider", vec![value])),
            "application" => filter.reference.push(("application", vec![value])),
            "entityType" => filter.reference.push(("entityType", vec![value])),
            "entityId" => filter.reference.push(("entityId", texts(&value))),
            "account" => filter.reference.push(("account", vec![value])),
            "region" => filter.reference.push(("region", vec![value])),
            "idPrefix" => filter.id_prefix = Some(value),
            "namespace" => filter.namespace = Some(value),
            "maxResults" => {
                most = value.parse().map_err(|_| Error::invalid(format!("maxResults is a number, not {value:?}")))?;
            }
            _ => {
                if let Some(tag) = name.to_lowercase().strip_prefix("tag:") {
                    filter.tags.push((tag.to_owned(), value));
                }
            }
        }
    }
    service.tags.find(&caller.onward(), &filter, most).await.map(Json)
}

/// An id may have slashes.
async fn one(State(service): State<Clouddriver>, caller: Caller, Path(id): Path<String>) -> Result<Json<Object>> {
    match service.tags.of(&caller.onward(), &id).await {
        Err(error) if error.kind() == Kind::NotFound => {
            Err(Error::not_found(format!("No EntityTags found w/ id = '{id}'")))
        }
        found => found.map(Json),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DeleteQuery {
    dry_run: Option<String>,
    delete_from_source: Option<String>,
}

async fn delete_namespace(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(namespace): Path<String>,
    Query(query): Query<DeleteQuery>,
) -> Result<Json<Value>> {
    let unwanted = |tag: &Object| tag.text("namespace").is_some_and(|other| other.eq_ignore_ascii_case(&namespace));
    delete(&service, &caller, unwanted, &query).await
}

async fn delete_tag(
    State(service): State<Clouddriver>,
    caller: Caller,
    Path(name): Path<String>,
    Query(query): Query<DeleteQuery>,
) -> Result<Json<Value>> {
    let unwanted = |tag: &Object| tag.text("name").is_some_and(|other| other.eq_ignore_ascii_case(&name));
    delete(&service, &caller, unwanted, &query).await
}

/// front50 is the only place where they are: without `deleteFromSource` nothing is removed.
async fn delete(
    service: &Clouddriver,
    caller: &Caller,
    unwanted: impl Fn(&Object) -> bool,
    query: &DeleteQuery,
) -> Result<Json<Value>> {
    let dry_run = flag(query.dry_run.as_ref(), true);
    let from_source = flag(query.delete_from_source.as_ref(), false);
    let ids = service.tags.remove_all(&caller.onward(), unwanted, dry_run || !from_source).await?;
    Ok(Json(json!({ "dryRun": dry_run, "deletedFromSource": from_source && !dry_run, "affectedIds": ids })))
}
