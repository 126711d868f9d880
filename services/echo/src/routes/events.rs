//! Events that services post, and webhooks that anybody does.

use std::sync::Arc;

use axum::{body::Bytes, extract::State, http::HeaderMap};
use gennaker_base::Timestamp;
use gennaker_http::{Access, Api, Caller, Json, Path, Permission, Result, post};
use gennaker_wire::Object;
use http::StatusCode;
use serde_json::{Value, json};

use crate::app::{App, Error, Event, Sender, webhook};

/// When the event happened, in epoch milliseconds.
const EVENT_TIME: &str = "x-gennaker-event-time";
/// Where an event comes from if nobody says so: upstream's default.
const API: &str = "api";

const NO_RANGES: &str = "notifications are not sent, and version ranges of helm triggers are not compared";

/// The routes.
pub(super) fn api() -> Api<Arc<App>> {
    let execute = Permission::of("application", Access::Execute);
    Api::new(super::SERVICE)
        .route(post("/", take).needs(execute).partly(NO_RANGES))
        .route(post("/webhooks/cdevents/{source}", cd_event).needs(execute))
        .route(post("/webhooks/{type}", of_type).needs(execute))
        .route(post("/webhooks/{type}/{source}", of_source).needs(execute))
}

/// Takes an event. Upstream: `HistoryController`.
async fn take(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Json(sent): Json<Object>,
) -> Result<StatusCode> {
    let event = Event::read(sent, app.clock.now())?;
    app.take(&event, &sender(caller), event_time(&headers)?).await?;
    Ok(StatusCode::OK)
}

async fn of_source(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path((kind, source)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>> {
    webhook::check_type(&kind, &app.webhook_types)?;
    let template = app.templates.of(&source).await?;
    match webhook::of_source(&kind, &source, headers.clone(), &body, app.clock.now(), template.as_deref())? {
        Some(event) => processed(&app, caller, &headers, event).await,
        None => Ok(Json(json!({ "eventProcessed": false }))),
    }
}

async fn of_type(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path(kind): Path<String>,
    body: Bytes,
) -> Result<Json<Value>> {
    webhook::check_type(&kind, &app.webhook_types)?;
    let event = webhook::of_type(&kind, headers.clone(), &body, app.clock.now())?;
    processed(&app, caller, &headers, event).await
}

/// As upstream's, the answer to a CDEvent says nothing.
async fn cd_event(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
    Path(source): Path<String>,
    body: Bytes,
) -> Result<StatusCode> {
    let event = webhook::cd_event(&source, headers.clone(), &body, app.clock.now())?;
    processed(&app, caller, &headers, event).await?;
    Ok(StatusCode::OK)
}

async fn processed(app: &App, caller: Caller, headers: &HeaderMap, event: Event) -> Result<Json<Value>> {
    app.take(&event, &sender(caller), event_time(headers)?).await?;
    Ok(Json(json!({ "eventProcessed": true, "eventId": event.id })))
}

fn sender(caller: Caller) -> Sender {
    Sender { origin: caller.origin.clone().unwrap_or_else(|| API.to_owned()), caller }
}

fn event_time(headers: &HeaderMap) -> Result<Option<Timestamp>> {
    let Some(value) = headers.get(EVENT_TIME) else { return Ok(None) };
    match value.to_str().ok().and_then(|text| text.parse().ok()) {
        Some(millis @ 0..) => Ok(Some(Timestamp::from_millis(millis))),
        _ => Err(gennaker_http::Error::invalid(format!("{EVENT_TIME} is a time in epoch milliseconds, not {value:?}"))),
    }
}

impl From<Error> for gennaker_http::Error {
    fn from(error: Error) -> Self {
        gennaker_http::Error::new(error.kind(), error.to_string())
    }
}
