//! How long to wait before trying again.

use std::time::Duration;

use rand::RngExt as _;

/// Exponential back-off with full jitter: the n-th wait is random between half of and all of
/// `first * 2^n`, never over `most`.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    attempt: u32,
}

impl Backoff {
    /// Starts at `first` and doubles up to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Backoff { first, most, attempt: 0 }
    }

    /// The next wait.
    pub fn next_wait(&mut self) -> Duration {
        let whole = self.first.saturating_mul(2u32.saturating_pow(self.attempt)).min(self.most);
        self.attempt = self.attempt.saturating_add(1);
        let half = whole / 2;
        half + half.mul_f64(rand::rng().random_range(0.0..=1.0))
    }

    /// Starts over after a success.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_limit_and_start_over() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let first = backoff.next_wait();
        assert!((50..=100).contains(&first.as_millis()), "{first:?}");
        for _ in 0..100 {
            assert!(backoff.next_wait() <= Duration::from_secs(1));
        }
        backoff.reset();
        assert!(backoff.next_wait() <= Duration::from_millis(100));
    }
}
