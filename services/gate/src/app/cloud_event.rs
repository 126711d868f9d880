//! CloudEvents 1.0 over HTTP, of which CDEvents are a kind: in one JSON object (structured), or with their attributes in
//! headers and the data as the body (binary).

use gennaker_http::{Error, Result};
use gennaker_wire::Object;
use serde_json::Value;

/// The content type of structured ones begins so.
const STRUCTURED: &str = "application/cloudevents";
/// The attributes that every event has.
const REQUIRED: [&str; 4] = ["id", "specversion", "type", "source"];
/// The most bytes of data that go along as a header, too: of all headers together servers take 64 KiB, or less.
const HEADER_LIMIT: usize = 32 << 10;
/// Attributes that one may have.
const OPTIONAL: [&str; 4] = ["subject", "time", "datacontenttype", "dataschema"];

/// An event: its attributes, and its data if there is any.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CloudEvent {
    attributes: Object,
    data: Value,
}

impl CloudEvent {
    /// Reads an event of a request with that content type, those headers and that body.
    ///
    /// # Errors
    /// `Invalid` if it is not JSON, or without an attribute that every event has.
    pub(crate) fn read<'a>(kind: &str, header: impl Fn(&str) -> Option<&'a str>, body: &[u8]) -> Result<Self> {
        let json = |body: &[u8]| {
            let body = if body.trim_ascii().is_empty() { b"null" } else { body };
            serde_json::from_slice::<Value>(body)
                .map_err(|error| Error::invalid(format!("the body is not the JSON that is expected: {error}")))
        };
        let (mut attributes, data) = if kind.to_ascii_lowercase().starts_with(STRUCTURED) {
            let Value::Object(mut event) = json(body)? else {
                return Err(Error::invalid("an event is a JSON object"));
            };
            let data = event.shift_remove("data").unwrap_or_default();
            (event, data)
        } else {
            let named = REQUIRED.into_iter().chain(OPTIONAL);
            let found = named.filter_map(|name| Some((name.to_owned(), header(&format!("ce-{name}"))?.into())));
            (found.collect(), json(body)?)
        };
        attributes.retain(|_, value| !value.is_null());
        let missing = REQUIRED.into_iter().find(|name| !attributes.get(*name).is_some_and(Value::is_string));
        match missing {
            Some(name) => Err(Error::invalid(format!("the event has no {name}: send it as the header ce-{name}"))),
            None => Ok(CloudEvent { attributes, data }),
        }
    }

    /// The event as one object.
    pub(crate) fn whole(&self) -> Value {
        let mut whole = self.attributes.clone();
        whole.insert("data".to_owned(), self.data.clone());
        Value::Object(whole)
    }

    /// The headers under which upstream's gate sends the data and the attributes. Data that is too large for a header is in
    /// [`CloudEvent::whole`] only, where echo looks first.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let data = ascii(&self.data.to_string());
        let attribute = |name: &str| self.attributes.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let attributes = [
            ("ce-id", attribute("id")),
            ("ce-specversion", attribute("specversion")),
            ("ce-type", attribute("type")),
            ("ce-source", attribute("source")),
        ];
        let data = (data.len() <= HEADER_LIMIT).then_some(("ce-data", data));
        data.into_iter().chain(attributes).collect()
    }
}

/// JSON of ASCII letters only: others are escaped, since not everybody reads a header as UTF-8.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter.is_ascii() {
            text.push(letter);
        } else {
            text.extend(letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_are_the_same_event() {
        let whole = json!({"id": "1", "specversion": "1.0", "type": "dev.cdevents.x", "source": "s", "data": {"a": 1}});
        let structured =
            CloudEvent::read("application/cloudevents+json; charset=utf-8", |_| None, whole.to_string().as_bytes());
        let headers = [("ce-id", "1"), ("ce-specversion", "1.0"), ("ce-type", "dev.cdevents.x"), ("ce-source", "s")];
        let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let binary = CloudEvent::read("application/json", header, br#"{"a": 1}"#).expect("an event");
        assert_eq!(structured.expect("an event"), binary);
        assert_eq!(binary.whole(), whole);
        assert_eq!(binary.headers()[0], ("ce-data", r#"{"a":1}"#.to_owned()));
    }

    #[test]
    fn data_of_any_letters_and_any_size_has_headers_that_every_server_takes() {
        let of = |data: Value| CloudEvent { attributes: Object::new(), data };
        let data = json!({"a": "Größe 🚀"});
        let (name, header) = of(data.clone()).headers().swap_remove(0);
        assert!(name == "ce-data" && header.is_ascii(), "{header}");
        assert_eq!(serde_json::from_str::<Value>(&header).expect("JSON"), data);
        let large = of("ö".repeat(HEADER_LIMIT / 4).into()).headers();
        assert!(large.iter().all(|(name, _)| *name != "ce-data"));
    }

    #[test]
    fn what_is_no_event_says_what_is_missing() {
        let error = CloudEvent::read("application/json", |_| None, b"{}").expect_err("no attributes");
        assert!(error.message().contains("ce-id"), "{error}");
        assert!(CloudEvent::read("application/cloudevents+json", |_| None, b"[]").is_err());
        assert!(CloudEvent::read("application/json", |_| None, b"{").is_err());
    }
}
