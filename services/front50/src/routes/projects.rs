//! `/v2/projects`.

use std::{collections::HashMap, sync::Arc};

use axum::extract::State;
use gennaker_http::{Api, Caller, Error, Json, Path, Permission, Query, Result, delete, get, post, put};
use http::StatusCode;

use super::{
    answer::{Shared, problem, shared},
    body::Body,
    query::Number,
};
use crate::app::{App, Project, Record};

/// The routes. Upstream guards no project.
pub(super) fn api() -> Api<Arc<App>> {
    Api::new(super::SERVICE)
        .route(get("/v2/projects", list).needs(Permission::Authenticated))
        .route(post("/v2/projects", create).needs(Permission::Authenticated))
        .route(post("/v2/projects/batchUpdate", import).needs(Permission::Authenticated))
        .route(get("/v2/projects/search", search).needs(Permission::Authenticated))
        .route(get("/v2/projects/{projectId}", one).needs(Permission::Authenticated))
        .route(put("/v2/projects/{projectId}", update).needs(Permission::Authenticated))
        .route(delete("/v2/projects/{projectId}", remove).needs(Permission::Authenticated))
}

async fn list(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(mut wanted): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Shared<Record<Project>>>>> {
    let most = wanted.remove("pageSize").unwrap_or_default();
    let most: Number = most.parse().map_err(|why| Error::invalid(format!("the query is wrong at pageSize: {why}")))?;
    Ok(Json(shared(app.projects.list(wanted, most.0).await)))
}

async fn search(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Shared<Record<Project>>>>> {
    let Some(part) = query.get("q") else {
        let error = Error::invalid("say what to search for: /v2/projects/search?q=shop");
        return Err(problem(&error, "Required parameter 'q' is not present.", "/v2/projects/search"));
    };
    Ok(Json(shared(app.projects.search(part).await)))
}

async fn one(
    _caller: Caller,
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<Shared<Record<Project>>>> {
    Ok(Json(app.projects.named(&name).await?.into()))
}

async fn create(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<Json<Shared<Record<Project>>>> {
    Ok(Json(app.projects.create(body.record()?, &caller.user).await?.into()))
}

async fn update(
    caller: Caller,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Shared<Record<Project>>>> {
    Ok(Json(app.projects.update(&id, body.record()?, &caller.user).await?.into()))
}

async fn import(caller: Caller, State(app): State<Arc<App>>, body: Body) -> Result<StatusCode> {
    app.projects.import(body.records()?, &caller.user).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn remove(_caller: Caller, State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<StatusCode> {
    app.projects.delete(&id).await?;
    Ok(StatusCode::ACCEPTED)
}
