//! What is counted of one instance. A request costs some additions to atomics and no lock.
//!
//! Counters only grow, except for what is in flight, and outlive the instance's restarts and the disabling of its group.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The upper bounds of the buckets of latencies, in milliseconds; a last bucket takes what took longer.
pub(in crate::agent) const BUCKETS_MS: [u64; 14] =
    [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// The counters of one instance.
#[derive(Debug, Default)]
pub(in crate::agent) struct Counters {
    begun: AtomicU64,
    failed: AtomicU64,
    in_flight: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
    answered: [AtomicU64; BUCKETS_MS.len() + 1],
    latency_micros: AtomicU64,
}

/// What [`Counters`] say at one moment, or a sum of such.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::agent) struct Count {
    /// Requests and TCP connections that an instance was chosen for.
    pub(in crate::agent) begun: u64,
    /// Those that got no answer, or one with a status of 500 or higher.
    pub(in crate::agent) failed: u64,
    /// Requests, tunnels and TCP connections that are running.
    pub(in crate::agent) in_flight: u64,
    /// Bytes of bodies and tunnels from clients.
    pub(in crate::agent) received: u64,
    /// Bytes of bodies and tunnels to clients.
    pub(in crate::agent) sent: u64,
    /// Requests by the time from their head to their response's head: the bounds are [`BUCKETS_MS`].
    pub(in crate::agent) answered: [u64; BUCKETS_MS.len() + 1],
    /// The sum of these times in microseconds.
    pub(in crate::agent) latency_micros: u64,
}

impl Counters {
    pub(super) fn begin(&self) {
        self.begun.fetch_add(1, Relaxed);
        self.in_flight.fetch_add(1, Relaxed);
    }

    pub(super) fn end(&self) {
        self.in_flight.fetch_sub(1, Relaxed);
    }

    pub(super) fn fail(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    /// An instance answered with `status` so long after it was asked.
    pub(super) fn answer(&self, after: Duration, status: http::StatusCode) {
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_MS.partition_point(|bound| bound.saturating_mul(1_000) < micros);
        self.answered[bucket].fetch_add(1, Relaxed);
        self.latency_micros.fetch_add(micros, Relaxed);
        if status.is_server_error() {
            self.fail();
        }
    }

    pub(super) fn receive(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn send(&self, bytes: usize) {
        self.sent.fetch_add(bytes as u64, Relaxed);
    }

    /// Now.
    pub(in crate::agent) fn read(&self) -> Count {
        Count {
            begun: self.begun.load(Relaxed),
            failed: self.failed.load(Relaxed),
            in_flight: self.in_flight.load(Relaxed),
            received: self.received.load(Relaxed),
            sent: self.sent.load(Relaxed),
            answered: std::array::from_fn(|bucket| self.answered[bucket].load(Relaxed)),
            latency_micros: self.latency_micros.load(Relaxed),
        }
    }
}

impl std::ops::AddAssign<&Count> for Count {
    fn add_assign(&mut self, other: &Count) {
        self.begun += other.begun;
        self.failed += other.failed;
        self.in_flight += other.in_flight;
        self.received += other.received;
        self.sent += other.sent;
        self.latency_micros += other.latency_micros;
        for (sum, more) in self.answered.iter_mut().zip(other.answered) {
            *sum += more;
        }
    }
}

impl Count {
    /// The bound in milliseconds that `share` (0 to 1) of the answers stayed within; None without answers, and if that
    /// is not within the last bound.
    pub(in crate::agent) fn latency_within(&self, share: f64) -> Option<u64> {
        let all: u64 = self.answered.iter().sum();
        let wanted = (all as f64 * share).ceil().max(1.0) as u64;
        let mut seen = 0;
        self.answered.iter().zip(BUCKETS_MS).find_map(|(count, bound)| {
            seen += count;
            (seen >= wanted).then_some(bound)
        })
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn latencies_fall_into_their_buckets_and_counts_add_up() {
        let counters = Counters::default();
        for (micros, status) in [(900, 200), (1_000, 204), (1_001, 404), (60_000_000, 503)] {
            counters.begin();
            counters.answer(Duration::from_micros(micros), StatusCode::from_u16(status).unwrap());
        }
        counters.end();
        let count = counters.read();
        assert_eq!((count.begun, count.in_flight, count.failed), (4, 3, 1));
        assert_eq!((count.answered[0], count.answered[1], count.answered[BUCKETS_MS.len()]), (2, 1, 1));
        assert_eq!((count.latency_within(0.5), count.latency_within(0.75)), (Some(1), Some(2)));
        assert_eq!((count.latency_within(0.99), Count::default().latency_within(0.5)), (None, None));
        let mut sum = count.clone();
        sum += &count;
        assert_eq!((sum.begun, sum.answered[0], sum.latency_micros), (8, 4, 2 * count.latency_micros));
    }
}
