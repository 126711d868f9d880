//! Asking gate, or any other service, in JSON.
//!
//! ```no_run
//! # async fn example() -> Result<(), gennaker_harness::gate::Error> {
//! use gennaker_harness::Client;
//! use serde_json::json;
//!
//! let gate = Client::new("http://127.0.0.1:8084")?;
//! let execution = gate.post("/pipelines/shop/deploy", &json!({})).await?.ok()?;
//! assert!(execution["ref"].is_string());
//! # Ok(())
//! # }
//! ```
//!
//! Each request has a connection of its own and one deadline, and is sent once: a test sees what a client sees.

use std::{sync::Arc, time::Duration};

use gennaker_base::Kind;
use reqwest::Method;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use serde_json::Value;

/// How long a request may take by default.
const DEADLINE: Duration = Duration::from_secs(30);

/// Why there is no answer, or not the one that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client itself could not be made.
    #[error("no HTTP client can be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nobody answered.
    #[error("{request} got no answer; check that the service runs")]
    NoAnswer {
        /// Method and address.
        request: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The answer says no.
    #[error("{request} was answered with {status}: {body}")]
    Refused {
        /// Method and address.
        request: String,
        /// The HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::Client(_) => Kind::Bug,
            Error::NoAnswer { source, .. } if source.is_timeout() => Kind::Timeout,
            Error::NoAnswer { .. } => Kind::Unavailable,
            Error::Refused { status, .. } => match status {
                401 | 403 => Kind::Denied,
                404 => Kind::NotFound,
                409 => Kind::Conflict,
                413 => Kind::TooLarge,
                400..=499 => Kind::Invalid,
                501 => Kind::Unsupported,
                503 => Kind::Unavailable,
                504 => Kind::Timeout,
                _ => Kind::Bug,
            },
        }
    }
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Method and address that were asked, e.g. `GET http://127.0.0.1:8084/health`.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The body: JSON, or a string with the text if it is not JSON, or null if it is empty.
    pub body: Value,
}

impl Answer {
    /// The body of a success (2xx).
    ///
    /// # Errors
    /// [`Error::Refused`] for any other status.
    pub fn ok(self) -> Result<Value, Error> {
        let Answer { request, status, body } = self;
        if (200..300).contains(&status) { Ok(body) } else { Err(Error::Refused { request, status, body }) }
    }
}

/// A client of one service. Clones are cheap.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of the service at `base`, e.g. `http://127.0.0.1:8084`, with a deadline of 30 s for each request.
    ///
    /// # Errors
    /// [`Error::Client`].
    pub fn new(base: impl Into<String>) -> Result<Self, Error> {
        Client::with_deadline(base, DEADLINE)
    }

    /// A client whose requests may take `deadline`.
    ///
    /// # Errors
    /// [`Error::Client`].
    pub fn with_deadline(base: impl Into<String>, deadline: Duration) -> Result<Self, Error> {
        // What is tested stands on loopback, so no authority is trusted and the machine's proxy is left out.
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Client(error.into()))?
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .timeout(deadline)
            .build()
            .map_err(|error| Error::Client(error.into()))?;
        Ok(Client { http, base: base.into().trim_end_matches('/').to_owned() })
    }

    /// The address of the service, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// `GET`; the path begins with a slash, is percent-encoded and may have a query.
    ///
    /// # Errors
    /// [`Error::NoAnswer`]. Any status is an answer.
    pub async fn get(&self, path: &str) -> Result<Answer, Error> {
        self.send(Method::GET, path, None, &[]).await
    }

    /// `POST` of a JSON body.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer, Error> {
        self.send(Method::POST, path, Some(body), &[]).await
    }

    /// `POST` of a JSON body with further headers.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post_with(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Result<Answer, Error> {
        self.send(Method::POST, path, Some(body), headers).await
    }

    /// `PUT` of a JSON body.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer, Error> {
        self.send(Method::PUT, path, Some(body), &[]).await
    }

    /// `PATCH` of a JSON body.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Answer, Error> {
        self.send(Method::PATCH, path, Some(body), &[]).await
    }

    /// `DELETE`.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn delete(&self, path: &str) -> Result<Answer, Error> {
        self.send(Method::DELETE, path, None, &[]).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Error> {
        let url = format!("{}{path}", self.base);
        let told = format!("{method} {url}");
        let mut request = self.http.request(method, &url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = async {
            let response = request.send().await?;
            Ok((response.status().as_u16(), response.text().await?))
        };
        match answer.await {
            Ok((status, text)) => Ok(Answer { request: told, status, body: parse(text) }),
            Err(source) => Err(Error::NoAnswer { request: told, source }),
        }
    }
}

fn parse(text: String) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
