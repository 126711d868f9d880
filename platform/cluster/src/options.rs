//! How long a lease lasts and how often it is renewed.

use std::time::Duration;

use tokio::time::Instant;

use crate::{Error, Result};

/// How long a lease lasts and how often it is renewed; the defaults move a dead node's work within ten seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How long the store keeps a lease that is not renewed. Default 10 s.
    pub ttl: Duration,
    /// How often it is renewed. Default 2 s.
    pub renew_every: Duration,
    /// How much earlier than the store the holder gives up. Default 2 s.
    pub margin: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Options { ttl: seconds(10), renew_every: seconds(2), margin: seconds(2) }
    }
}

impl Options {
    /// Whether a renewal can fail once without losing the lease.
    pub(crate) fn check(&self) -> Result<()> {
        let Options { ttl, renew_every, margin } = self;
        let refused = |reason: String| Err(Error::Options { reason });
        if renew_every.is_zero() {
            return refused("the time between renewals must be more than zero".to_owned());
        }
        if renew_every.saturating_mul(2).saturating_add(*margin) > *ttl {
            return refused(format!(
                "two renewals ({renew_every:?} apart) and the margin ({margin:?}) must fit into the time to live ({ttl:?})"
            ));
        }
        Ok(())
    }

    /// Until when a lease is held that was asked for at `sent`.
    pub(crate) fn held_until(&self, sent: Instant) -> Instant {
        let held = if clock_goes_on() { self.ttl.saturating_sub(self.margin) } else { STOPPED };
        sent + held
    }
}

/// How long a lease seems to last to a machine whose clock has stopped.
const STOPPED: Duration = Duration::from_secs(86_400);

/// Whether the monotonic clock tells when a lease is over. It does, except in a debug build that is told
/// `GENNAKER_TEST_LEASE_CLOCK=stopped`: that is how a machine wakes which has slept, and the tests show by it what the
/// store's own checks are worth.
fn clock_goes_on() -> bool {
    #[cfg(debug_assertions)]
    if std::env::var_os("GENNAKER_TEST_LEASE_CLOCK").is_some_and(|value| value == "stopped") {
        return false;
    }
    true
}
