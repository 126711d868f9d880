//! Webhooks: how what a server posts becomes an event.
//!
//! A webhook of the type `git` is read for its repository, branch and commit; artifacts that it does not name as such are taken
//! from what registries and repositories send. Upstream: `WebhooksController`.

mod artifacts;
mod bitbucket;
mod git;
mod templates;

use gennaker_base::Timestamp;
use gennaker_wire::{Object, ObjectExt};
use http::HeaderMap;
use serde_json::{Value, json};

pub(crate) use self::templates::Templates;
use super::{Error, Event};

/// What anybody may send: other events, such as a start by hand or a build, are posted by services.
const TYPES: [&str; 3] = ["webhook", "git", "cdevents"];

/// Checks that a webhook may be of that type: one of [`TYPES`], or one of those that are configured (`others`). Upstream takes
/// any type.
///
/// # Errors
/// If it may not.
pub(crate) fn check_type(kind: &str, others: &[String]) -> Result<(), Error> {
    let mut known = TYPES.into_iter().chain(others.iter().map(String::as_str));
    if known.any(|known| known.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "a webhook of the type {kind} is not taken: send it as webhook, git or cdevents, or add the type to webhooks.types \
         in echo.yml"
    )))
}

/// A webhook of a type, from a source that its path names; its artifacts are read by `template`, too. `None` if it is no event: a server tries whether it is heard.
///
/// # Errors
/// If it is not what a webhook of its type and source is.
pub(crate) fn of_source(
    kind: &str,
    source: &str,
    headers: HeaderMap,
    body: &[u8],
    now: Timestamp,
    template: Option<&str>,
) -> Result<Option<Event>, Error> {
    let is_empty_ping = body.is_empty() && source == "bitbucket";
    let payload = if is_empty_ping { Object::new() } else { object(body)? };
    let mut event = Event::new(kind, now);
    event.source = Some(source.to_owned());
    event.content = payload.clone();
    event.payload = Some(payload);
    event.raw = body.to_vec();
    event.headers = headers;
    if let Some(key) = event.header("x-event-key").map(str::to_owned) {
        event.content.insert("event_type".to_owned(), key.into());
    }
    if kind == "git" && !git::read(&mut event, source)? {
        return Ok(None);
    }
    let has_artifacts = match event.content.get("artifacts") {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    if !has_artifacts {
        let payload = event.payload.clone().unwrap_or_default();
        let mut found = artifacts::of(kind, source, &payload);
        found.extend(template.map(|template| templates::artifacts(template, source, &payload)).unwrap_or_default());
        event.content.insert("artifacts".to_owned(), json!(found));
    }
    Ok(Some(event))
}

/// A webhook of a type, from the source that it names itself. It has no payload that triggers could ask for.
///
/// # Errors
/// If it is no JSON object.
pub(crate) fn of_type(kind: &str, headers: HeaderMap, body: &[u8], now: Timestamp) -> Result<Event, Error> {
    let mut event = Event::new(kind, now);
    event.content = object(body)?;
    event.source = event.content.text("source");
    event.headers = headers;
    event.raw = body.to_vec();
    Ok(event)
}

/// A CDEvent: a CloudEvent, in one JSON object as gate sends it, or else with its data in the header `Ce-Data`, where upstream
/// reads it.
///
/// # Errors
/// If it has no data, or the data is none of a CDEvent.
pub(crate) fn cd_event(source: &str, headers: HeaderMap, body: &[u8], now: Timestamp) -> Result<Event, Error> {
    let mut event = Event::new("cdevents", now);
    event.headers = headers;
    event.raw = match (data_of(body), event.headers.get("ce-data")) {
        (Some(data), _) => data.to_string().into_bytes(),
        (None, Some(data)) => data.as_bytes().to_vec(),
        (None, None) => {
            let missing = "the event has no data: send a CloudEvent as JSON, or its data in the header Ce-Data";
            return Err(Error::invalid(missing));
        }
    };
    let data = object(&event.raw)?;
    let is_there = |name: &str| data.get(name).and_then(Value::as_object).is_some_and(|object| !object.is_empty());
    let custom = data.get("customData").and_then(Value::as_object);
    let (Some(custom), true, true) = (custom, is_there("context"), is_there("subject")) else {
        return Err(Error::invalid("Invalid CDEvent data: it has the objects context, subject and customData"));
    };
    for name in ["artifacts", "parameters"] {
        if let Some(value) = custom.get(name) {
            event.content.insert(name.to_owned(), value.clone());
        }
    }
    event.source = Some(source.to_owned());
    event.payload = Some(data);
    Ok(event)
}

/// The data of a CloudEvent that is one JSON object.
fn data_of(body: &[u8]) -> Option<Value> {
    let mut event: Object = serde_json::from_slice(body).ok()?;
    event.get("specversion").filter(|version| version.is_string())?;
    event.shift_remove("data").filter(|data| !data.is_null())
}

/// A body that is a JSON object; `null` is an empty one.
fn object(body: &[u8]) -> Result<Object, Error> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(Value::Null) => Ok(Object::new()),
        Ok(_) => Err(Error::invalid("the body is JSON, but no object: send an object")),
        Err(error) => Err(Error::invalid(format!("the body is not JSON: {error}"))),
    }
}

/// A text below several objects; empty if there is none.
fn text_at(of: &Object, path: &[&str]) -> String {
    let Some((last, before)) = path.split_last() else { return String::new() };
    let parent = before.iter().try_fold(of, |object, name| object.get(*name)?.as_object());
    parent.and_then(|parent| parent.text(last)).unwrap_or_default()
}

/// A reference to a branch without what git puts before its name.
fn branch(reference: &str) -> String {
    reference.replace("refs/heads/", "")
}

#[cfg(test)]
mod tests;
