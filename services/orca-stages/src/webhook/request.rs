//! What a webhook is sent: headers and body, as Spring's `RestTemplate` writes them.

use std::collections::BTreeMap;

use bytes::Bytes;
use gennaker_wire::Object;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::form_urlencoded;

use super::media::{MediaType, latin1};

/// What can be read of an answer: the types that upstream asks for.
const ACCEPT: &str = "application/json, application/cbor, application/yaml, text/plain, application/*+json, */*";

/// Headers by which services tell each other who asks: no pipeline sets them.
const DENIED: [&str; 5] = [
    "x-spinnaker-user",
    "x-spinnaker-account",
    "x-spinnaker-user-origin",
    "x-spinnaker-request-id",
    "x-spinnaker-execution-id",
];

/// The headers that pipeline and operator set; the operator's win. Without an `Accept` it is upstream's.
///
/// # Errors
/// For a name or a value that no header can have.
pub(super) fn headers(custom: &Object, sensitive: &BTreeMap<String, Vec<String>>) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, value) in custom {
        match value {
            Value::Array(values) => replace(&mut headers, name, &values.iter().map(java_text).collect::<Vec<_>>())?,
            value => add(&mut headers, name, &java_text(value))?,
        }
    }
    for (name, values) in sensitive.iter().filter(|(_, values)| !values.is_empty()) {
        replace(&mut headers, name, values)?;
    }
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static(ACCEPT));
    Ok(headers)
}

fn replace(headers: &mut HeaderMap, name: &str, values: &[String]) -> Result<(), String> {
    if let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) {
        headers.remove(name);
    }
    values.iter().try_for_each(|value| add(headers, name, value))
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), String> {
    let name = HeaderName::from_bytes(name.trim().as_bytes());
    let name = name.map_err(|_| "customHeaders has a name that no header can have: correct it".to_owned())?;
    if DENIED.contains(&name.as_str()) {
        return Ok(());
    }
    // The value may be a secret.
    let value = HeaderValue::from_bytes(value.trim().as_bytes())
        .map_err(|_| format!("the header {name} has a value that no header can have (a line break?): correct it"))?;
    headers.append(name, value);
    Ok(())
}

/// Writes a payload as the body, and its type into the headers if they do not say one: an object, a list, a number or a
/// boolean as JSON, a text as it is.
///
/// # Errors
/// For a payload that cannot be written in the type that the headers say, and for one that the method cannot carry.
pub(super) fn body(method: &Method, payload: Option<&Value>, headers: &mut HeaderMap) -> Result<Bytes, String> {
    let Some(payload) = payload else { return Ok(Bytes::new()) };
    let told = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let media = told.as_deref().map(MediaType::read);
    let (bytes, kind) = match (payload, &media) {
        (Value::String(text), Some(media)) => (media.encode(text)?, ""),
        (Value::String(text), None) => match latin1(text) {
            Some(bytes) => (bytes, "text/plain;charset=ISO-8859-1"),
            None => (text.as_bytes().to_vec(), "text/plain;charset=UTF-8"),
        },
        (value, None) => (json(value)?, "application/json"),
        (value, Some(media)) if media.is_json() => (json(value)?, ""),
        (value, Some(media)) if media.is_yaml() => (gennaker_yaml::write(value).into_bytes(), ""),
        (Value::Object(fields), Some(media)) if media.is_form() => (form(fields), ""),
        _ => {
            let told = told.unwrap_or_default();
            return Err(format!(
                "the payload cannot be written as {told}: write it as a text, or choose another Content-Type"
            ));
        }
    };
    if !kind.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if !bytes.is_empty() && matches!(*method, Method::GET | Method::HEAD) {
        return Err(format!(
            "method {method} must not have a request body: remove the payload, or choose another method"
        ));
    }
    Ok(bytes.into())
}

fn json(value: &Value) -> Result<Vec<u8>, String> {
    serde_json::to_vec(value).map_err(|error| format!("the payload cannot be written as JSON: {error}"))
}

