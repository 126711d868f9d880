//! The windows of callers, in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use gennaker_base::Timestamp;

/// How many callers are remembered: at this number those whose windows are over are forgotten, and if none is, whoever
/// comes new is not counted.
const CALLERS: usize = 10_000;

/// How a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) capacity: u32,
    pub(super) remaining: u32,
    pub(super) reset: Timestamp,
    pub(super) exceeded: bool,
}

/// A window in which requests are counted.
struct Window {
    until: Timestamp,
    count: u32,
}

/// The windows of all callers.
#[derive(Default)]
pub(super) struct Windows {
    by_caller: Mutex<HashMap<String, Window>>,
}

impl Windows {
    /// Counts one request of a caller.
    pub(super) fn count(&self, caller: &str, capacity: u32, length: Duration, now: Timestamp) -> Standing {
        let mut windows = self.by_caller.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= CALLERS && !windows.contains_key(caller) {
            windows.retain(|_, window| window.until > now);
            if windows.len() >= CALLERS {
                return Standing { capacity, remaining: capacity, reset: now.after(length), exceeded: false };
            }
        }
        let fresh = || Window { until: now.after(length), count: 0 };
        let window = windows.entry(caller.to_owned()).or_insert_with(fresh);
        if window.until <= now {
            *window = fresh();
        }
        window.count = window.count.saturating_add(1);
        Standing {
            capacity,
            remaining: capacity.saturating_sub(window.count),
            reset: window.until,
            exceeded: window.count > capacity,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(10);

    #[test]
    fn a_window_begins_with_its_first_request() {
        let windows = Windows::default();
        let at = |second: i64| Timestamp::from_millis(second * 1_000);
        let count = |second| windows.count("a", 2, LENGTH, at(second));
        assert_eq!(count(5), Standing { capacity: 2, remaining: 1, reset: at(15), exceeded: false });
        assert_eq!(count(14), Standing { capacity: 2, remaining: 0, reset: at(15), exceeded: false });
        assert_eq!(count(14), Standing { capacity: 2, remaining: 0, reset: at(15), exceeded: true });
        assert_eq!(windows.count("b", 2, LENGTH, at(14)).remaining, 1, "another caller has its own");
        assert_eq!(count(15), Standing { capacity: 2, remaining: 1, reset: at(25), exceeded: false });
    }

    #[test]
    fn callers_without_number_take_no_memory_without_bound() {
        let windows = Windows::default();
        let now = Timestamp::from_millis(0);
        for caller in 0..CALLERS + 10 {
            windows.count(&caller.to_string(), 1, LENGTH, now);
        }
        assert_eq!(windows.by_caller.lock().map(|windows| windows.len()).ok(), Some(CALLERS));
        assert!(windows.count("0", 1, LENGTH, now).exceeded, "known ones are counted on");
        windows.count("new", 1, LENGTH, now.after(LENGTH));
        assert_eq!(windows.by_caller.lock().map(|windows| windows.len()).ok(), Some(1), "old windows are forgotten");
    }
}
