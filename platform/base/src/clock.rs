//! Time as an argument: a [`Clock`] gives wall time for records and due times, and waits.
//!
//! [`SystemClock`] is the machine's; [`ManualClock`] stands still until a test moves it. Leases are judged
//! by a monotonic clock instead (`gennaker-cluster`), because wall time may jump.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use tokio::sync::Notify;

/// A point of time in milliseconds since 1970-01-01T00:00:00Z, Spinnaker's unit on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The epoch itself.
    pub const ZERO: Timestamp = Timestamp(0);

    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Timestamp(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This point moved by `duration` into the future, saturating.
    pub fn after(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.0.saturating_add(millis))
    }

    /// The time from `earlier` to this point, zero if `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Where time comes from.
#[async_trait]
pub trait Clock: Send + Sync + 'static {
    /// The present.
    fn now(&self) -> Timestamp;

    /// Returns once [`Clock::now`] is at or after `due`.
    async fn sleep_until(&self, due: Timestamp);
}

/// A clock shared between components.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else takes")]
    fn now(&self) -> Timestamp {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::ZERO.after(elapsed)
    }

    async fn sleep_until(&self, due: Timestamp) {
        loop {
            let wait = due.since(self.now());
            if wait.is_zero() {
                return;
            }
            // In slices, so that a wall clock that is set forward is noticed.
            tokio::time::sleep(wait.min(Duration::from_secs(30))).await;
        }
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct ManualClock {
    millis: AtomicI64,
    moved: Notify,
}

impl ManualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        ManualClock { millis: AtomicI64::new(now.millis()), moved: Notify::new() }
    }

    /// Moves the clock forward and wakes who waits for a time that has come.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.millis.fetch_add(millis, Ordering::SeqCst);
        self.moved.notify_waiters();
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.millis.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, due: Timestamp) {
        loop {
            let mut moved = std::pin::pin!(self.moved.notified());
            moved.as_mut().enable();
            if self.now() >= due {
                return;
            }
            moved.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_manual_clock_wakes_sleepers_only_when_their_time_has_come() {
        let clock = Arc::new(ManualClock::at(Timestamp::ZERO));
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move {
                clock.sleep_until(Timestamp::from_millis(10)).await;
                clock.now()
            })
        };
        clock.advance(Duration::from_millis(4));
        clock.advance(Duration::from_millis(8));
        assert_eq!(sleeper.await.expect("the sleeper ends"), Timestamp::from_millis(12));
    }

    #[test]
    fn time_saturates_instead_of_wrapping() {
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
        assert_eq!(Timestamp::from_millis(i64::MAX).after(Duration::from_secs(1)).millis(), i64::MAX);
    }
}
