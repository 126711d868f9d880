//! Whether an experiment is like its control, higher or lower: the classification of one metric.
//!
//! ```
//! use gennaker_judge::{Classification, classify, effect_size::Measure, noise::Noise, settings::Comparison};
//!
//! let (control, experiment) = ([1.0, 2.0, 3.0, 2.0, 1.0], [11.0, 12.0, 13.0, 12.0, 11.0]);
//! let comparison = Comparison::by(Measure::MeanRatio);
//! let verdict = classify::classify("errors", &control, &experiment, &comparison, &mut Noise::default())?;
//! assert_eq!(verdict.classification, Classification::High);
//! assert_eq!(verdict.reason.as_deref(), Some("errors was classified as High"));
//! # Ok::<(), gennaker_judge::mann_whitney::Error>(())
//! ```
//!
//! A metric is high if the whole confidence interval of the shift lies above a tolerance, a fraction of the estimated
//! shift, and its effect size reaches the threshold. An effect size that cannot be computed reaches every threshold.
//!
//! Guarantees: no panic whatever the values are; the same verdict for the same noise.
//!
//! It leaves out no gaps and no outliers ([`crate::missing`], [`crate::outliers`]); it only asks what to make of no data.
//!
//! Source: upstream's `MannWhitneyClassifier`. Its other classifiers (`MeanInequalityClassifier`, `RandomClassifier`) are
//! used by none of its judges and not here.

use crate::{
    effect_size::{Measure, ratio},
    mann_whitney::{self, Between, RankStatistic, Shift, greatest, least},
    missing,
    noise::Noise,
    result::Classification,
    settings::{Comparison, Direction},
    statistics,
};

/// By what fraction of its value a constant series is blurred.
const BLUR: f64 = 1e-5;

/// What a metric was found to be. Source: upstream's `MetricClassification`.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How the experiment compares to the control.
    pub classification: Classification,
    /// Why, for the user; always there unless the metric passes.
    pub reason: Option<String>,
    /// The experiment's mean as a multiple of the control's: NaN if one is zero, 1 if the two were not compared.
    pub deviation: f64,
    /// Whether it fails the canary.
    pub critical: bool,
}

/// Compares a metric's experiment to its control.
///
/// If each of the two holds one value again and again, both are blurred by `noise`, the experiment first.
/// Fails as [`mann_whitney::test`] does, which upstream's judge calls an Error of the metric.
/// Source: upstream's `MannWhitneyClassifier.classify`.
pub fn classify(
    name: &str,
    control: &[f64],
    experiment: &[f64],
    comparison: &Comparison,
    noise: &mut Noise,
) -> Result<Verdict, mann_whitney::Error> {
    if control.is_empty() || experiment.is_empty() {
        return Ok(without_data(name, comparison));
    }
    let sorted = (ascending(control), ascending(experiment));
    if sorted.0 == sorted.1 {
        let reason = "The Canary and Baseline data are identical".to_owned();
        return Ok(Verdict { reason: Some(reason), ..Verdict::PASS });
    }
    let measured = if is_constant(control) && is_constant(experiment) {
        if control.first() == experiment.first() {
            return Ok(Verdict::PASS);
        }
        let experiment = blurred(experiment, noise);
        let control = blurred(control, noise);
        measure(&control, &experiment, (ascending(&control), ascending(&experiment)), comparison)?
    } else {
        measure(control, experiment, sorted, comparison)?
    };
    Ok(verdict(name, &measured, comparison))
}

impl Verdict {
    /// That of series which were not compared.
    const PASS: Verdict =
        Verdict { classification: Classification::Pass, reason: None, deviation: 1.0, critical: false };
}

fn without_data(name: &str, comparison: &Comparison) -> Verdict {
    if comparison.missing == missing::Strategy::Replace {
        return Verdict::PASS;
    }
    let fails_metric = comparison.must_have_data && !comparison.critical;
    let classification = if fails_metric { Classification::NodataFailMetric } else { Classification::Nodata };
    let reason = Some(format!("Missing data for {name}"));
    Verdict { classification, reason, critical: comparison.critical, ..Verdict::PASS }
}

/// What a verdict is made from.
struct Measured {
    shift: Shift,
    deviation: f64,
    effect: f64,
}

fn measure(
    control: &[f64],
    experiment: &[f64],
    sorted: (Vec<f64>, Vec<f64>),
    comparison: &Comparison,
) -> Result<Measured, mann_whitney::Error> {
    let between =
        Between { lower: least(experiment)? - greatest(control)?, upper: greatest(experiment)? - least(control)? };
    let mut ranks = RankStatistic::of_sorted(&sorted.1, &sorted.0)?;
    let shift = mann_whitney::shift(&mut ranks, between, comparison.confidence_level)?;
    let deviation = ratio(statistics::mean(control), statistics::mean(experiment));
    let effect = match comparison.measure {
        Measure::MeanRatio => deviation,
        Measure::Cles => ranks.share_greater(),
    };
    Ok(Measured { shift, deviation, effect })
}

fn verdict(name: &str, measured: &Measured, comparison: &Comparison) -> Verdict {
    let Measured { shift, deviation, effect } = *measured;
    let tolerated = comparison.tolerance * shift.estimate.abs();
    let reaches = |threshold: f64| effect.is_nan() || effect >= threshold;
    let falls_to = |threshold: f64| effect.is_nan() || effect <= threshold;
    let [lower, upper] = shift.confidence_interval;
    let (classification, beyond) = if comparison.direction != Direction::Decrease
        && lower > tolerated
        && reaches(comparison.allowed.increase)
    {
        (Classification::High, reaches(comparison.critical_from.increase))
    } else if comparison.direction != Direction::Increase && upper < -tolerated && falls_to(comparison.allowed.decrease)
    {
        (Classification::Low, falls_to(comparison.critical_from.decrease))
    } else {
        return Verdict { deviation, ..Verdict::PASS };
    };
    let critical = comparison.critical && beyond;
    let reason = if critical {
        format!("The metric {name} was classified as {classification} (Critical)")
    } else {
        format!("{name} was classified as {classification}")
    };
    Verdict { classification, reason: Some(reason), deviation, critical }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    // What a NaN ranks as; the judge has none here unless infinity was blurred.
    sorted.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = f64::INFINITY);
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// Whether all values are equal; a NaN equals nothing.
fn is_constant(values: &[f64]) -> bool {
    values.iter().skip(1).all(|value| Some(value) == values.first())
}

/// A constant series with noise in proportion to its value. Source: upstream's `MannWhitneyClassifier.addGaussianNoise`.
fn blurred(values: &[f64], noise: &mut Noise) -> Vec<f64> {
    noise.added_to(values, values.first().map_or(0.0, |value| value * BLUR))
}

#[cfg(test)]
mod tests;
