//! What happened in an execution, as server-sent events: what is recorded already, then what happens, until it is over.
//!
//! Each has the event's number as its id, so that a client that comes again with `Last-Event-ID` misses none and gets none twice. After
//! the last one comes `event: end` with the execution's status; who asks again after that gets 204, which ends an `EventSource`.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response, sse::Event},
};
use futures::stream;
use gennaker_http::{Api, Caller, Error, Path, Query, Result, get};
use gennaker_wire::ExecutionKind;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{
    READ, engine_error,
    executions::load,
    query::given,
    stream::{answer, last_event_id, place},
};
use crate::{
    Orca,
    app::follow::{Follow, Told, shown},
};

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
    let Some(text) = last_event_id(headers) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Error::invalid("Last-Event-ID is the number of an event"))
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
    let place = place(&orca, "GET /pipelines/{id}")?;
    let news = orca.feed.listen().await.map_err(|error| Error::new(error.kind(), error.to_string()))?;
    let follow = Follow::new(orca.engine.clone(), id, after.unwrap_or(0), news);
    let told = stream::unfold(follow, |mut follow| async {
        let event = match follow.next().await? {
            Told::Event(event) => Event::default().id(event.sequence.to_string()).data(shown(&event).to_string()),
            Told::End(status) => Event::default().event("end").data(json!({ "status": status }).to_string()),
        };
        Some((event, follow))
    });
    Ok(answer(told, place))
}
