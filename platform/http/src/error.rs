//! The one error of a handler or a call, and the only place where a [`Kind`] becomes a status code.
//!
//! On the wire it is Spring's error body plus the request's id:
//! `{"timestamp": 1700000000000, "status": 404, "error": "Not Found", "message": "...", "requestId": "..."}`.

use std::fmt;

use axum::response::{IntoResponse, Response};
use gennaker_base::{Kind, Timestamp};
use http::StatusCode;
use serde_json::{Map, Value};

/// The result of a handler.
pub type Result<T> = std::result::Result<T, Error>;

/// What a caller is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    kind: Kind,
    status: StatusCode,
    message: String,
    fields: Map<String, Value>,
}

impl Error {
    /// An error of `kind` with the status that the kind has.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, status: status_of(kind), message: message.into(), fields: Map::new() }
    }

    /// The same with another status, where upstream's clients expect one (422 for an invalid pipeline).
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Adds a field to the JSON body, or replaces one of the standard ones.
    pub fn with_field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(name.to_owned(), value.into());
        self
    }

    /// 400 with `message`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Error::new(Kind::Invalid, message)
    }

    /// 404 with `message`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Error::new(Kind::NotFound, message)
    }

    /// 501 with `message`: well-formed, known, not in this build.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Error::new(Kind::Unsupported, message)
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The status on the wire.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence for a person.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// From an error answer that is plain text: the text, or the status's name if there is none.
    pub(crate) fn from_text(status: StatusCode, text: &str) -> Self {
        let message = match text.trim() {
            "" => status.canonical_reason().unwrap_or("Error"),
            text => text,
        };
        Error::new(kind_of(status), message).with_status(status)
    }

    /// The JSON body; the guard knows the time and the request's id.
    pub(crate) fn body(&self, now: Option<Timestamp>, request_id: Option<&str>) -> Map<String, Value> {
        let mut body = Map::new();
        if let Some(now) = now {
            body.insert("timestamp".into(), now.millis().into());
        }
        body.insert("status".into(), self.status.as_u16().into());
        body.insert("error".into(), self.status.canonical_reason().unwrap_or("Error").into());
        body.insert("message".into(), self.message.clone().into());
        body.extend(self.fields.clone());
        if let Some(id) = request_id {
            body.insert("requestId".into(), id.into());
        }
        body
    }

    /// From a peer's answer: its status, and its message if it sent one.
    pub(crate) fn from_answer(peer: &str, status: StatusCode, body: &[u8]) -> Self {
        let fields = match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let message = match fields.get("message").and_then(Value::as_str) {
            Some(message) => message.to_owned(),
            None => format!("{peer} answered {status}"),
        };
        let mut error = Error::new(kind_of(status), message).with_status(status);
        for name in ["code", "errors"] {
            if let Some(value) = fields.get(name) {
                error = error.with_field(name, value.clone());
            }
        }
        error
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let body = Value::Object(self.body(None, None));
        let mut response = (self.status, axum::Json(body)).into_response();
        // The guard completes the body (time, request id) and logs it.
        response.extensions_mut().insert(self);
        response
    }
}

/// The status code of a kind.
fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict | Kind::Fenced => StatusCode::CONFLICT,
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::Unsupported => StatusCode::NOT_IMPLEMENTED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Kind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The kind of a peer's status code.
fn kind_of(status: StatusCode) -> Kind {
    match status.as_u16() {
        404 | 410 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        401 | 403 => Kind::Denied,
        413 => Kind::TooLarge,
        408 | 504 => Kind::Timeout,
        429 | 502 | 503 => Kind::Unavailable,
        501 => Kind::Unsupported,
        400..=499 => Kind::Invalid,
        _ => Kind::Bug,
    }
}
