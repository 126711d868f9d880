//! A request to one of the endpoints that there are.

use std::fmt::{self, Write as _};

use axum::{body::Body, extract};
use gennaker_http::Endpoint;
use http::{HeaderName, HeaderValue, Method, Request as HttpRequest, Uri};
use libfuzzer_sys::arbitrary::{Result, Unstructured};

use crate::{
    json,
    words::{HEADERS, PARAMETERS},
    world::World,
};

/// How much of a body is shown.
const SHOWN: usize = 4_000;
/// How deep a body is nested that is nothing but nesting.
const NESTED: usize = 3_000;

/// What is sent.
pub(crate) struct Request {
    service: usize,
    method: Method,
    uri: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    /// For who reads a failure.
    name: &'static str,
}

impl Request {
    /// The next request of the input: `None` for one that no client can send, an error at the input's end.
    pub(crate) fn read(input: &mut Unstructured, world: &World) -> Result<Option<Request>> {
        if input.is_empty() {
            return Err(libfuzzer_sys::arbitrary::Error::NotEnoughData);
        }
        let (service, endpoint) = chosen(input.arbitrary()?, world.endpoints());
        let methods =
            [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
        let method = match input.ratio(1, 32)? {
            true => input.choose(&methods)?.clone(),
            false => endpoint.method.parse().unwrap_or(Method::GET),
        };
        let mut target = path(input, world, endpoint.path)?;
        query(input, world, endpoint, &mut target)?;
        let Ok(uri) = target.parse() else { return Ok(None) };
        let headers = headers(input, world)?;
        let body = if method == Method::GET && input.ratio(15, 16)? { Vec::new() } else { body(input, world)? };
        Ok(Some(Request { service, method, uri, headers, body, name: endpoint.service }))
    }

    /// The place of its service.
    pub(crate) fn service(&self) -> usize {
        self.service
    }

    /// The name of its service.
    pub(crate) fn service_name(&self) -> &'static str {
        self.name
    }

    /// Whether its answer has no body.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// As it is sent.
    pub(crate) fn http(&self) -> extract::Request {
        let mut request = HttpRequest::new(Body::from(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().extend(self.headers.iter().cloned());
        request
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.name, self.method, self.uri)?;
        for (name, value) in &self.headers {
            write!(formatter, " {name}: {value:?}")?;
        }
        let shown = &self.body[..self.body.len().min(SHOWN)];
        write!(formatter, " {:?}", String::from_utf8_lossy(shown))
    }
}

/// The endpoint that a number stands for: the one whose name and the number have the least hash, so that a new endpoint
/// changes the meaning of few inputs that were kept.
fn chosen(number: u16, endpoints: &[(usize, Endpoint)]) -> (usize, &Endpoint) {
    let hash = |endpoint: &Endpoint| {
        let words = [endpoint.service, &endpoint.method, endpoint.path];
        let bytes = words.into_iter().flat_map(str::bytes).chain(number.to_le_bytes());
        // FNV-1a, and a last mixing.
        let hash =
            bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    };
    let least = endpoints.iter().min_by_key(|(_, endpoint)| hash(endpoint));
    least.map(|(service, endpoint)| (*service, endpoint)).expect("the services have endpoints")
}

/// The declared path with a value in the place of each parameter.
fn path(input: &mut Unstructured, world: &World, declared: &str) -> Result<String> {
    let mut path = String::new();
    let mut rest = declared;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        path.push_str(before);
        let value = match name {
            name if name.to_lowercase().contains("application") && input.ratio(1, 2)? => "shop".to_owned(),
            _ => json::text(input, world)?,
        };
        encode(input, &value, &mut path)?;
        rest = after;
    }
    path.push_str(rest);
    if input.ratio(1, 64)? {
        path.push('/');
    }
    Ok(path)
}

fn query(input: &mut Unstructured, world: &World, endpoint: &Endpoint, target: &mut String) -> Result<()> {
    let mut before = '?';
    for name in &endpoint.query {
        if input.ratio(1, 2)? {
            parameter(input, world, before, name, target)?;
            before = '&';
        }
    }
    for _ in 0..input.int_in_range(0..=3)? {
        let name = *input.choose(&PARAMETERS)?;
        parameter(input, world, before, name, target)?;
        before = '&';
    }
    Ok(())
}

fn parameter(input: &mut Unstructured, world: &World, before: char, name: &str, target: &mut String) -> Result<()> {
    target.push(before);
    target.push_str(name);
    target.push('=');
    let value = json::text(input, world)?;
    encode(input, &value, target)
}

/// Percent-encodes a value, rarely not or wrongly.
fn encode(input: &mut Unstructured, value: &str, target: &mut String) -> Result<()> {
    if input.ratio(1, 32)? {
        target.push_str(value);
        return Ok(());
    }
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            target.push(char::from(byte));
        } else {
            // Writing into a text cannot fail.
            let _ = write!(target, "%{byte:02X}");
        }
    }
    Ok(())
}

fn headers(input: &mut Unstructured, world: &World) -> Result<Vec<(HeaderName, HeaderValue)>> {
    let mut headers = Vec::new();
    for _ in 0..input.int_in_range(0..=3)? {
        let name = HeaderName::from_static(*input.choose(&HEADERS)?);
        if let Ok(value) = HeaderValue::from_bytes(json::text(input, world)?.as_bytes()) {
            headers.push((name, value));
        }
    }
    Ok(headers)
}

fn body(input: &mut Unstructured, world: &World) -> Result<Vec<u8>> {
    Ok(match input.int_in_range(0..=15)? {
        0 => Vec::new(),
        1 => {
            let length = input.int_in_range(0..=256)?;
            input.bytes(length.min(input.len()))?.to_owned()
        }
        2 => {
            let mut text = json::body(input, world)?.to_string().into_bytes();
            text.truncate(input.int_in_range(0..=text.len())?);
            text
        }
        3 => {
            let mut text = json::body(input, world)?.to_string().into_bytes();
            let place = input.int_in_range(0..=text.len() - 1)?;
            text[place] = input.arbitrary()?;
            text
        }
        4 => [if input.arbitrary()? { "[" } else { "{\"a\":" }].repeat(NESTED).concat().into_bytes(),
        _ => json::body(input, world)?.to_string().into_bytes(),
    })
}
