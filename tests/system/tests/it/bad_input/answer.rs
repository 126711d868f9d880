//! What a service answers to bad input, and what is wrong with that.

use std::{fmt, sync::LazyLock, time::Duration};

use reqwest::{Client, RequestBuilder, StatusCode};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde_json::Value;

/// An answer, or none.
pub(super) struct Answer {
    /// 0 if there was none.
    pub(super) status: u16,
    request_id: Option<String>,
    pub(super) body: Value,
}

/// A client that sends whatever it is told.
pub(super) fn client() -> &'static Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| {
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder().tls_backend_preconfigured(tls).no_proxy().pool_max_idle_per_host(0);
        client.timeout(Duration::from_secs(40)).build().expect("a client")
    });
    &CLIENT
}

impl Answer {
    pub(super) async fn of(request: RequestBuilder) -> Answer {
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                let id = response.headers().get("x-spinnaker-request-id");
                let request_id = id.and_then(|id| id.to_str().ok()).map(str::to_owned);
                let text = response.text().await.unwrap_or_else(|error| error.to_string());
                let body = if text.is_empty() {
                    Value::Null
                } else {
                    serde_json::from_str(&text).unwrap_or(Value::String(text))
                };
                Answer { status, request_id, body }
            }
            Err(error) => Answer { status: 0, request_id: None, body: Value::String(format!("{error:?}")) },
        }
    }

    /// Whether it is a success and has nothing in it.
    pub(super) fn is_empty_success(&self) -> bool {
        (200..300).contains(&self.status) && is_empty(&self.body)
    }

    /// Whether it is a task that was started, or one that is over.
    pub(super) fn is_task(&self) -> bool {
        let is_started = self.body["ref"].as_str().is_some_and(|place| place.starts_with("/tasks/"));
        let is_over = self.body["status"] == "TERMINAL" || self.body["status"] == "SUCCEEDED";
        [200, 202].contains(&self.status) && (is_started || is_over)
    }

    /// Whether what was sent was taken.
    pub(super) fn is_taken(&self) -> bool {
        [200, 202].contains(&self.status) && self.body.is_object()
    }

    /// The status is a number, or its name where upstream has that (front50's validation).
    fn tells_its_status(&self) -> bool {
        let name = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let name = name.map(|name| name.to_uppercase().replace(' ', "_"));
        self.body["status"] == self.status || self.body["status"].as_str() == name.as_deref()
    }

    /// What is wrong with it, if an error with one of these statuses is right.
    pub(super) fn complaint(&self, statuses: &[u16]) -> Option<String> {
        let id = self.body["requestId"].as_str();
        let wrong = if !statuses.contains(&self.status) {
            format!("the status is none of {statuses:?}")
        } else if self.body["message"].as_str().is_none_or(|message| message.trim().is_empty()) {
            "there is no message".to_owned()
        } else if !self.tells_its_status() {
            "the body has another status".to_owned()
        } else if id.is_none_or(str::is_empty) || id != self.request_id.as_deref() {
            format!("the request id is not that of the header, {:?}", self.request_id)
        } else {
            return None;
        };
        Some(format!("{wrong}: {self}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.to_string();
        write!(formatter, "{} {}", self.status, body.chars().take(300).collect::<String>())
    }
}

/// Whether it holds nothing: empty, or made of empty parts and counts.
fn is_empty(body: &Value) -> bool {
    match body {
        Value::Null | Value::Number(_) | Value::Bool(false) => true,
        Value::Array(list) => list.iter().all(is_empty),
        Value::Object(fields) => fields.values().all(is_empty),
        Value::String(text) => text.is_empty(),
        Value::Bool(true) => false,
    }
}
