//! The bodies of the control plane's requests.

use std::time::Duration;

use axum::{body::Body, extract::Request};
use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;
use tokio::time::timeout;

use super::error::Refusal;
use crate::protocol::CODE_INVALID;

const MOST_BODY: usize = 1024 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The body as JSON.
pub(super) async fn read_body(request: Request) -> Result<(HeaderMap, Value), Refusal> {
    let (head, body) = request.into_parts();
    let bytes = read_bytes(body).await?;
    let value =
        serde_json::from_slice(&bytes).map_err(|error| Refusal::invalid(format!("the body is not JSON: {error}")))?;
    Ok((head.headers, value))
}

/// The body: at most 1 MiB, within 30 s.
pub(super) async fn read_bytes(body: Body) -> Result<Bytes, Refusal> {
    let refused = |status, message: String| Refusal { status, code: CODE_INVALID, message };
    let collected = timeout(BODY_TIMEOUT, Limited::new(body, MOST_BODY).collect())
        .await
        .map_err(|_| refused(408, format!("the body did not arrive within {} s", BODY_TIMEOUT.as_secs())))?
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                refused(413, format!("the body is larger than {MOST_BODY} bytes"))
            } else {
                refused(400, format!("the body cannot be read: {error}"))
            }
        })?;
    Ok(collected.to_bytes())
}

/// The name stands in the path; in the body it may be left out.
pub(super) fn named(mut body: Value, name: &str) -> Result<Value, Refusal> {
    if let Some(fields) = body.as_object_mut() {
        let given = fields.entry("name").or_insert_with(|| Value::from(name));
        if given != name {
            return Err(Refusal::invalid(format!("the body names {given} and the path {name}; they must be the same")));
        }
    }
    Ok(body)
}
