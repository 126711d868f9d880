//! Errors on the wire, as upstream's: their status codes, fields and odd messages.

use std::sync::Arc;

use gennaker_http::Error as HttpError;
use http::StatusCode;
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
            Error::PipelineIncomplete => answer.with_status(StatusCode::UNPROCESSABLE_ENTITY),
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
