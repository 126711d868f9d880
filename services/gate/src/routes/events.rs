//! Server-sent events: of one execution, which are orca's passed on, and live ones of all that changes: see `app/events`.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::State,
    response::{
        IntoResponse as _, Response, Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{StreamExt as _, stream};
use gennaker_clients::Call;
use gennaker_http::{Api, Caller, Error, Path, Query, Result, get};
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;

use super::{KNOWN, READ, input::Asked};
use crate::{
    Gate,
    app::{
        events::{LAST_EVENT_ID, Told, Wanted},
        optional::is_absent,
    },
};

/// How often a comment is sent while nothing happens, so that nobody between takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn api() -> Api<Gate> {
    Api::new("gate")
        // With an application it is READ that is needed.
        .route(get("/events", live).needs(KNOWN).reads(["application", "types"]).beyond())
        .route(get("/pipelines/{id}/events", of_pipeline).needs(READ).reads(["after"]).beyond())
        .route(get("/tasks/{id}/events", of_task).needs(READ).reads(["after"]).beyond())
}

/// What changes: `application=NAME`, `types=execution,task,inventory`.
async fn live(State(gate): State<Gate>, caller: Caller, Query(query): Asked, headers: HeaderMap) -> Result<Response> {
    let application = query.text("application").map(str::to_owned);
    let wanted = wanted(application, &query.texts("types"))?;
    let last = last_event_id(&headers).map(str::to_owned);
    let place = gate.events.place()?;
    let told = gate.events.follow(&caller, wanted, last).await?;
    let events = told.map(move |told| {
        let _place = &place;
        Ok::<_, Infallible>(shown(told))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response())
}

/// What somebody wants who names these types; all that there can be if none is named.
fn wanted(application: Option<String>, types: &[String]) -> Result<Wanted> {
    if types.is_empty() {
        let inventory = application.is_some();
        return Ok(Wanted { application, executions: true, tasks: true, inventory });
    }
    let mut wanted = Wanted { application, ..Wanted::default() };
    for name in types {
        match name.as_str() {
            "execution" => wanted.executions = true,
            "task" => wanted.tasks = true,
            "inventory" if wanted.application.is_some() => wanted.inventory = true,
            "inventory" => return Err(Error::invalid("inventory is told of one application: application=NAME")),
            _ => {
                let message = format!("there are no events of the type {name}: write execution, task or inventory");
                return Err(Error::invalid(message));
            }
        }
    }
    Ok(wanted)
}

fn shown(told: Told) -> Event {
    let event = Event::default();
    match told {
        Told::Begin { id } => event.event("begin").id(id).data("{}"),
        Told::Change { event: name, id: Some(id), data } => event.event(name).id(id).data(data),
        Told::Change { event: name, id: None, data } => event.event(name).data(data),
        Told::Inventory { application, what } => {
            event.event("inventory").data(json!({ "application": application, "what": what }).to_string())
        }
        Told::Unavailable { service, message } => {
            event.event("unavailable").data(json!({ "service": service, "message": message }).to_string())
        }
        Told::Available { service } => event.event("available").data(json!({ "service": service }).to_string()),
        Told::End { message } => event.event("end").data(json!({ "message": message }).to_string()),
    }
}

async fn of_pipeline(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Response> {
    let call = Call::get(&["pipelines", &id, "events"]).query_if("after", query.text("after"));
    pass_on(&gate, &caller, call, &headers).await.map_err(|error| missing(error, "Pipeline", &id))
}

async fn of_task(
    State(gate): State<Gate>,
    caller: Caller,
    Path(id): Path<String>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Response> {
    let call = Call::get(&["tasks", &id, "events"]).query_if("after", query.text("after"));
    pass_on(&gate, &caller, call, &headers).await.map_err(|error| missing(error, "Task", &id))
}

fn missing(error: Error, noun: &str, id: &str) -> Error {
    match is_absent(&error) {
        true => Error::not_found(format!("{noun} not found (id: {id}), or this orca tells no events of it")),
        false => error,
    }
}

/// Orca's answer as it comes, until this program stops.
async fn pass_on(gate: &Gate, caller: &Caller, call: Call, headers: &HeaderMap) -> Result<Response> {
    let place = gate.events.place()?;
    let call = call.header_if(LAST_EVENT_ID, last_event_id(headers));
    let answer = gate.clients.orca.stream(&caller.onward(), call).await?;
    let (status, kind) = (answer.status(), answer.content_type().cloned());
    let parts = stream::try_unfold((answer, place), |(mut answer, place)| async {
        Ok::<_, Error>(answer.chunk().await?.map(|bytes| (bytes, (answer, place))))
    });
    let parts = parts.take_until(gate.endless_answers().cancelled_owned());
    let mut response = (status, Body::from_stream(parts)).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(kind) = kind {
        fields.insert(header::CONTENT_TYPE, kind);
    }
    Ok(response)
}

/// The id of the last event that the client has.
fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    // What is no text is no id of ours.
    let text = headers.get(LAST_EVENT_ID).map(|value| value.to_str().unwrap_or("?").trim());
    text.filter(|text| !text.is_empty())
}
