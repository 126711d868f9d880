//! Descriptive statistics of a series: least, greatest, mean, standard deviation, percentiles.
//!
//! ```
//! use gennaker_judge::statistics::{self, Summary};
//!
//! let summary = Summary::of(&[3.0, 1.0, 2.0]);
//! assert_eq!((summary.min, summary.max, summary.mean, summary.std, summary.count), (1.0, 3.0, 2.0, 1.0, 3));
//! assert_eq!(statistics::percentile(&[10.0, 20.0, 30.0, 40.0], 25.0), 17.5);
//! ```
//!
//! Guarantees: the same numbers as the original to the last bit, sums being taken in the series' order; no panic. Infinite
//! values give what IEEE 754 says, often NaN.
//!
//! Sources: upstream's `DescriptiveStatistics`, over Commons Math's `StatUtils` and `Percentile`; percentiles are type 7 of
//! R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, 1996.

use crate::number;

/// What a judgement tells of a series, in the unit of its values.
///
/// Source: upstream's `MetricStatistics`.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// The least value; 0 without values.
    #[serde(with = "number")]
    pub min: f64,
    /// The greatest value; 0 without values.
    #[serde(with = "number")]
    pub max: f64,
    /// See [`mean`].
    #[serde(with = "number")]
    pub mean: f64,
    /// See [`standard_deviation`].
    #[serde(with = "number")]
    pub std: f64,
    /// How many values there are.
    pub count: usize,
}

impl Summary {
    /// The statistics of these values; all zero if there are none.
    pub fn of(values: &[f64]) -> Self {
        let mean = mean(values);
        Summary { min: min(values), max: max(values), mean, std: deviation_from(mean, values), count: values.len() }
    }
}

/// The arithmetic mean; 0 without values.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let count = values.len() as f64;
    let rough = sum(values, |value| value) / count;
    // A second pass takes back what the first lost in rounding.
    rough + sum(values, |value| value - rough) / count
}

/// The sample standard deviation, that is with n - 1; 0 for no and for one value.
pub fn standard_deviation(values: &[f64]) -> f64 {
    deviation_from(mean(values), values)
}

/// The population standard deviation, that is with n; 0 for no and for one value.
pub fn population_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    (squares_about(mean(values), values) / values.len() as f64).sqrt()
}

/// The least value, NaN not counted; 0 without values, NaN if there is nothing else.
pub fn min(values: &[f64]) -> f64 {
    extreme(values, |least, value| least < value)
}

/// The greatest value, NaN not counted; 0 without values, NaN if there is nothing else.
pub fn max(values: &[f64]) -> f64 {
    extreme(values, |most, value| most > value)
}

/// The middle value, or the mean of the two in the middle; 0 without values. NaN is left out.
pub fn median(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { percentile(values, 50.0) }
}

/// The value below which `percent` of the values lie, interpolated between the two that are nearest (type 7).
///
/// NaN is left out. The answer is NaN without values, and if `percent` is not over 0 and at most 100.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    percentile_of_sorted(&sorted(values), percent)
}

/// [`percentile`] of values that ascend and have no NaN.
pub fn percentile_of_sorted(sorted: &[f64], percent: f64) -> f64 {
    let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    if !(percent > 0.0 && percent <= 100.0) {
        return f64::NAN;
    }
    let position = (sorted.len() - 1) as f64 * (percent / 100.0) + 1.0;
    let whole = position.floor();
    match (sorted.get(whole as usize - 1), sorted.get(whole as usize)) {
        _ if sorted.len() == 1 => first,
        (Some(lower), Some(upper)) => lower + (position - whole) * (upper - lower),
        _ => last,
    }
}

/// The values in ascending order without NaN.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn deviation_from(mean: f64, values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    (squares_about(mean, values) / (values.len() as f64 - 1.0)).sqrt()
}

/// The sum of squared differences from the mean, less what comes of the mean being rounded.
fn squares_about(mean: f64, values: &[f64]) -> f64 {
    let (mut squares, mut rest) = (0.0, 0.0);
    for value in values {
        let difference = value - mean;
        squares += difference * difference;
        rest += difference;
    }
    squares - rest * rest / values.len() as f64
}

/// The value that no other `beats`, the last of equal ones.
fn extreme(values: &[f64], beats: impl Fn(f64, f64) -> bool) -> f64 {
    let stays = |best: f64, value: f64| value.is_nan() || beats(best, value);
    values.iter().copied().reduce(|best, value| if stays(best, value) { best } else { value }).unwrap_or(0.0)
}

fn sum(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    values.iter().fold(0.0, |sum, &value| sum + term(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_zero_and_no_percentile() {
        assert_eq!(Summary::of(&[]), Summary::default());
        assert_eq!(median(&[]), 0.0);
        assert!(percentile(&[], 50.0).is_nan());
        assert_eq!(population_deviation(&[]), 0.0);
    }

    #[test]
    fn one_value_does_not_deviate() {
        let summary = Summary { min: 7.0, max: 7.0, mean: 7.0, std: 0.0, count: 1 };
        assert_eq!(Summary::of(&[7.0]), summary);
        assert_eq!(Summary::of(&[f64::INFINITY]).std, 0.0);
        assert_eq!(percentile(&[7.0], 1.0), 7.0);
    }

    #[test]
    fn percentiles_interpolate() {
        let values = [40.0, 10.0, 30.0, 20.0];
        for (percent, expected) in [(1.0, 10.3), (25.0, 17.5), (50.0, 25.0), (90.0, 37.0), (100.0, 40.0)] {
            assert!((percentile(&values, percent) - expected).abs() < 1e-12, "{percent}");
        }
        for percent in [0.0, -1.0, 100.1, f64::NAN] {
            assert!(percentile(&values, percent).is_nan(), "{percent}");
        }
        assert_eq!(percentile(&[f64::NAN, 1.0, f64::NAN, 3.0], 50.0), 2.0);
    }

    #[test]
    fn deviations_differ_by_what_they_divide_by() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(population_deviation(&values), 2.0);
        assert!((standard_deviation(&values) - (32.0_f64 / 7.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn extremes_skip_what_is_no_number() {
        assert_eq!((min(&[f64::NAN, 2.0, 1.0]), max(&[3.0, f64::NAN, 1.0])), (1.0, 3.0));
        assert!(min(&[f64::NAN]).is_nan());
    }
}
