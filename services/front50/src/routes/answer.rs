//! Answers on the wire: items without copies, lists with a version, and errors as upstream's, with their status codes, fields
//! and odd messages.

use std::sync::Arc;

use axum::response::{IntoResponse as _, Response};
use gennaker_http::{Error as HttpError, Json};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};

use crate::Error;

/// An item of the memory, written without a copy.
#[derive(Debug)]
pub(super) struct Shared<T>(Arc<T>);

impl<T> From<Arc<T>> for Shared<T> {
    fn from(item: Arc<T>) -> Self {
        Shared(item)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// A list of such items.
pub(super) fn shared<T>(items: Vec<Arc<T>>) -> Vec<Shared<T>> {
    items.into_iter().map(Shared).collect()
}

/// A list of this version: 304 and nothing if that is what `If-None-Match` says, else what `list` gives, with an `ETag`.
///
/// The version has to be of before the list: a change between the two is answered twice then, and never missed.
pub(super) async fn versioned<T: Serialize>(
    headers: &HeaderMap,
    version: &str,
    list: impl Future<Output = T>,
) -> Response {
    // Weak: the guard may compress what it answers.
    let tag = format!("W/\"{version}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = known.flat_map(|tags| tags.split(',')).map(str::trim);
    let mut response = if known.any(|known| known.trim_start_matches("W/") == tag.trim_start_matches("W/")) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(list.await).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl From<Error> for HttpError {
    fn from(error: Error) -> Self {
        let answer = HttpError::new(error.kind(), error.to_string());
        match error {
            Error::ApplicationExists(_) => {
                // Upstream's message is this word, which helps nobody.
                let detail = error.to_string();
                HttpError::new(error.kind(), "null").with_field("detail", detail)
            }
            Error::ApplicationInvalid(errors) => answer
                .with_field("error", "Validation Failed.")
                .with_field("errors", errors)
                .with_field("status", "BAD_REQUEST"),
            Error::ConfigIncomplete(_) | Error::TemplateWithoutId | Error::SnapshotIncomplete => {
                answer.with_status(StatusCode::UNPROCESSABLE_ENTITY)
            }
            Error::UnknownLevel(_) => answer.with_field("detail", "there are notifications of application and global"),
            Error::NothingToRecover { kind, .. } if kind == "Permission" => {
                answer.with_field("detail", "an application that was asked for is there again, without permissions")
            }
            Error::Stale { .. } => {
                let errors = vec![error.to_string()];
                answer.with_field("errors", errors)
            }
            _ => answer,
        }
    }
}

/// Adds the fields of an RFC 7807 problem, which upstream answers when it does not get as far as a handler.
pub(super) fn problem(error: &HttpError, detail: &str, instance: &str) -> HttpError {
    error
        .clone()
        .with_field("type", "about:blank")
        .with_field("title", error.status().canonical_reason().unwrap_or("Error"))
        .with_field("detail", detail)
        .with_field("instance", instance)
}
