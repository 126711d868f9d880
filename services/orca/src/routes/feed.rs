//! What happens to all executions, or to those of an application, as server-sent events that go on.
//!
//! Each has an id after which a client that comes again with `Last-Event-ID` misses none: see `app/feed`.

use axum::{
    extract::State,
    response::{Response, sse::Event},
};
use futures::{StreamExt as _, stream};
use gennaker_http::{Api, Caller, Error, Permission, Query, Result, get};
use gennaker_store::Change;
use gennaker_wire::{ExecutionChange, ExecutionKind, Status};
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    query::texts,
    stream::{answer, last_event_id, place},
};
use crate::{
    Orca,
    app::feed::{Cursor, Filter, Subscription},
    engine::row_kind,
};

/// What can be followed.
const KINDS: [ExecutionKind; 2] = [ExecutionKind::Pipeline, ExecutionKind::Orchestration];

pub(super) fn api() -> Api<Orca> {
    Api::new("orca").route(get("/events", events).needs(Permission::Authenticated).beyond())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Of this application.
    application: Option<String>,
    /// `execution`, `task`, or both, which is the default.
    types: Option<String>,
}

async fn events(
    State(orca): State<Orca>,
    _caller: Caller,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    let application = asked.application.filter(|name| !name.trim().is_empty());
    let filter = Filter::new(&kinds(asked.types.as_deref())?, application);
    let last = last_event_id(&headers).map(str::parse::<Cursor>).transpose();
    let last = last.map_err(|_| {
        Error::invalid("Last-Event-ID is the id of an event: leave it out, and load anew what is shown")
    })?;
    let place = place(&orca, "GET /applications/{application}/pipelines")?;
    let subscription = orca.feed.follow(filter, last, orca.engine.now()).await;
    let subscription = subscription.map_err(|error| Error::new(error.kind(), error.to_string()))?;
    Ok(answer(told(subscription), place))
}

/// The kinds of a list of types.
fn kinds(types: Option<&str>) -> Result<Vec<ExecutionKind>> {
    let types = texts(types);
    if types.is_empty() {
        return Ok(KINDS.to_vec());
    }
    let kinds = types.iter().map(|name| {
        let kind = KINDS.into_iter().find(|kind| ExecutionChange::event(*kind) == name);
        kind.ok_or_else(|| Error::invalid(format!("there are no events of the type {name}: write execution or task")))
    });
    kinds.collect()
}

/// The place from which it is followed, then each change.
fn told(subscription: Subscription) -> impl futures::Stream<Item = Event> + Send {
    let begin = Event::default().event("begin").id(subscription.begin().to_string()).data("{}");
    let changes = stream::unfold(subscription, |mut subscription| async {
        let news = subscription.next().await?;
        let change = shown(&news.change);
        let event = Event::default().event(ExecutionChange::event(change.kind)).id(Cursor::after(&news).to_string());
        Some((event.data(json!(change).to_string()), subscription))
    });
    stream::once(async { begin }).chain(changes)
}

fn shown(change: &Change) -> ExecutionChange {
    let kind = KINDS.into_iter().find(|kind| row_kind(*kind) == change.kind).unwrap_or_default();
    ExecutionChange {
        id: change.id.clone(),
        kind,
        application: change.group.clone(),
        pipeline_config_id: change.definition.clone(),
        name: change.name.clone(),
        status: serde_json::from_value::<Status>(Value::String(change.status.clone())).unwrap_or_default(),
        sequence: Some(change.sequence),
        at: change.changed,
    }
}
