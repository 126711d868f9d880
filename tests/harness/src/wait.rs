//! Waiting for a condition instead of for a time.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! use std::time::Duration;
//!
//! let mut seen = 0;
//! let third = gennaker_harness::eventually(Duration::from_secs(5), "the third look", async || {
//!     seen += 1;
//!     if seen == 3 { Ok(seen) } else { Err(format!("look {seen}")) }
//! });
//! assert_eq!(third.await.expect("in time"), 3);
//! # }
//! ```
//!
//! It looks again every 10 ms at first and every 50 ms later on, so what it reports is at most that old.

use std::{fmt::Display, time::Duration};

use gennaker_base::Kind;
use tokio::time::{Instant, sleep_until, timeout_at};

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// The condition did not come true in time.
#[derive(Debug, thiserror::Error)]
#[error("waited {waited:?} in vain for {what}; last seen: {last}")]
pub struct TimedOut {
    /// What was waited for.
    pub what: String,
    /// How long.
    pub waited: Duration,
    /// What the last look that ended had seen.
    pub last: String,
}

impl TimedOut {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        Kind::Timeout
    }
}

/// The first `Ok` of `look`, which is repeated for at most `deadline`; its `Err` says what there is instead.
///
/// A look that hangs is given up at the deadline as well. The first one is made even if the deadline is zero.
///
/// # Errors
/// [`TimedOut`] with the last state.
pub async fn eventually<T, S: Display>(
    deadline: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<T, S>,
) -> Result<T, TimedOut> {
    let until = Instant::now() + deadline;
    let mut pause = FIRST_PAUSE;
    let mut last = "nothing, the first look did not end".to_owned();
    loop {
        match timeout_at(until, look()).await {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(state)) => last = state.to_string(),
            Err(_) => {}
        }
        let now = Instant::now();
        if now >= until {
            return Err(TimedOut { what: what.to_owned(), waited: deadline, last });
        }
        sleep_until((now + pause).min(until)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_time_out_tells_the_last_state() {
        let mut looks = 0;
        let waiting = eventually(Duration::from_millis(100), "the moon", async || {
            looks += 1;
            Err::<(), _>(format!("cloud {looks}"))
        });
        let error = waiting.await.expect_err("there is no moon");
        assert_eq!(error.to_string(), format!("waited 100ms in vain for the moon; last seen: cloud {looks}"));
        assert!(looks > 1, "{looks}");
    }

    #[tokio::test]
    async fn a_look_that_hangs_ends_at_the_deadline() {
        let waiting = eventually(Duration::from_millis(100), "an answer", async || {
            std::future::pending::<Result<(), String>>().await
        });
        let error = tokio::spawn(waiting).await.expect("no panic").expect_err("there is no answer");
        assert_eq!(error.last, "nothing, the first look did not end");
    }
}
