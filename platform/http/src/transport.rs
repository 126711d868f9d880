//! One way to call a service, over a socket or in this process.
//!
//! Both go through the same guard on the far side, and through the same deadline, retry budget and circuit on this one,
//! so that a caller cannot tell them apart.
//!
//! Which calls are sent again: those that failed because the service was not there or said so (`Unavailable`,
//! `Timeout`), if they may be repeated. `GET`, `HEAD`, `PUT` and `DELETE` may, as HTTP says of them; any call may that
//! has an `Idempotency-Key`; and one of which nothing was sent, because no connection was made. A repeated `DELETE`
//! whose first answer was lost gets 404. Retries stop at the deadline of the call, and when more than one call in ten
//! needed one.
//!
//! An answer is read whole ([`Transport::send`]) or as it comes ([`Transport::stream`]). For the latter all of this is
//! about its head; its body may take as long as it likes, but not fall silent.

mod budget;
mod call;
mod circuit;
mod client;
mod conditional;
mod line;
mod streamed;
mod way;

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use bytes::Bytes;
use gennaker_base::{Backoff, Kind};
use http::{Method, Response, StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use self::{
    budget::Budget,
    circuit::Circuit,
    conditional::Conditional,
    way::{Answer, Asked, Way},
};
pub use self::{
    call::Call,
    client::{http_client, install_crypto_provider},
    conditional::IfChanged,
    line::Line,
    streamed::Streamed,
};
use crate::{Caller, Error, Result};

/// The first wait before a call is sent again, and the longest.
const WAITS: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// The limits of calls to one service.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// How long one call may take, its retries included; 30 s by default.
    pub deadline: Duration,
    /// How often a call that may be repeated is sent again after a transient failure; 2 by default.
    pub retries: u32,
    /// The largest answer in bytes that is read whole; 64 MiB by default.
    pub answer_limit: usize,
    /// How long an answer that is read as it comes may send nothing; 60 s by default.
    pub idle: Duration,
}

impl Default for TransportOptions {
    fn default() -> Self {
        TransportOptions {
            deadline: Duration::from_secs(30),
            retries: 2,
            answer_limit: 64 << 20,
            idle: Duration::from_secs(60),
        }
    }
}

/// The way to a service. Clones share the retry budget and the circuit.
#[derive(Clone)]
pub struct Transport {
    service: &'static str,
    options: TransportOptions,
    way: Way,
    budget: Arc<Budget>,
    circuit: Circuit,
}

impl Transport {
    /// Over HTTP to `base`, with a client that [`http_client`] made.
    pub fn http(service: &'static str, base: Url, client: reqwest::Client, options: TransportOptions) -> Self {
        Transport::over(service, Way::Http { base, client }, options)
    }

    /// To a router in this process, which is behind its guard ([`crate::Api::into_service`]).
    pub fn in_process(service: &'static str, router: Router, options: TransportOptions) -> Self {
        Transport::over(service, Way::InProcess { router }, options)
    }

    fn over(service: &'static str, way: Way, options: TransportOptions) -> Self {
        Transport { service, options, way, budget: Arc::default(), circuit: Circuit::default() }
    }

    /// The service's name.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// Sends a call and reads its JSON answer; an empty answer reads as `null`.
    ///
    /// # Errors
    /// The peer's error with its status and message; `Timeout` past the deadline, `Unavailable` if the peer cannot be
    /// reached or its circuit is open, `Bug` if the answer is not the expected JSON or larger than the limit, `Invalid`
    /// if the call's path has a `.` or `..` segment or something of the caller cannot be a header, `NotFound` if the path
    /// has an empty segment.
    pub async fn send<T: DeserializeOwned>(&self, caller: &Caller, call: Call) -> Result<T> {
        let (method, path) = (call.method.clone(), call.path.clone());
        let answer = self.exchange::<Bytes>(caller, call).await?;
        self.read(&answer, &method, &path)
    }

