//! How many calls may be sent again, so that retries never multiply the load of a service that is down.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a call pays in, in hundredths of a retry: one retry for ten calls.
const SHARE: u32 = 10;
/// What a retry costs.
const RETRY: u32 = 100;
/// The most that is saved: ten retries, which is also what a new budget has.
const MOST: u32 = 1000;

/// A token bucket filled by calls and emptied by retries.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: AtomicU32,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { tokens: AtomicU32::new(MOST) }
    }
}

impl Budget {
    /// A call is made.
    pub(super) fn deposit(&self) {
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |had| Some((had + SHARE).min(MOST)));
    }

    /// Whether a call may be sent again; takes its price if so.
    pub(super) fn take(&self) -> bool {
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |had| had.checked_sub(RETRY)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_calls_pay_for_one_retry() {
        let budget = Budget::default();
        assert_eq!((0..100).filter(|_| budget.take()).count(), 10);
        (0..25).for_each(|_| budget.deposit());
        assert_eq!((0..100).filter(|_| budget.take()).count(), 2);
    }
}
