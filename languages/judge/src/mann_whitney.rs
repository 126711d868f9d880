//! By how much an experiment lies above its control: the Mann-Whitney test with a confidence interval.
//!
//! The answer is the shift that, taken from the experiment, makes the two samples rank alike, and an interval around it.
//!
//! ```
//! use gennaker_judge::mann_whitney;
//!
//! let shift = mann_whitney::test(&[10.0, 20.0, 30.0, 40.0], &[1.0, 2.0, 3.0, 4.0], 0.95)?;
//! assert_eq!(shift.confidence_interval.map(f64::round), [6.0, 39.0]);
//! # Ok::<(), mann_whitney::Error>(())
//! ```
//!
//! It is the normal approximation with continuity correction and correction for ties of R's `wilcox.test(x, y, conf.int =
//! TRUE, exact = FALSE)`, its roots found by Brent's method to 1e-4, an absolute number: shifts of series whose values are
//! that small are not resolved. Where the statistic is flat the root is any point of the flat stretch; which one is taken
//! depends on the steps of the search, and these are the original's.
//!
//! Guarantees: an end to every search (at most 1,001 evaluations, each linear in the distinct points, see
//! [`RankStatistic`]), and no panic whatever the values are; a NaN ranks as positive infinity.
//!
//! It is not the exact test for small samples, and it gives no p-value.
//!
//! Sources: upstream's `MannWhitney`, `BrentSolver`; R's `wilcox.test.default` and `zeroin`.

mod brent;
mod normal;
mod ranks;

pub use self::ranks::RankStatistic;

/// The most points that a sample may have: up to here every rank, and every sum of cubes of ties, is exact.
pub const MAX_POINTS: usize = 100_000;

/// Why there is no shift.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Error {
    /// One of the samples has no points.
    #[error("a sample is empty: test only series that have data")]
    Empty,
    /// A sample is longer than [`MAX_POINTS`].
    #[error("a sample has {0} points, more than the {MAX_POINTS} that can be ranked exactly: use a longer step")]
    TooManyPoints(usize),
    /// At some shift that had to be tried all points are equal, so that their ranks say nothing.
    ///
    /// Upstream: `IllegalArgumentException`, which its judge answers with the classification Error.
    #[error("cannot compute a confidence interval where all observations are tied: give more than one point a series")]
    Tied,
    /// The confidence level is not between 0 and 1.
    #[error("the confidence level {0} is not between 0 and 1: 0.98, for example, is")]
    ConfidenceLevel(f64),
}

/// How far the experiment lies above the control, in the unit of their values; negative if it lies below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// The lower and the upper bound.
    pub confidence_interval: [f64; 2],
    /// The Hodges-Lehmann estimate: about the median of all differences between a point of one and a point of the other.
    pub estimate: f64,
}

/// The shift between two samples, with its interval at a confidence level such as 0.95.
///
/// Fails for empty or too long samples, for a level outside 0 to 1 and if all points are tied at a shift that is tried, as
/// happens where both samples have a single point. Source: upstream's `MannWhitney.mannWhitneyUTest`.
pub fn test(experiment: &[f64], control: &[f64], confidence_level: f64) -> Result<Shift, Error> {
    // Not `min` and `max` of a sorted copy: a NaN counts by its place, as it does upstream.
    let between =
        Between { lower: least(experiment)? - greatest(control)?, upper: greatest(experiment)? - least(control)? };
    shift(&mut RankStatistic::new(experiment, control)?, between, confidence_level)
}

/// The standardised rank statistic of the samples, the first lowered by `mu`, less `quantile`.
///
/// Zero where the samples, so shifted, rank alike; falls as `mu` grows. To evaluate it at several places make a
/// [`RankStatistic`] once. Fails as [`test()`] does. Source: upstream's `MannWhitney.wilcoxonDiff`.
pub fn wilcoxon_diff(mu: f64, quantile: f64, experiment: &[f64], control: &[f64]) -> Result<f64, Error> {
    Ok(RankStatistic::new(experiment, control)?.standardised(mu)? - quantile)
}

/// Where a root may lie: between the least and the greatest difference of two points.
pub(crate) struct Between {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
}

/// [`test()`] of what is sorted already.
pub(crate) fn shift(ranks: &mut RankStatistic, between: Between, confidence_level: f64) -> Result<Shift, Error> {
    let Between { lower, upper } = between;
    let quantile = normal::quantile((1.0 - confidence_level) / 2.0).ok_or(Error::ConfidenceLevel(confidence_level))?;
    // The ends are the same for all three roots.
    let (at_lower, at_upper) = (ranks.standardised(lower)?, ranks.standardised(upper)?);
    let mut solve = |quantile: f64| {
        let (at_lower, at_upper) = (at_lower - quantile, at_upper - quantile);
        brent::root((lower, at_lower), (upper, at_upper), |mu| Ok(ranks.standardised(mu)? - quantile))
    };
    let mut bound = |quantile: f64| {
        if at_lower - quantile <= 0.0 {
            Ok(lower)
        } else if at_upper - quantile >= 0.0 {
            Ok(upper)
        } else {
            solve(quantile)
        }
    };
    Ok(Shift { confidence_interval: [bound(-quantile)?, bound(quantile)?], estimate: solve(0.0)? })
}

/// The least value; one that does not compare (NaN) gives way to what comes after it, and takes the place of what came before.
pub(crate) fn least(values: &[f64]) -> Result<f64, Error> {
    values.iter().copied().reduce(|least, value| if least <= value { least } else { value }).ok_or(Error::Empty)
}

/// The greatest value; NaN as in [`least`].
pub(crate) fn greatest(values: &[f64]) -> Result<f64, Error> {
    values.iter().copied().reduce(|most, value| if most >= value { most } else { value }).ok_or(Error::Empty)
}

#[cfg(test)]
mod tests;
