//! How large the difference between an experiment and its control is, apart from whether it is one.
//!
//! ```
//! use gennaker_judge::effect_size::{cles, mean_ratio};
//!
//! let (control, experiment) = ([1.0, 2.0], [10.0, 20.0]);
//! assert_eq!(mean_ratio(&control, &experiment), 10.0);
//! assert_eq!(cles(&control, &experiment), 1.0);
//! ```
//!
//! Guarantees: no panic; what cannot be computed is NaN, which a judgement takes as large enough.
//!
//! Source: upstream's `EffectSizes`.

use crate::{mann_whitney::RankStatistic, statistics, statistics::Summary};

/// Which effect size the thresholds of a metric are about; `meanRatio` and `cles` in JSON.
///
/// Source: upstream's `MannWhitneyClassifier.calculateEffectSize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Measure {
    /// [`mean_ratio`]: 1 is no difference.
    #[default]
    MeanRatio,
    /// [`cles`]: 0.5 is no difference.
    Cles,
}

impl Measure {
    /// The measure of that name; [`Measure::MeanRatio`] for any name but `cles`.
    pub fn parse(name: &str) -> Self {
        if name == "cles" { Measure::Cles } else { Measure::MeanRatio }
    }

    /// Its value if there is no difference, which is also the default of every threshold.
    pub fn neutral(self) -> f64 {
        match self {
            Measure::MeanRatio => 1.0,
            Measure::Cles => 0.5,
        }
    }
}

/// The experiment's mean as a multiple of the control's; NaN if one of them is zero or has no values.
pub fn mean_ratio(control: &[f64], experiment: &[f64]) -> f64 {
    ratio(statistics::mean(control), statistics::mean(experiment))
}

/// [`mean_ratio`] of means that are known; 0 stands for a series without values too.
pub(crate) fn ratio(control: f64, experiment: f64) -> f64 {
    if control == 0.0 || experiment == 0.0 { f64::NAN } else { experiment / control }
}

/// The common language effect size: the share, 0 to 1, of pairs in which the experiment is greater, ties counted half.
///
/// NaN if one is empty or longer than [`crate::mann_whitney::MAX_POINTS`]. Source: `EffectSizes.cles`; A. Vargha and H. D.
/// Delaney, A Critique and Improvement of the CL Common Language Effect Size Statistics of McGraw and Wong, 2000.
pub fn cles(control: &[f64], experiment: &[f64]) -> f64 {
    RankStatistic::new(experiment, control).map_or(f64::NAN, |mut ranks| ranks.share_greater())
}

/// Cohen's d: how many pooled standard deviations the means lie apart, never negative; NaN for two single points.
///
/// No threshold of a metric is about it. Source: `EffectSizes.cohenD`.
pub fn cohen_d(control: &Summary, experiment: &Summary) -> f64 {
    let weighted = |summary: &Summary| (summary.count as f64 - 1.0) * (summary.std * summary.std);
    let freedom = control.count as f64 + experiment.count as f64 - 2.0;
    let pooled = ((weighted(experiment) + weighted(control)) / freedom).sqrt();
    (experiment.mean - control.mean).abs() / pooled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_of_zero_has_no_ratio() {
        assert!(mean_ratio(&[0.0], &[1.0]).is_nan());
        assert!(mean_ratio(&[1.0], &[-1.0, 1.0]).is_nan());
        assert!(mean_ratio(&[], &[1.0]).is_nan());
        assert_eq!(mean_ratio(&[1.0, 2.0], &[-1.0, -2.0]), -1.0);
    }

    #[test]
    fn shares_count_ties_half() {
        assert_eq!(cles(&[1.0], &[1.0]), 0.5);
        assert_eq!(cles(&[1.0, 2.0, 2.0], &[1.0, 1.0, 2.0]), 3.0 / 9.0);
        assert_eq!(cles(&[1.0, 2.0], &[-1.0, -2.0]), 0.0);
        assert!(cles(&[], &[1.0]).is_nan());
    }

    #[test]
    fn means_are_measured_in_deviations() {
        let d = |control: &[f64], experiment: &[f64]| cohen_d(&Summary::of(control), &Summary::of(experiment));
        assert_eq!(d(&[0.0, 0.0], &[1.0, 2.0]), 3.0);
        assert!(d(&[1.0], &[1.0]).is_nan());
    }

    #[test]
    fn only_cles_is_not_the_ratio() {
        let measures = ["cles", "meanRatio", "cohenD", "CLES", ""].map(Measure::parse);
        let neutral = measures.map(Measure::neutral);
        assert_eq!(neutral, [0.5, 1.0, 1.0, 1.0, 1.0]);
    }
}
