//! The bodies of the control plane's requests.

use std::time::Duration;

use axum::{body::Body, extract::Request};
use bytes::{Bytes, BytesMut};
use futures::{StreamExt as _, stream};
use http::HeaderMap;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    artifacts::{Artifacts, Received},
    error::Refusal,
};
use crate::protocol::{CODE_INVALID, JSON_BYTES_HEADER};

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

/// The body as JSON, and the content of an artifact that follows it, which its header announces.
pub(super) async fn read_body_with_content(
    request: Request,
    artifacts: &Artifacts,
) -> Result<(HeaderMap, Value, Option<Received>), Refusal> {
    let Some(announced) = request.headers().get(JSON_BYTES_HEADER) else {
        let (headers, value) = read_body(request).await?;
        return Ok((headers, value, None));
    };
    let length = announced.to_str().ok().and_then(|length| length.parse().ok()).filter(|length| *length <= MOST_BODY);
    let length = length
        .ok_or_else(|| Refusal::invalid(format!("`{JSON_BYTES_HEADER}` is no number of bytes up to {MOST_BODY}")))?;
    let (head, body) = request.into_parts();
    let mut parts = body.into_data_stream();
    let mut json = BytesMut::new();
    while json.len() < length {
        let part = timeout(BODY_TIMEOUT, parts.next()).await.ok().flatten().transpose();
        match part {
            Ok(Some(part)) => json.extend_from_slice(&part),
            Ok(None) => return Err(Refusal::invalid("the body ends before its JSON does")),
            Err(error) => return Err(Refusal::invalid(format!("the body cannot be read: {error}"))),
        }
    }
    let rest = json.split_off(length).freeze();
    let value =
        serde_json::from_slice(&json).map_err(|error| Refusal::invalid(format!("the body is not JSON: {error}")));
    let received = artifacts.receive(stream::iter([Ok(rest)]).chain(parts)).await;
    Ok((head.headers, value?, Some(received?)))
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
