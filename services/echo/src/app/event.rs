//! An event: `{"details": {"type": ..., "source": ...}, "content": {...}, "payload": {...}, "rawContent": ..., "eventId": ...}`.
//!
//! Upstream: `Event`, `Metadata`, `TriggerEvent`.

use gennaker_artifacts::Artifact;
use gennaker_base::{Timestamp, id};
use gennaker_wire::{Object, ObjectExt};
use http::HeaderMap;
use serde_json::Value;

use super::Error;

/// Something that happened, of which pipelines may want to know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    /// Its id: the sender's, or a new one.
    pub(crate) id: String,
    /// Whether the sender gave the id: then it is the same event whenever it comes.
    pub(crate) has_identity: bool,
    /// Its type, as it was sent.
    pub(crate) kind: String,
    /// Where it comes from.
    pub(crate) source: Option<String>,
    /// What else is said of it: `details.attributes`.
    pub(crate) attributes: Object,
    /// The headers of the webhook that brought it, or those that `details.requestHeaders` names.
    pub(crate) headers: HeaderMap,
    /// What each type of event has a form of its own for.
    pub(crate) content: Object,
    /// The body of a webhook as it was sent.
    pub(crate) payload: Option<Object>,
    /// The same, byte by byte: what signatures are of.
    pub(crate) raw: Vec<u8>,
}

impl Event {
    /// A new one of that type.
    pub(crate) fn new(kind: &str, now: Timestamp) -> Event {
        Event { id: uuid(&id::generate(now)), kind: kind.to_owned(), ..Event::default() }
    }

    /// One that another service posts.
    ///
    /// # Errors
    /// If it is no event.
    pub(crate) fn read(mut sent: Object, now: Timestamp) -> Result<Event, Error> {
        let mut details = object(&mut sent, "details")?
            .ok_or_else(|| Error::invalid("the event has no details: send {\"details\": {\"type\": ...}}"))?;
        let kind = details.text("type").filter(|kind| !kind.is_empty());
        let kind = kind.ok_or_else(|| Error::invalid("details.type is missing: it says what kind of event it is"))?;
        let mut event = Event::new(&kind, now);
        if let Some(id) = sent.text("eventId").filter(|id| !id.is_empty()) {
            (event.id, event.has_identity) = (id, true);
        }
        event.source = details.text("source");
        event.attributes = object(&mut details, "attributes")?.unwrap_or_default();
        event.headers = headers(details.get("requestHeaders"));
        event.content = object(&mut sent, "content")?.unwrap_or_default();
        event.payload = object(&mut sent, "payload")?;
        event.raw = sent.text("rawContent").unwrap_or_default().into_bytes();
        Ok(event)
    }

    /// Whether it is of that type; case does not matter.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind)
    }

    /// A header's first value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The artifacts that a list in `of` holds; none if it has no such list.
    ///
    /// # Errors
    /// If it is something else.
    pub(crate) fn artifacts_in(of: &Object, name: &str) -> Result<Vec<Artifact>, Error> {
        match of.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list.iter().map(Artifact::from_value).collect::<Result<_, _>>()?),
            Some(_) => Err(Error::invalid(format!("content.{name} is not a list of artifacts: correct it"))),
        }
    }

    /// An object in `of`; none if it has none.
    ///
    /// # Errors
    /// If it is something else.
    pub(crate) fn object_in<'o>(of: &'o Object, name: &str) -> Result<Option<&'o Object>, Error> {
        match of.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(_) => Err(Error::invalid(format!("content.{name} is not an object: correct it"))),
        }
    }
}

fn object(of: &mut Object, name: &str) -> Result<Option<Object>, Error> {
    match of.shift_remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::invalid(format!("{name} is not an object: correct it"))),
    }
}

/// Headers as an event names them: `{"X-Event-Key": ["repo:push"]}`. What cannot be a header is left out.
fn headers(sent: Option<&Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in sent.and_then(Value::as_object).into_iter().flatten() {
        let values = values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice);
        for value in values.iter().filter_map(Value::as_str) {
            if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), http::HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
    }
    headers
}

/// A ULID written as clients expect an event's id: `018bcfe5-6800-...`. It is one to one, but for the case of letters.
pub(super) fn uuid(ulid: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let value = ulid.bytes().fold(0u128, |value, digit| {
        let digit = DIGITS.iter().position(|known| *known == digit).unwrap_or_default();
        (value << 5) | digit as u128
    });
    let hex = format!("{value:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(sent: Value) -> Result<Event, Error> {
        Event::read(sent.as_object().cloned().expect("an object"), Timestamp::from_millis(1_700_000_000_000))
    }

    #[test]
    fn an_event_has_a_type_and_perhaps_more() {
        let event = read(json!({
            "details": {"type": "Build", "source": "igor", "requestHeaders": {"X-A": ["1", "2"], "x b": ["3"], "y": "4"}},
            "content": {"a": 1}, "payload": null, "eventId": "e-1",
        }))
        .expect("an event");
        assert!(event.is("build") && event.has_identity && event.payload.is_none());
        assert_eq!((event.id.as_str(), event.source.as_deref()), ("e-1", Some("igor")));
        assert_eq!((event.header("x-a"), event.header("y"), event.headers.len()), (Some("1"), Some("4"), 3));
        let other = read(json!({"details": {"type": "x"}})).expect("an event");
        assert!(!other.has_identity && other.content.is_empty());
        assert_eq!((other.id.len(), &other.id[..13]), (36, "018bcfe5-6800"));
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for sent in [
            json!({}),
            json!({"details": null}),
            json!({"details": {}}),
            json!({"details": "x"}),
            json!({"details": {"type": "x"}, "content": []}),
            json!({"details": {"type": "x"}, "payload": "p"}),
        ] {
            assert!(read(sent.clone()).is_err(), "{sent}");
        }
    }
}
