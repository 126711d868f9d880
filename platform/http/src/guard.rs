//! What every request passes, over a socket or in this process.
//!
//! In this order: a request id, the path's encoding, the size of path and body, a place among the requests that are
//! worked on, then the handler in a task of its own under its deadline; afterwards the error body is completed, one line
//! logged and one measurement taken.
//!
//! Guarantees:
//! - Every answer has `x-spinnaker-request-id`; every error that a handler or axum made is JSON with `timestamp`,
//!   `status`, `error`, `message` and `requestId`. A handler's own JSON error is left as it is.
//! - A caller that gives up does not stop a handler in the middle: the handler runs to its end or to its deadline. Only
//!   the handler of a route without a deadline ([`crate::Route::no_deadline`]) ends with its caller.
//! - A deadline ends when the handler returns its answer; the body of the answer may stream for as long as it likes.
//! - A panic is an answer 500 whose message says nothing; the log has the panic's text.
//!
//! It is not the place for what only a socket needs (`Host`, origin): see [`crate::Server`].

mod answer;
mod body;
mod path;
mod record;
mod tasks;

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use gennaker_base::{Clock as _, Kind, SystemClock, id};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

pub use self::tasks::RequestTasks;
pub(crate) use self::{answer::complete, record::Record};
use crate::{Error, REQUEST_ID};

/// The longest path with its query, in bytes; longer ones get 414.
const URI_LIMIT: usize = 32 << 10;
/// The longest request id that is taken over.
const REQUEST_ID_LIMIT: usize = 128;

/// The limits of the guard.
#[derive(Debug, Clone)]
pub struct GuardOptions {
    /// The largest request body in bytes, 10 MiB by default; larger ones get 413.
    pub body_limit: usize,
    /// How long the next part of a body may take to arrive, 10 s by default; then 408.
    pub body_idle: Duration,
    /// How long a handler may take, 60 s by default; then 504. Long polls and streams set their own
    /// ([`crate::Route::deadline`], [`crate::Route::no_deadline`]).
    pub deadline: Duration,
    /// How many requests are worked on at a time, 1,024 by default; more get 503.
    pub concurrency: usize,
    /// Who owns the handlers' tasks; a new owner by default. The process hands the same one to every service and stops
    /// it after the servers.
    pub tasks: RequestTasks,
}

impl Default for GuardOptions {
    fn default() -> Self {
        GuardOptions {
            body_limit: 10 << 20,
            body_idle: Duration::from_secs(10),
            deadline: Duration::from_secs(60),
            concurrency: 1024,
            tasks: RequestTasks::default(),
        }
    }
}

/// What one route has other than [`GuardOptions`] says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RouteLimits {
    pub(crate) deadline: Deadline,
    /// Answered however busy the service is: health checks and metrics.
    pub(crate) always: bool,
}

/// How long a route's handler may take.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Deadline {
    /// As the service's options say.
    #[default]
    Usual,
    /// This long.
    Own(Duration),
    /// As long as the caller waits.
    Caller,
}

