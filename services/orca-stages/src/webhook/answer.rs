//! What a webhook answered, as it stands in a stage's context.

use gennaker_http::outbound::Answer;
use gennaker_wire::Object;
use serde::Deserialize as _;
use serde_json::Value;

use super::{media::MediaType, status};

/// The headers, the first value of each name.
pub(super) fn headers(answer: &Answer) -> Object {
    let mut headers = Object::new();
    for (name, value) in &answer.headers {
        if !headers.keys().any(|known| known.eq_ignore_ascii_case(name)) {
            headers.insert(name.clone(), value.clone().into());
        }
    }
    headers
}

/// Puts status, headers and body under the names that upstream has for them.
pub(super) fn describe(answer: &Answer, body: Option<Value>, into: &mut Object) {
    if let Some(name) = status::name(answer.status) {
        into.insert("statusCode".to_owned(), name.into());
    }
    into.insert("statusCodeValue".to_owned(), answer.status.as_u16().into());
    if let Some(body) = body {
        into.insert("body".to_owned(), body);
    }
    let headers = headers(answer);
    if !headers.is_empty() {
        into.insert("headers".to_owned(), headers.into());
    }
}

/// The body: of JSON and YAML its value, of anything else its text; `None` if it is empty.
///
/// # Errors
/// If it is not what its type says.
pub(super) fn body(answer: &Answer) -> Result<Option<Value>, String> {
    if answer.body.is_empty() || answer.status.as_u16() == 204 {
        return Ok(None);
    }
    let told = answer.header("content-type").unwrap_or_default();
    let media = MediaType::read(told);
    let read = if media.is_json() {
        // What follows the first value is not looked at, as Jackson has it.
        let mut reader = serde_json::Deserializer::from_slice(&answer.body);
        Value::deserialize(&mut reader).map_err(|error| error.to_string())
    } else if media.is_yaml() {
        gennaker_yaml::read_json(&media.decode(&answer.body)).map_err(|error| error.to_string())
    } else if media.is_cbor() {
        Err("this type is not supported: have the server answer with JSON".to_owned())
    } else {
        Ok(Value::String(media.decode(&answer.body)))
    };
    let read = read.map_err(|problem| format!("the answer's body cannot be read as {told}: {problem}"))?;
    Ok(Some(read).filter(|body| !body.is_null()))
}

/// The text of a body, whatever its type.
pub(super) fn text(answer: &Answer) -> String {
    MediaType::read(answer.header("content-type").unwrap_or_default()).decode(&answer.body)
}

/// The body beside a status that tells of a failure: JSON if it looks like it and is it, else its text.
pub(super) fn failure_body(answer: &Answer) -> Option<Value> {
    let text = text(answer);
    if text.is_empty() {
        return None;
    }
    let json = if text.starts_with(['{', '[']) { serde_json::from_str(&text).ok() } else { None };
    Some(json.unwrap_or(Value::String(text)))
}

#[cfg(test)]
pub(super) mod tests {
    use http::StatusCode;
    use serde_json::json;
    use url::Url;

    use super::*;

    pub(in crate::webhook) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let status = StatusCode::from_u16(status).expect("a status");
        Answer {
            url: Url::parse("http://a.example.com/hook").expect("a URL"),
            status,
            reason: status.canonical_reason().unwrap_or_default().to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.to_owned().into(),
        }
    }

    pub(in crate::webhook) fn json_answer(status: u16, body: &Value) -> Answer {
        answer(status, &[("content-type", "application/json")], &body.to_string())
    }

    #[test]
    fn bodies_are_read_by_their_type() {
        let read = |kind: &str, text: &str| body(&answer(200, &[("Content-Type", kind)], text));
        assert_eq!(read("application/json", r#"{"a": 1} trailing"#), Ok(Some(json!({"a": 1}))));
        assert_eq!(read("application/hal+json; charset=utf-8", "[1]"), Ok(Some(json!([1]))));
        assert_eq!(read("application/json", "null"), Ok(None));
        assert_eq!(read("application/json", ""), Ok(None));
        assert_eq!(read("application/yaml", "a: 1\n"), Ok(Some(json!({"a": 1}))));
        assert_eq!(read("text/plain", r#"{"a": 1}"#), Ok(Some(json!(r#"{"a": 1}"#))));
        assert_eq!(body(&answer(200, &[], "x")), Ok(Some(json!("x"))));
        assert_eq!(body(&answer(204, &[], "x")), Ok(None));
        for (kind, text) in [("application/json", "{a"), ("application/cbor", "\u{1}"), ("application/yaml", "a: [")] {
            assert!(read(kind, text).is_err_and(|problem| problem.contains(kind)), "{kind}");
        }
    }

    #[test]
    fn the_body_of_a_failure_is_json_if_it_looks_like_it() {
        for (text, expected) in [
            ("true", json!("true")),
            ("{\"bad json\":", json!("{\"bad json\":")),
            ("{\"key\" : {\"subkey\" : \"subval\"}}", json!({"key": {"subkey": "subval"}})),
            ("[\"1\", 2]", json!(["1", 2])),
        ] {
            assert_eq!(failure_body(&answer(400, &[("Content-Type", "text/plain")], text)), Some(expected), "{text}");
        }
        assert_eq!(failure_body(&answer(400, &[], "")), None);
    }

    #[test]
    fn a_name_that_comes_twice_keeps_its_first_value() {
        let mut described = Object::new();
        describe(&answer(520, &[("Set-Cookie", "a"), ("set-cookie", "b")], "x"), None, &mut described);
        assert_eq!(Value::Object(described), json!({"statusCodeValue": 520, "headers": {"Set-Cookie": "a"}}));
    }
}
