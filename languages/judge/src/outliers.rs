//! Which points of a series lie so far off that they should not count.
//!
//! ```
//! use gennaker_judge::outliers::Detector;
//!
//! let series = [1.0, 2.0, 3.0, 2.0, 1.0, 900.0];
//! let detector = Detector::iqr(1.5)?;
//! assert_eq!(detector.detect(&series), [false, false, false, false, false, true]);
//! assert_eq!(detector.remove(&series).as_ref(), [1.0, 2.0, 3.0, 2.0, 1.0]);
//! # Ok::<(), gennaker_judge::outliers::Error>(())
//! ```
//!
//! Guarantees: a mask as long as the series; NaN is never an outlier, nor is anything where the bounds cannot be computed.
//!
//! Each series is looked at alone: it is not asked whether its outliers are as many as the other's.
//!
//! Sources: upstream's `IQRDetector`, `KSigmaDetector`, `OutlierStrategy`, `Transforms.removeOutliers`.

use std::borrow::Cow;

use crate::statistics;

/// Why there is no such detector.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Error {
    /// The factor is not above zero.
    #[error("the factor of an outlier detector must be greater than zero, and it is {0}: 3.0, for example, is")]
    Factor(f64),
}

/// A metric's `outliers.strategy`: `remove` or `keep` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Strategy {
    /// Every point counts.
    #[default]
    Keep,
    /// What [`Detector::guarded_iqr`] finds does not count.
    Remove,
}

impl Strategy {
    /// The strategy of that name; [`Strategy::Keep`] for any name but `remove`.
    pub fn parse(name: &str) -> Self {
        if name == "remove" { Strategy::Remove } else { Strategy::Keep }
    }
}

/// A rule for what an outlier is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detector {
    rule: Rule,
    factor: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Iqr,
    GuardedIqr,
    KSigma,
}

impl Detector {
    /// Outliers lie more than `factor` interquartile ranges below the first or above the third quartile.
    ///
    /// Fails unless the factor is above zero. Upstream's default is 1.5.
    pub fn iqr(factor: f64) -> Result<Self, Error> {
        Self::new(Rule::Iqr, factor)
    }

    /// As [`Detector::iqr`], but what lies between the 1st and the 99th percentile is never an outlier.
    ///
    /// It is the one that the judge uses, with a factor of 3 by default. Upstream's `reduceSensitivity`.
    pub fn guarded_iqr(factor: f64) -> Result<Self, Error> {
        Self::new(Rule::GuardedIqr, factor)
    }

    /// Outliers lie more than `factor` population standard deviations from the mean.
    ///
    /// Fails unless the factor is above zero. Upstream's default is 3; no setting of a metric leads to it.
    pub fn k_sigma(factor: f64) -> Result<Self, Error> {
        Self::new(Rule::KSigma, factor)
    }

    fn new(rule: Rule, factor: f64) -> Result<Self, Error> {
        if factor > 0.0 { Ok(Detector { rule, factor }) } else { Err(Error::Factor(factor)) }
    }

    /// Which points are outliers.
    pub fn detect(&self, values: &[f64]) -> Vec<bool> {
        let rule = self.rule_of(values);
        values.iter().map(|&value| rule(value)).collect()
    }

    /// The points that are no outliers; the same series if none is.
    pub fn remove<'a>(&self, values: &'a [f64]) -> Cow<'a, [f64]> {
        let rule = self.rule_of(values);
        if !values.iter().any(|&value| rule(value)) {
            return Cow::Borrowed(values);
        }
        values.iter().copied().filter(|&value| !rule(value)).collect()
    }

    fn rule_of(&self, values: &[f64]) -> impl Fn(f64) -> bool + use<> {
        // A value is an outlier outside the fences, or too far from the centre; the bounds of the other rule are infinite.
        let (mut fences, mut centre, mut distance) = ((f64::NEG_INFINITY, f64::INFINITY), 0.0, f64::INFINITY);
        if self.rule == Rule::KSigma {
            centre = statistics::mean(values);
            distance = statistics::population_deviation(values) * self.factor;
        } else {
            fences = self.fences(values);
        }
        move |value| value > fences.1 || value < fences.0 || (value - centre).abs() > distance
    }

    fn fences(&self, values: &[f64]) -> (f64, f64) {
        let sorted = statistics::sorted(values);
        let percentile = |percent| statistics::percentile_of_sorted(&sorted, percent);
        let (first, third) = (percentile(25.0), percentile(75.0));
        let range = third - first;
        let (lower, upper) = (first - self.factor * range, third + self.factor * range);
        if self.rule != Rule::GuardedIqr || lower.is_nan() || upper.is_nan() {
            return (lower, upper);
        }
        let (lowest, highest) = (percentile(1.0), percentile(99.0));
        let unless_nan = |percentile: f64, fence| if percentile.is_nan() { percentile } else { fence };
        (unless_nan(lowest, lower.min(lowest)), unless_nan(highest, upper.max(highest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERIES: [f64; 11] = [1.0, 1.0, 1.0, 1.0, 1.0, 20.0, 1.0, 1.0, 1.0, 1.0, 1.0];

    #[test]
    fn factors_are_above_zero() {
        for factor in [0.0, -1.0, f64::NAN] {
            assert!(Detector::iqr(factor).is_err());
            assert!(Detector::guarded_iqr(factor).is_err());
            assert!(Detector::k_sigma(factor).is_err());
        }
    }

    #[test]
    fn guarding_keeps_what_the_percentiles_hold() {
        let found = |detector: Detector| detector.detect(&SERIES).iter().position(|&outlier| outlier);
        assert_eq!(found(Detector::iqr(1.5).unwrap()), Some(5));
        // The 99th percentile of so few points lies just below the greatest.
        assert_eq!(found(Detector::guarded_iqr(1.5).unwrap()), Some(5));
        assert_eq!(found(Detector::k_sigma(3.0).unwrap()), Some(5));
        assert_eq!(found(Detector::k_sigma(4.0).unwrap()), None);
    }

    #[test]
    fn where_no_bound_can_be_computed_nothing_is_an_outlier() {
        let series = [f64::NAN, 1.0, f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY];
        for detector in [Detector::iqr(1.5), Detector::guarded_iqr(1.5), Detector::k_sigma(1.0)].map(Result::unwrap) {
            assert_eq!(detector.detect(&[]), [false; 0]);
            assert_eq!(detector.detect(&[f64::NAN]), [false]);
            assert_eq!(detector.detect(&series), [false; 5]);
        }
    }

    #[test]
    fn only_remove_removes() {
        let strategies = ["remove", "keep", "none", "Remove"].map(Strategy::parse);
        assert_eq!(strategies.map(|strategy| strategy == Strategy::Remove), [true, false, false, false]);
    }
}
