//! What happened in an execution, as server-sent events: what is recorded already, then what happens, until it is over.
//!
//! Each has the event's number as its id, so that a client that comes again with `Last-Event-ID` misses none and gets none twice. After
//! the last one comes `event: end` with the execution's status; who asks again after that gets 204, which ends an `EventSource`.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::stream;
use gennaker_base::Kind;
use gennaker_http::{Api, Caller, Error, Path, Query, Result, get};
use gennaker_wire::ExecutionKind;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{READ, engine_error, executions::load, query::given};
use crate::{
    Orca,
    app::follow::{Follow, Told, shown},
};

/// How often a comment is sent while nothing happens, so that nobody between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
        .route(get("/pipelines/{id}/events", of_pipeline).needs(READ).beyond())
        .route(get("/tasks/{id}/events", of_task).needs(READ).beyond())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Only events after this one; `Last-Event-ID` goes before it.
    #[serde(deserialize_with = "given")]
    after: Option<u64>,
}

async fn of_pipeline(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    events(orca, ExecutionKind::Pipeline, id, last(&headers)?.or(asked.after)).await
}

async fn of_task(
    State(orca): State<Orca>,
    _caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response> {
    events(orca, ExecutionKind::Orchestration, id, last(&headers)?.or(asked.after)).await
}

/// The last event that the client has.
fn last(headers: &HeaderMap) -> Result<Option<u64>> {
    let Some(value) = headers.get("last-event-id").filter(|value| !value.is_empty()) else { return Ok(None) };
    let number = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    number.map(Some).ok_or_else(|| Error::invalid("Last-Event-ID is the number of an event"))
}

async fn events(orca: Orca, kind: ExecutionKind, id: String, after: Option<u64>) -> Result<Response> {
    let execution = load(&orca, kind, &id).await?;
    if let Some(after) = after.filter(|_| execution.status.is_complete()) {
        let further = orca.engine.store().events(&id, after, 1).await;
        let further = further.map_err(|error| engine_error("execution", &id, &error.into()))?;
        if further.is_empty() {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
    }
    let place = orca.followers.clone().try_acquire_owned().map_err(|_| {
        Error::new(Kind::Unavailable, "too many follow executions here: try again, or look at GET /pipelines/{id}")
    })?;
    let follow = Follow::new(orca.engine.clone(), id, after.unwrap_or(0), orca.stop.clone());
    let told = stream::unfold((follow, place), |(mut follow, place)| async {
        let event = match follow.next().await? {
            Told::Event(event) => Event::default().id(event.sequence.to_string()).data(shown(&event).to_string()),
            Told::End(status) => Event::default().event("end").data(json!({ "status": status }).to_string()),
        };
        Some((Ok::<_, Infallible>(event), (follow, place)))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}