fn form(fields: &Object) -> Vec<u8> {
    let fields = fields.iter().map(|(name, value)| (name, java_text(value)));
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

/// A value as Java prints it.
fn java_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => format!("[{}]", values.iter().map(java_text).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}={}", java_text(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(payload: Value, kind: Option<&str>) -> (String, String) {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(kind).expect("a value"));
        }
        match body(&Method::POST, Some(&payload), &mut headers) {
            Ok(bytes) => {
                let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
                (kind.unwrap_or_default(), String::from_utf8(bytes.to_vec()).expect("text"))
            }
            Err(problem) => (String::new(), problem),
        }
    }

    #[test]
    fn payloads_are_written_in_the_type_that_the_headers_say() {
        let pair = |kind: &str, body: &str| (kind.to_owned(), body.to_owned());
        assert_eq!(sent(json!({"a": [1, null]}), None), pair("application/json", r#"{"a":[1,null]}"#));
        assert_eq!(sent(json!([1]), Some("application/vnd.x+json")), pair("application/vnd.x+json", "[1]"));
        assert_eq!(sent(json!("{\"a\": 2}"), None), pair("text/plain;charset=ISO-8859-1", "{\"a\": 2}"));
        assert_eq!(sent(json!("€"), None), pair("text/plain;charset=UTF-8", "€"));
        assert_eq!(sent(json!("é"), Some("application/json")), pair("application/json", "é"));
        assert_eq!(sent(json!({"a": "b"}), Some("application/yaml")), pair("application/yaml", "a: b\n"));
        let form = "application/x-www-form-urlencoded";
        assert_eq!(
            sent(json!({"a b": "c&d", "e": 1, "f": [1, {"g": true}]}), Some(form)),
            pair(form, "a+b=c%26d&e=1&f=%5B1%2C+%7Bg%3Dtrue%7D%5D")
        );
        assert!(sent(json!({"a": 1}), Some("application/xml")).1.contains("cannot be written as application/xml"));
        assert!(sent(json!([1]), Some(form)).1.contains("cannot be written"));
        assert_eq!(sent(json!(5), None), pair("application/json", "5"));
    }

    #[test]
    fn a_get_has_no_body() {
        let mut headers = HeaderMap::new();
        assert!(body(&Method::GET, Some(&json!({})), &mut headers).is_err());
        assert_eq!(body(&Method::GET, Some(&json!("")), &mut headers), Ok(Bytes::new()));
        assert_eq!(body(&Method::GET, None, &mut headers), Ok(Bytes::new()));
        assert_eq!(body(&Method::DELETE, Some(&json!([])), &mut headers), Ok(Bytes::from_static(b"[]")));
    }

    #[test]
    fn the_operators_headers_win_and_nobody_plays_a_service() {
        let custom = json!({
            "X-List": ["a", "b"], "X-Number": 5, "Authorization": "guess", "x-SPINNAKER-user": "root", "Accept": "text/html",
        });
        let sensitive = BTreeMap::from([
            ("authorization".to_owned(), vec!["secret".to_owned()]),
            ("X-Spinnaker-User".to_owned(), vec!["root".to_owned()]),
            ("X-Number".to_owned(), Vec::new()),
        ]);
        let headers = headers(custom.as_object().expect("an object"), &sensitive).expect("headers");
        let all =
            |name: &str| headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect::<Vec<_>>();
        assert_eq!(all("x-list"), ["a", "b"]);
        assert_eq!(all("x-number"), ["5"]);
        assert_eq!(all("authorization"), ["secret"]);
        assert_eq!(all("accept"), ["text/html"]);
        assert!(!headers.contains_key("x-spinnaker-user"));

        let headers = super::headers(&Object::new(), &BTreeMap::new()).expect("headers");
        assert_eq!(headers["accept"], ACCEPT);
        for bad in [json!({"a b": "c"}), json!({"a": "b\r\nc: d"})] {
            assert!(super::headers(bad.as_object().expect("an object"), &BTreeMap::new()).is_err(), "{bad}");
        }
    }
}
