//! A load on an HTTP server, to show that a change loses nothing.
//!
//! ```no_run
//! # async fn example(address: std::net::SocketAddr) -> Result<(), gennaker_harness::load::Error> {
//! use gennaker_harness::load::{Load, Options, SlowOptions, WebSocketOptions};
//!
//! let load = Load::start(Options {
//!     slow: Some(SlowOptions::default()),
//!     web_socket: Some(WebSocketOptions::default()),
//!     ..Options::new(address)
//! })?;
//! // Change something.
//! let report = load.stop().await;
//! assert_eq!(report.failed, 0, "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! Requests follow an open schedule: a slow answer delays no other request, and latency counts from the time for which a
//! request was scheduled, so a server that stalls cannot hide it. At most [`Options::in_flight`] requests are open; what
//! that delays is reported. Nothing is sent twice, with one exception that every HTTP client makes: a request of which
//! nothing was written, because the server had closed the idle connection before, goes out on a new one.
//!
//! It speaks plain HTTP/1.1 and sends `GET` only.

mod connection;
mod latency;
mod report;
mod requests;
mod slow;
mod tally;
mod web_socket;

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use gennaker_base::Kind;
use tokio::{
    select,
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

pub use self::{
    latency::Latency,
    report::{Report, SlowReport, WebSocketReport},
    slow::SlowOptions,
    web_socket::{Leave, WebSocketOptions},
};
use self::{requests::Schedule, tally::Tally};

/// Options that make no sense.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rate is negative or no number.
    #[error("a rate of {0} requests a second is not possible; 0 sends none")]
    Rate(f64),
    /// The share is not between 0 and 1.
    #[error("a share of {0} new connections is not possible; it is between 0 and 1")]
    Share(f64),
    /// There is a rate and no request may be in flight.
    #[error("no request may be in flight; allow at least one")]
    InFlight,
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        Kind::Invalid
    }
}

/// What is sent, how often and where.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server.
    pub target: SocketAddr,
    /// What is asked for; `/` by default.
    pub path: String,
    /// Requests a second, 500 by default; 0 sends only what `slow` and `web_socket` ask for.
    pub rate: f64,
    /// When the load ends on its own; never by default.
    pub duration: Option<Duration>,
    /// The share of requests with a connection of their own, 0 to 1; 0.2 by default. A port stays taken for a minute
    /// after each, so more than 400 a second cannot be had for long.
    pub new_connections: f64,
    /// How many requests may be open, and thus how many connections are kept; 64 by default.
    pub in_flight: usize,
    /// How long a request may take; 10 s by default.
    pub deadline: Duration,
    /// The field of the answer, a JSON object, that tells the version; `version` by default. If none, any JSON is right.
    pub version_field: Option<String>,
    /// How many failures are told in words; 20 by default.
    pub reasons: usize,
    /// Slow requests, one always in flight; none by default.
    pub slow: Option<SlowOptions>,
    /// A WebSocket; none by default.
    pub web_socket: Option<WebSocketOptions>,
}

impl Options {
    /// 500 requests a second to `target`, until stopped.
    pub fn new(target: SocketAddr) -> Self {
        Options {
            target,
            path: "/".to_owned(),
            rate: 500.0,
            duration: None,
            new_connections: 0.2,
            in_flight: 64,
            deadline: Duration::from_secs(10),
            version_field: Some("version".to_owned()),
            reasons: 20,
            slow: None,
            web_socket: None,
        }
    }

    fn check(&self) -> Result<(), Error> {
        if !self.rate.is_finite() || self.rate < 0.0 {
            return Err(Error::Rate(self.rate));
        }
        if !(0.0..=1.0).contains(&self.new_connections) {
            return Err(Error::Share(self.new_connections));
        }
        if self.rate > 0.0 && self.in_flight == 0 {
            return Err(Error::InFlight);
        }
        Ok(())
    }
}

/// A load that runs. Dropping it ends it at once.
#[derive(Debug)]
pub struct Load {
    tally: Arc<Tally>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Load {
    /// Starts to send. Must be called in a tokio runtime, whose threads it uses.
    ///
    /// # Errors
    /// If the options make no sense.
    pub fn start(options: Options) -> Result<Self, Error> {
        options.check()?;
        let start = Instant::now();
        let stop = CancellationToken::new();
        let tally = Arc::new(Tally::new(start, options.rate, options.reasons));
        let mut tasks = JoinSet::new();
        if let Some(duration) = options.duration {
            let (tally, stop) = (tally.clone(), stop.clone());
            tasks.spawn(async move {
                select! {
                    () = stop.cancelled() => {}
                    () = sleep(duration) => {
                        tally.end();
                        stop.cancel();
                    }
                }
            });
        }
        if let Some(slow) = options.slow.clone() {
            let (target, field) = (options.target, options.version_field.clone());
            let (tally, stop) = (tally.clone(), stop.clone());
            tasks.spawn(async move { slow::repeat(target, &slow, field.as_deref(), &tally, &stop).await });
        }
        if let Some(web_socket) = options.web_socket.clone() {
            let (target, tally, stop) = (options.target, tally.clone(), stop.clone());
            tasks.spawn(async move { web_socket::hold(target, &web_socket, &tally, &stop).await });
        }
        if options.rate > 0.0 {
            let workers = options.in_flight;
            let next = AtomicU64::new(0);
            let due = Semaphore::new(0);
            let schedule = Arc::new(Schedule { options, start, due, next, tally: tally.clone(), stop: stop.clone() });
            let paced = Arc::downgrade(&schedule);
            tasks.spawn_blocking(move || requests::pace(&paced));
            (0..workers).for_each(|_| {
                tasks.spawn(requests::work(schedule.clone()));
            });
        }
        Ok(Load { tally, stop, tasks })
    }

    /// What was seen until now.
    pub fn report_so_far(&self) -> Report {
        self.tally.report()
    }

    /// Sends nothing more, waits for what is in flight, and tells what was seen.
    pub async fn stop(self) -> Report {
        self.tally.end();
        self.stop.cancel();
        self.finished().await
    }

    /// Waits until the load ends on its own, after [`Options::duration`].
    pub async fn finished(mut self) -> Report {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                // What it had in flight is lost, so the counts cannot be trusted.
                self.tally.failed(&format!("the load generator itself failed: {error}"));
            }
        }
        self.tally.report()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn options_that_make_no_sense_are_refused() {
        let options = Options::new(([127, 0, 0, 1], 1).into());
        for wrong in [
            Options { rate: -1.0, ..options.clone() },
            Options { rate: f64::NAN, ..options.clone() },
            Options { new_connections: 1.5, ..options.clone() },
            Options { in_flight: 0, ..options },
        ] {
            assert_eq!(Load::start(wrong).expect_err("it makes no sense").kind(), Kind::Invalid);
        }
    }
}
