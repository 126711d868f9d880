//! Answers that go on: server-sent events, with a place for each who follows.

use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse as _, Response, Sse,
    sse::{Event, KeepAlive},
};
use futures::{Stream, StreamExt as _};
use gennaker_base::Kind;
use gennaker_http::{Error, Result};
use http::{HeaderMap, HeaderName};
use tokio::sync::OwnedSemaphorePermit;

use crate::Orca;

/// How often a comment is sent while nothing happens, so that nobody between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What a client sends that comes again.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The id of the last event that the client has.
pub(super) fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    // What is no text is no id of ours.
    let text = headers.get(LAST_EVENT_ID).map(|value| value.to_str().unwrap_or("?").trim());
    text.filter(|text| !text.is_empty())
}

/// A place for one who follows; `instead` says what to look at if there is none.
pub(super) fn place(orca: &Orca, instead: &str) -> Result<OwnedSemaphorePermit> {
    orca.followers.clone().try_acquire_owned().map_err(|_| {
        Error::new(Kind::Unavailable, format!("too many follow events here: try again, or look at {instead}"))
    })
}

/// The events as an answer, which holds the place.
pub(super) fn answer(events: impl Stream<Item = Event> + Send + 'static, place: OwnedSemaphorePermit) -> Response {
    let events = events.map(move |event| {
        let _place = &place;
        Ok::<_, Infallible>(event)
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}