    fn read<T: DeserializeOwned>(&self, answer: &[u8], method: &Method, path: &str) -> Result<T> {
        let json: &[u8] = if answer.trim_ascii().is_empty() { b"null" } else { answer };
        let mut deserializer = serde_json::Deserializer::from_slice(json);
        serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
            let (service, at, error) = (self.service, error.path().to_string(), error.inner());
            Error::new(Kind::Bug, format!("{service} answered {method} {path} with unexpected JSON at {at}: {error}"))
                .with_status(StatusCode::BAD_GATEWAY)
        })
    }

    /// Sends a call whose answer is no JSON, and gives it as it is.
    ///
    /// # Errors
    /// As [`Transport::send`], but for what the answer is.
    pub async fn bytes(&self, caller: &Caller, call: Call) -> Result<Bytes> {
        self.exchange(caller, call).await
    }

    /// Sends a call for something that may not exist: `None` if the peer answers that it does not.
    ///
    /// # Errors
    /// As [`Transport::send`], but for `NotFound`.
    pub async fn send_optional<T: DeserializeOwned>(&self, caller: &Caller, call: Call) -> Result<Option<T>> {
        match self.send(caller, call).await {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Sends a call for something of which the caller may have the newest already: what `etag` names.
    ///
    /// # Errors
    /// As [`Transport::send`].
    pub async fn send_if_changed<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        call: Call,
        etag: Option<&str>,
    ) -> Result<IfChanged<T>> {
        let (method, path) = (call.method.clone(), call.path.clone());
        Ok(match self.bytes_if_changed(caller, call, etag).await? {
            IfChanged::Unchanged => IfChanged::Unchanged,
            IfChanged::Changed { value, etag } => {
                IfChanged::Changed { value: self.read(&value, &method, &path)?, etag }
            }
        })
    }

    /// The same, with the answer unread.
    ///
    /// # Errors
    /// As [`Transport::send`], but that the answer may be anything.
    pub async fn bytes_if_changed(&self, caller: &Caller, call: Call, etag: Option<&str>) -> Result<IfChanged<Bytes>> {
        let call = call.header_if(header::IF_NONE_MATCH, etag);
        let Conditional(answer) = self.exchange(caller, call).await?;
        Ok(answer)
    }

    /// Sends a call and gives its answer to be read as it comes, for example one of server-sent events. The deadline, the
    /// retries and the circuit are for the head of the answer.
    ///
    /// # Errors
    /// As [`Transport::send`], but that the answer may be anything. What goes wrong later is an error of
    /// [`Streamed::chunk`].
    pub async fn stream(&self, caller: &Caller, call: Call) -> Result<Streamed> {
        let response = self.exchange::<Response<Body>>(caller, call).await?;
        Ok(Streamed::new(self.service, self.options.idle, response))
    }

    async fn exchange<A: Answer>(&self, caller: &Caller, call: Call) -> Result<A> {
        if let Some(fault) = call.fault {
            return Err(fault);
        }
        let limit = call.deadline.unwrap_or(self.options.deadline);
        let until = Instant::now() + limit;
        let repeatable = caller.idempotency_key.is_some()
            || [Method::GET, Method::HEAD, Method::PUT, Method::DELETE].contains(&call.method);
        let mut headers = caller.headers()?;
        headers.insert(header::ACCEPT, A::ACCEPTED);
        headers.extend(call.headers.clone());
        let asked = Asked {
            service: self.service,
            target: call.target(),
            method: call.method,
            headers,
            body: call.body,
            answer_limit: call.answer_limit.unwrap_or(self.options.answer_limit),
        };
        self.budget.deposit();
        let mut backoff = Backoff::new(WAITS.0, WAITS.1);
        let mut left = self.options.retries;
        loop {
            let Some(pass) = self.circuit.enter(Instant::now()) else { return Err(self.circuit_open()) };
            let failure = match timeout_at(until, self.way.send(&asked)).await {
                Ok(Ok(answer)) => {
                    pass.reached();
                    return Ok(answer);
                }
                Ok(Err(failure)) => failure,
                Err(_) => {
                    pass.failed(Instant::now());
                    return Err(self.too_late(&asked, limit));
                }
            };
            if failure.reached {
                pass.reached();
            } else {
                pass.failed(Instant::now());
            }
            let again = failure.error.kind().is_transient() && (repeatable || failure.unsent) && left > 0;
            let wait = backoff.next_wait();
            if !again || Instant::now() + wait >= until || !self.budget.take() {
                return Err(failure.error);
            }
            left -= 1;
            tracing::debug!(service = self.service, error = %failure.error, wait = ?wait, "the call is sent again");
            sleep(wait).await;
        }
    }

    fn circuit_open(&self) -> Error {
        let (service, place, advice) = (self.service, self.way.place(self.service), self.way.advice(self.service));
        let message = format!(
            "{service} cannot be reached {place}: the last {} calls failed, the next is tried within {:?}; {advice}",
            circuit::FAILURES,
            circuit::PAUSE
        );
        Error::new(Kind::Unavailable, message)
    }

    fn too_late(&self, asked: &Asked, limit: Duration) -> Error {
        let (service, place, advice) = (self.service, self.way.place(self.service), self.way.advice(self.service));
        let message = format!("{service} {place} did not answer {} within {limit:?}; {advice}", asked.method);
        Error::new(Kind::Timeout, message)
    }
}
