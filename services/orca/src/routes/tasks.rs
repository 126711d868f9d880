//! Looking at tasks: one, those of an application, or all.

use std::collections::VecDeque;

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures::stream;
use gennaker_http::{Api, Caller, Json, Path, Permission, Query, Result, get};
use gennaker_store as store;
use gennaker_wire::ExecutionKind;
use http::header;
use serde::Deserialize;
use serde_json::Value;

use super::{
    READ,
    executions::{Moment, list, load_at},
    query::{given, statuses},
};
use crate::{
    Orca,
    app::{recent, task_view},
    engine::row_kind,
};

/// The most tasks that a page has, and upstream's default.
const MOST: u32 = 3500;
/// How many tasks are read at once for the list of all.
const PAGE: u32 = 200;

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/tasks/{id}", one).needs(READ))
        .route(get("/tasks", all).needs(Permission::Authenticated))
        .route(get("/applications/{application}/tasks", of_application).needs(READ))
}

async fn one(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(moment): Query<Moment>,
) -> Result<Json<Value>> {
    Ok(Json(task_view::of(&load_at(&orca, ExecutionKind::Orchestration, &id, &moment).await?)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    #[serde(deserialize_with = "given")]
    limit: Option<u32>,
    #[serde(deserialize_with = "given")]
    page: Option<u32>,
    statuses: Option<String>,
}

/// The tasks of an application but for history, a page of them: what waits first, then the newest.
async fn of_application(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(application): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Value>>> {
    let limit = asked.limit.unwrap_or(MOST).min(MOST);
    let statuses = statuses(asked.statuses.as_deref())?;
    if limit == 0 {
        return Ok(Json(Vec::new()));
    }
    let query = store::Query {
        group: Some(application),
        statuses,
        limit,
        offset: limit.saturating_mul(asked.page.unwrap_or(1).max(1) - 1),
        ..of_all()
    };
    let mut tasks = list(&orca, &query).await?;
    let cutoff = recent::cutoff(&orca.options.lists, orca.engine.now());
    tasks.retain(|task| task.start_time.is_none_or(|start| start >= cutoff));
    tasks.sort_by(recent::newest_start_first);
    Ok(Json(tasks.iter().map(task_view::of).collect()))
}

/// Every task there is, the oldest first, read while it is answered: there may be many. It is cut off where the store fails.
async fn all(State(orca): State<Orca>, _caller: Caller) -> Result<Response> {
    let first = page(&orca, 0).await?;
    let state = (orca, Some(0), VecDeque::from([begin(&first)]));
    let rest = stream::try_unfold(state, |(orca, next, mut ready)| async move {
        if let Some(bytes) = ready.pop_front() {
            return Ok(Some((bytes, (orca, next, ready))));
        }
        let Some(offset) = next else { return Ok(None) };
        let offset: u32 = offset + PAGE;
        let tasks = page(&orca, offset).await.map_err(std::io::Error::other)?;
        if tasks.is_empty() {
            return Ok::<_, std::io::Error>(Some((Bytes::from_static(b"]"), (orca, None, ready))));
        }
        let mut text = String::new();
        tasks.iter().for_each(|task| text.extend([",".to_owned(), task.to_string()]));
        Ok(Some((text.into(), (orca, Some(offset), ready))))
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(rest)).into_response())
}

/// The beginning of a list.
fn begin(tasks: &[Value]) -> Bytes {
    let texts: Vec<String> = tasks.iter().map(Value::to_string).collect();
    format!("[{}", texts.join(",")).into()
}

async fn page(orca: &Orca, offset: u32) -> Result<Vec<Value>> {
    let query = store::Query { offset, limit: PAGE, order: store::Order::OldestFirst, ..of_all() };
    Ok(list(orca, &query).await?.iter().map(task_view::of).collect())
}

fn of_all() -> store::Query {
    store::Query { kinds: vec![row_kind(ExecutionKind::Orchestration).to_owned()], ..store::Query::default() }
}
