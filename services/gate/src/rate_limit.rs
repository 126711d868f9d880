//! How many requests a caller may send: upstream's `rate-limit`, on this node.
//!
//! A caller has `capacity` requests for each window of `rateSeconds`, which begins with its first one. Who asks for more
//! gets 429 until the window is over; while `learning`, that is only written to the log. Each answer says how it stands:
//! `X-RateLimit-Capacity`, `-Remaining`, `-Reset` and `-Learning`.
//!
//! A caller is the user; of requests without one, the application that they name in `X-RateLimit-App`, else the address
//! that a balancer names in `X-Forwarded-For`. The web UI (`X-RateLimit-App: deck`) is not counted unless `enforcing`
//! lists `app:deck`.
//!
//! Each node counts what reaches itself: behind a balancer a caller has the capacity of all nodes together.

mod options;
mod windows;

use std::{sync::Arc, time::SystemTime};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use gennaker_base::{SharedClock, Timestamp};
use gennaker_http::{Caller, Error};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

pub use self::options::{AppOverride, Options, PrincipalOverride};
use self::windows::{Standing, Windows};

const APP: HeaderName = HeaderName::from_static("x-ratelimit-app");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const CAPACITY: HeaderName = HeaderName::from_static("x-ratelimit-capacity");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
const LEARNING: HeaderName = HeaderName::from_static("x-ratelimit-learning");

/// The web UI's name in `X-RateLimit-App`.
const DECK: &str = "deck";
/// The user of who is not signed in.
const ANONYMOUS: &str = "anonymous";

/// Counts requests. Clones count together.
#[derive(Clone)]
pub(crate) struct RateLimit {
    options: Arc<Options>,
    windows: Arc<Windows>,
    clock: SharedClock,
}

impl RateLimit {
    /// Nothing is counted yet.
    pub(crate) fn new(options: Options, clock: SharedClock) -> RateLimit {
        RateLimit { options: Arc::new(options), windows: Arc::default(), clock }
    }

    /// Counts a request; `None` if it is not subject to limits.
    fn count(&self, headers: &HeaderMap) -> Option<Counted> {
        let app = headers.get(&APP).and_then(|app| app.to_str().ok()).map(str::trim).filter(|app| !app.is_empty());
        if !self.options.enabled || !self.options.counts(app) {
            return None;
        }
        let principal = principal(headers, app);
        let limit = self.options.limit(&principal, app);
        let standing = self.windows.count(&principal, limit.capacity, limit.window, self.clock.now());
        Some(Counted { principal, learning: limit.learning, standing })
    }
}

/// A request that was counted.
struct Counted {
    principal: String,
    learning: bool,
    standing: Standing,
}

impl Counted {
    fn mark(&self, headers: &mut HeaderMap) {
        headers.insert(CAPACITY, self.standing.capacity.into());
        headers.insert(REMAINING, self.standing.remaining.into());
        headers.insert(RESET, date(self.standing.reset));
        headers.insert(LEARNING, HeaderValue::from_static(if self.learning { "true" } else { "false" }));
    }

    /// The answer of a request that is one too many.
    fn refusal(&self, now: Timestamp) -> Response {
        let mut answer =
            Error::invalid("Rate capacity exceeded").with_status(StatusCode::TOO_MANY_REQUESTS).into_response();
        let seconds = self.standing.reset.since(now).as_secs() + 1;
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        answer
    }
}

/// Lets a request pass, or answers 429.
pub(crate) async fn admit(State(limit): State<RateLimit>, request: Request, next: Next) -> Response {
    let Some(counted) = limit.count(request.headers()) else { return next.run(request).await };
    let exceeded = counted.standing.exceeded;
    if exceeded {
        let Counted { principal, learning, standing } = &counted;
        metrics::counter!("gennaker_gate_rate_limited_total", "learning" => learning.to_string()).increment(1);
        tracing::warn!(principal, learning, capacity = standing.capacity, "a caller sends more requests than it may");
    }
    let mut answer =
        if exceeded && !counted.learning { counted.refusal(limit.clock.now()) } else { next.run(request).await };
    counted.mark(answer.headers_mut());
    answer
}

/// Who asks, as limits name it.
fn principal(headers: &HeaderMap, app: Option<&str>) -> String {
    // Who says who he is in letters that nobody can read is refused by the route, and counts as nobody here.
    if let Ok(caller) = Caller::from_headers(headers)
        && caller.user != ANONYMOUS
    {
        return caller.user;
    }
    let forwarded = || headers.get(&FORWARDED)?.to_str().ok()?.split(',').next().map(str::trim);
    match (app, forwarded()) {
        (Some(app), _) => app.to_owned(),
        (None, Some(address)) if !address.is_empty() => format!("{ANONYMOUS}-{address}"),
        (None, _) => ANONYMOUS.to_owned(),
    }
}

/// A time as HTTP writes it.
fn date(time: Timestamp) -> HeaderValue {
    let since = std::time::Duration::from_millis(u64::try_from(time.millis()).unwrap_or_default());
    let text = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since);
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests;
