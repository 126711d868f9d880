//! Error bodies as every service sends them, whoever made the error.

use axum::{
    body::{Body, to_bytes},
    response::Response,
};
use gennaker_base::Timestamp;
use http::{HeaderValue, header};

use crate::{Error, REQUEST_ID};

/// The most text of axum's own error bodies that becomes a message.
const TEXT_LIMIT: usize = 16 << 10;

/// Puts the request's id into the answer and completes an error body: one of [`Error`], or a plain text or empty one of
/// axum's. Gives the error for the log.
pub(crate) async fn complete(
    mut response: Response,
    request_id: &HeaderValue,
    now: Timestamp,
) -> (Response, Option<Error>) {
    response.headers_mut().insert(REQUEST_ID, request_id.clone());
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return (response, None);
    }
    let (mut parts, body) = response.into_parts();
    let error = match parts.extensions.remove::<Error>() {
        Some(error) => error,
        None if is_plain(parts.headers.get(header::CONTENT_TYPE)) => {
            let text = to_bytes(body, TEXT_LIMIT).await.unwrap_or_default();
            Error::from_text(status, &String::from_utf8_lossy(&text))
        }
        None => return (Response::from_parts(parts, body), None),
    };
    let body = error.body(Some(now), request_id.to_str().ok());
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = Body::from(serde_json::Value::Object(body).to_string());
    (Response::from_parts(parts, body), Some(error))
}

/// No content type or plain text: what axum's own errors have.
fn is_plain(content_type: Option<&HeaderValue>) -> bool {
    content_type.is_none_or(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/plain"))
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::*;

    async fn completed(response: Response) -> (Response, Value) {
        let id = HeaderValue::from_static("r1");
        let (response, _) = complete(response, &id, Timestamp::from_millis(7)).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("a body in memory");
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        (Response::from_parts(parts, Body::empty()), body)
    }

    #[tokio::test]
    async fn an_error_gets_its_time_and_request_id() {
        let error = Error::invalid("no name").with_field("code", "E1");
        let (response, body) = completed(error.into_response()).await;
        assert_eq!(response.headers()[REQUEST_ID], "r1");
        assert_eq!(
            body.to_string(),
            r#"{"timestamp":7,"status":400,"error":"Bad Request","message":"no name","code":"E1","requestId":"r1"}"#
        );
    }

    #[tokio::test]
    async fn plain_text_errors_become_json_and_others_stay() {
        let (response, body) = completed((StatusCode::UNSUPPORTED_MEDIA_TYPE, "send JSON").into_response()).await;
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!((&body["message"], &body["status"]), (&json!("send JSON"), &json!(415)));

        let (_, body) = completed(StatusCode::METHOD_NOT_ALLOWED.into_response()).await;
        assert_eq!(body["message"], "Method Not Allowed");

        let own = (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({"status": "DOWN"})));
        let (_, body) = completed(own.into_response()).await;
        assert_eq!(body, json!({"status": "DOWN"}));
    }
}
