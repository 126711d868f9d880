//! A histogram of durations: 32 buckets for each doubling, so a percentile is at most 3 % too high.

use std::time::Duration;

/// Buckets for each doubling, as a power of two.
const FINENESS: u32 = 5;

/// How often which duration was seen, from 1 µs on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Latency {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Latency {
    /// How many durations were recorded.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The longest one.
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// What the given share of the durations, 0 to 1, does not exceed; zero if there are none.
    pub fn percentile(&self, share: f64) -> Duration {
        let wanted = (share.clamp(0.0, 1.0) * self.total as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (bucket, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_micros(upper_bound(bucket)).min(self.longest);
            }
        }
        self.longest
    }

    pub(super) fn record(&mut self, duration: Duration) {
        let bucket = bucket(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
        if self.counts.len() <= bucket {
            self.counts.resize(bucket + 1, 0);
        }
        self.counts[bucket] += 1;
        self.total += 1;
        self.longest = self.longest.max(duration);
    }
}

/// Small values have a bucket each; from there on the highest bits of a value tell its bucket.
fn bucket(micros: u64) -> usize {
    let doublings = micros.checked_ilog2().unwrap_or(0).saturating_sub(FINENESS);
    ((u64::from(doublings) << FINENESS) + (micros >> doublings)) as usize
}

/// The highest value of a bucket.
fn upper_bound(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    let doublings = (bucket >> FINENESS).saturating_sub(1);
    let highest = (bucket - (doublings << FINENESS) + 1).checked_shl(doublings as u32);
    highest.map_or(u64::MAX, |above| above.wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_bucket_and_buckets_are_narrow() {
        for micros in (0..5000).chain([1 << 20, (1 << 20) + 1, 123_456_789, 1 << 40, u64::MAX]) {
            let bound = upper_bound(bucket(micros));
            assert!(bound >= micros, "{micros} {bound}");
            assert!((bound - micros) as f64 <= micros as f64 / 31.0, "{micros} {bound}");
            assert!(bucket(micros) == 0 || upper_bound(bucket(micros) - 1) < micros, "{micros}");
        }
    }

    #[test]
    fn percentiles_are_those_of_the_values() {
        let mut latency = Latency::default();
        assert_eq!(latency.percentile(0.99), Duration::ZERO);
        (1..=1000).for_each(|millis| latency.record(Duration::from_millis(millis)));
        let near = |share, millis: u64| {
            let found = latency.percentile(share).as_secs_f64() * 1000.0;
            assert!((millis as f64..millis as f64 * 1.04).contains(&found), "{share}: {found}");
        };
        near(0.5, 500);
        near(0.99, 990);
        assert_eq!(latency.percentile(1.0), Duration::from_secs(1));
    }
}
