//! One log line and one measurement for each request.
//!
//! The metric is upstream's `controller.invocations` under its Prometheus name, `controller_invocations_seconds`, with
//! the labels `service`, `controller` (the declared path, never the one that was asked for), `method`, `status` (`2xx`)
//! and `statusCode`.

use std::time::{Duration, Instant};

use axum::extract::Request;
use http::{HeaderValue, Method, StatusCode};
use tracing::{Span, field};

use crate::{Caller, Error};

const INVOCATIONS: &str = "controller_invocations_seconds";

/// What is known of a request when it comes in. A record that is dropped unfinished says that the caller gave up.
pub(crate) struct Record {
    service: &'static str,
    method: &'static str,
    path: String,
    span: Span,
    started: Instant,
    finished: bool,
}

/// Describes the metric; called for each service, because a recorder may be installed between two of them.
pub(crate) fn describe() {
    metrics::describe_histogram!(
        INVOCATIONS,
        metrics::Unit::Seconds,
        "Time from a request's arrival to the head of its answer, in seconds"
    );
}

impl Record {
    /// Starts the measurement; `path` is the declared one.
    pub(crate) fn new(service: &'static str, request: &Request, path: Option<&str>, id: &HeaderValue) -> Self {
        // What cannot be read is refused by whoever needs it.
        let caller = Caller::from_headers(request.headers()).ok();
        let request_id = id.to_str().unwrap_or_default();
        let user = caller.as_ref().map(|caller| caller.user.as_str());
        let span = tracing::info_span!("request", service, request_id, user, execution = field::Empty,);
        if let Some(execution) = caller.and_then(|caller| caller.execution) {
            span.record("execution", execution);
        }
        Record {
            service,
            method: name_of(request.method()),
            path: path.unwrap_or("unknown").to_owned(),
            span,
            started: Instant::now(),
            finished: false,
        }
    }

    /// The span in which the request is worked on: its events carry the request's and the execution's id.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Logs a panic's text, which the caller does not see.
    pub(crate) fn panicked(&self, text: &str) {
        self.span
            .in_scope(|| tracing::error!(method = self.method, path = self.path, panic = text, "a handler panicked"));
    }

    /// The answer is there.
    pub(crate) fn finish(mut self, status: StatusCode, error: Option<&Error>) {
        self.finished = true;
        let elapsed = self.started.elapsed();
        self.measure(status, elapsed);
        let (method, path, status) = (self.method, self.path.as_str(), status.as_u16());
        let ms = millis(elapsed);
        let error = error.map(Error::message);
        self.span.in_scope(|| match status {
            0..400 => tracing::debug!(method, path, status, ms, "request"),
            400..500 => tracing::info!(method, path, status, ms, error, "request refused"),
            _ => tracing::warn!(method, path, status, ms, error, "request failed"),
        });
    }

    fn measure(&self, status: StatusCode, elapsed: Duration) {
        metrics::histogram!(
            INVOCATIONS,
            "service" => self.service,
            "controller" => self.path.clone(),
            "method" => self.method,
            "status" => format!("{}xx", status.as_u16() / 100),
            "statusCode" => status.as_str().to_owned(),
        )
        .record(elapsed.as_secs_f64());
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.finished {
            let elapsed = self.started.elapsed();
            // nginx's status for a client that closed its request.
            self.measure(StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST), elapsed);
            let (method, path, ms) = (self.method, self.path.as_str(), millis(elapsed));
            self.span.in_scope(|| tracing::info!(method, path, status = 499, ms, "the caller gave up"));
        }
    }
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// The method as a label: a fixed set, because a client can invent methods.
fn name_of(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
