//! One slow request after the other, so that there is one in flight whenever versions are switched.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    select,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{requests, tally::Tally};

/// Between a failure and the next try, so that a dead server is not flooded.
const PAUSE: Duration = Duration::from_millis(100);

/// A request that is answered late on purpose.
#[derive(Debug, Clone)]
pub struct SlowOptions {
    /// What is asked for; `/slow?ms=2000` by default. Stopping the load waits for it.
    pub path: String,
    /// How long it may take at most; 30 s by default.
    pub deadline: Duration,
}

impl Default for SlowOptions {
    fn default() -> Self {
        SlowOptions { path: "/slow?ms=2000".to_owned(), deadline: Duration::from_secs(30) }
    }
}

/// Sends slow requests until the load stops; the last one is waited for.
pub(super) async fn repeat(
    target: SocketAddr,
    options: &SlowOptions,
    version_field: Option<&str>,
    tally: &Tally,
    stop: &CancellationToken,
) {
    while !stop.is_cancelled() {
        tally.slow_sent();
        let answer = match timeout(options.deadline, requests::once(target, &options.path)).await {
            Ok(answer) => answer.and_then(|answer| requests::version(&answer, version_field)),
            Err(_) => Err(format!("no answer within {:?}", options.deadline)),
        };
        match answer {
            Ok(version) => tally.slow_answered(version),
            Err(reason) => {
                tally.slow_failed(&format!("GET {}: {reason}", options.path));
                select! {
                    () = stop.cancelled() => {}
                    () = sleep(PAUSE) => {}
                }
            }
        }
    }
}