/// The limits of the routes that have their own, by method and declared path.
pub(crate) type RouteTable = HashMap<(Method, &'static str), RouteLimits>;

struct Guard {
    service: &'static str,
    options: GuardOptions,
    routes: HashMap<(Method, String), RouteLimits>,
    places: Arc<Semaphore>,
}

/// What puts the guard around the routers of a service, which share its limits.
pub(crate) fn wrapper(service: &'static str, options: GuardOptions, routes: RouteTable) -> impl Fn(Router) -> Router {
    record::describe();
    let guard = Arc::new(Guard {
        service,
        places: Arc::new(Semaphore::new(options.concurrency)),
        routes: routes.into_iter().map(|((method, path), limits)| ((method, path.to_owned()), limits)).collect(),
        options,
    });
    move |router| {
        let guard = guard.clone();
        router
            // The guard's own limit counts instead, also for handlers that do not buffer.
            .layer(DefaultBodyLimit::disable())
            .layer(from_fn(move |request, next| guard.clone().answer(request, next)))
    }
}

/// The request's id: the caller's if it is sane, else a new one.
pub(crate) fn request_id(headers: &HeaderMap) -> HeaderValue {
    let sane = |value: &&HeaderValue| {
        (1..=REQUEST_ID_LIMIT).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    headers.get(REQUEST_ID).filter(sane).cloned().unwrap_or_else(|| {
        let id = id::generate(SystemClock.now());
        HeaderValue::from_str(&id).unwrap_or_else(|_| HeaderValue::from_static("unknown"))
    })
}

impl Guard {
    async fn answer(self: Arc<Self>, mut request: Request, next: Next) -> Response {
        let id = request_id(request.headers());
        request.headers_mut().insert(REQUEST_ID, id.clone());
        let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let record = Record::new(self.service, &request, path.as_deref(), &id);
        let span = record.span();
        let response = self.work(request, next, path, &record).instrument(span).await;
        let (response, error) = complete(response, &id, SystemClock.now()).await;
        record.finish(response.status(), error.as_ref());
        response
    }

    /// The answer of the handler, or of the limit that stood before it.
    async fn work(&self, request: Request, next: Next, path: Option<String>, record: &Record) -> Response {
        let (request, rest) = body::watch(request, self.options.body_limit, self.options.body_idle);
        let response = match self.admit(&request, path, &rest) {
            Ok((deadline, place)) => self.run(request, next, deadline, place, record).await,
            Err(refused) => {
                drop(request);
                *refused
            }
        };
        let mut response = match rest.fault() {
            Some(body::Fault::TooLarge) if is_error(&response) => self.too_large().into_response(),
            Some(body::Fault::TooSlow) if is_error(&response) => {
                let waited = self.options.body_idle;
                Error::new(Kind::Timeout, format!("no part of the body arrived for {waited:?}: send it without pauses"))
                    .with_status(StatusCode::REQUEST_TIMEOUT)
                    .into_response()
            }
            _ => response,
        };
        // A client that is still sending would not read the answer, so what it sends is taken and thrown away first.
        if !rest.discard().await {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// What a request needs to be worked on, or why it is not.
    fn admit(
        &self,
        request: &Request,
        path: Option<String>,
        rest: &body::Rest,
    ) -> Result<(Deadline, Option<OwnedSemaphorePermit>), Box<Response>> {
        self.check_uri(request).map_err(|error| Box::new(error.into_response()))?;
        if rest.is_too_large() {
            return Err(Box::new(self.too_large().into_response()));
        }
        let limits = path.and_then(|path| self.limits(request.method(), path)).unwrap_or_default();
        if limits.always {
            return Ok((limits.deadline, None));
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| Box::new(self.busy()))?;
        Ok((limits.deadline, Some(place)))
    }

    /// The handler in a task of its own.
    async fn run(
        &self,
        request: Request,
        next: Next,
        deadline: Deadline,
        place: Option<OwnedSemaphorePermit>,
        record: &Record,
    ) -> Response {
        let limit = match deadline {
            Deadline::Usual => Some(self.options.deadline),
            Deadline::Own(limit) => Some(limit),
            Deadline::Caller => None,
        };
        let handler = async move {
            let _place = place;
            match limit {
                Some(limit) => tokio::time::timeout(limit, next.run(request)).await.ok(),
                None => Some(next.run(request).await),
            }
        };
        let task = self.options.tasks.spawn(handler.instrument(record.span()));
        let outcome = match limit {
            Some(_) => task.await,
            None => AbortOnDropHandle::new(task).await,
        };
        match outcome {
            Ok(Some(Some(response))) => response,
            Ok(Some(None)) => {
                let (service, limit) = (self.service, limit.unwrap_or_default());
                Error::new(
                    Kind::Timeout,
                    format!("{service} did not finish this request within {limit:?} and stopped it"),
                )
                .into_response()
            }
            Ok(None) => {
                Error::new(Kind::Unavailable, format!("{} is stopping: try again", self.service)).into_response()
            }
            Err(failed) => {
                if failed.is_panic() {
                    record.panicked(&text_of(failed.into_panic()));
                }
                Error::new(Kind::Bug, "internal error").into_response()
            }
        }
    }

    fn check_uri(&self, request: &Request) -> Result<(), Error> {
        let uri = request.uri();
        if uri.path().len() + uri.query().map_or(0, str::len) > URI_LIMIT {
            return Err(Error::new(Kind::TooLarge, format!("the path and query are longer than {URI_LIMIT} bytes"))
                .with_status(StatusCode::URI_TOO_LONG));
        }
        path::check(uri.path()).map_err(|fault| Error::invalid(format!("the path is wrong: {fault}")))
    }

    fn limits(&self, method: &Method, path: String) -> Option<RouteLimits> {
        // A HEAD is answered by the GET's handler.
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.routes.get(&(method, path)).copied()
    }

    fn busy(&self) -> Response {
        let (service, most) = (self.service, self.options.concurrency);
        let message = format!("{service} is working on {most} requests already: try again in a second");
        let mut response = Error::new(Kind::Unavailable, message).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        response
    }

    fn too_large(&self) -> Error {
        Error::new(Kind::TooLarge, format!("the body is larger than {} bytes", self.options.body_limit))
    }
}

fn is_error(response: &Response) -> bool {
    response.status().is_client_error() || response.status().is_server_error()
}

/// The message of a panic.
fn text_of(panic: Box<dyn std::any::Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => {
            panic.downcast_ref::<&str>().map_or_else(|| "a panic without a text".to_owned(), |text| (*text).to_owned())
        }
    }
}
