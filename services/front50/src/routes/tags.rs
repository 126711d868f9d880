//! `/v2/tags`; an id may have slashes.

use std::sync::Arc;

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, delete, get, post};
use http::StatusCode;
use serde::Deserialize;

use super::{
    answer::{Shared, shared},
    body::Body,
    query::{Flag, Ids},
};
use crate::app::{App, EntityTags, Record};

/// The routes. Upstream guards no tags.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/v2/tags", list).needs(Permission::Authenticated))
        .route(post("/v2/tags", create).needs(Permission::Authenticated))
        .route(post("/v2/tags/batchUpdate", import).needs(Permission::Authenticated))
        .route(post("/v2/tags/batchDelete", remove_all).needs(Permission::Authenticated))
        .route(get("/v2/tags/{*id}", one).needs(Permission::Authenticated))
        .route(delete("/v2/tags/{*id}", remove).needs(Permission::Authenticated))
}

/// What a change was made from. Ours.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Basis {
    /// Whether tags that somebody else has changed since are refused: see [`crate::app::Tags::import`].
    refuse_stale: Flag,
    /// Those that are to be removed were changed last at this time, in epoch milliseconds; later ones stay.
    last_modified: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    prefix: Option<String>,
    refresh: Flag,
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(wanted): Query<Wanted>,
    Ids(ids): Ids,
) -> Result<Json<Vec<Shared<Record<EntityTags>>>>> {
    let found = match wanted.prefix {
        _ if !ids.is_empty() => app.tags.of_ids(ids).await,
        Some(prefix) => app.tags.with_prefix(&prefix, wanted.refresh.or_true()).await,
        None => return Err(Error::invalid("Either 'prefix' or 'ids' parameter is required")),
    };
    Ok(Json(shared(found)))
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Shared<Record<EntityTags>>>> {
    Ok(Json(app.tags.get(&id).await?.into()))
}

async fn create(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<Json<Shared<Record<EntityTags>>>> {
    Ok(Json(app.tags.create(body.record()?, &caller.user).await?.into()))
}

async fn import(
    caller: Caller,
    State(app): State<Arc<App>>,
    Query(basis): Query<Basis>,
    body: Body,
) -> Result<Json<Vec<Shared<Record<EntityTags>>>>> {
    Ok(Json(shared(app.tags.import(body.records()?, basis.refuse_stale.or_false(), &caller.user).await?)))
}

async fn remove(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(basis): Query<Basis>,
) -> Result<StatusCode> {
    match basis.last_modified {
        Some(modified) => app.tags.delete_unchanged(&id, &modified).await?,
        None => app.tags.delete(&id).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_all(_caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.tags.delete_all(&body.texts()?).await?;
    Ok(StatusCode::OK)
}
