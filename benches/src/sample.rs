//! Several measurements of one thing.

use std::time::Duration;

/// Durations, in the order in which they were measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// What the given share of the durations, 0 to 1, does not exceed; zero if there are none.
    pub(crate) fn percentile(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort();
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(0.5)
    }

    /// How many are longer than this.
    pub(crate) fn over(&self, duration: Duration) -> usize {
        self.0.iter().filter(|one| **one > duration).count()
    }

    pub(crate) fn longest(&self) -> Duration {
        self.percentile(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_measured_values() {
        let mut sample = Sample::default();
        assert_eq!(sample.median(), Duration::ZERO);
        for millis in [3, 1, 2, 10] {
            sample.add(Duration::from_millis(millis));
        }
        let shares = [0.0, 0.5, 0.75, 0.99, 1.0].map(|share| sample.percentile(share).as_millis());
        assert_eq!(shares, [1, 2, 3, 10, 10]);
        assert_eq!(sample.over(Duration::from_millis(2)), 2);
    }
}
