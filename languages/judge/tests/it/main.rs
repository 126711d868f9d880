//! Properties of judgements: what must hold for every pair of series.

use gennaker_judge::{
    CanaryConfig, Classification, ClassifierConfig, MetricConfig, MetricSetPair, ScoreThresholds, classify,
    effect_size,
    effect_size::Measure,
    judge, mann_whitney, missing,
    noise::Noise,
    outliers::Detector,
    settings::{Comparison, Direction, EffectThresholds},
    statistics::{self, Summary},
};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};

/// What metrics look like: smooth ones, counts, and rounded ones with ties.
fn series(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    let length = length.into();
    prop_oneof![
        vec(-100.0..100.0_f64, length.clone()),
        vec((0..6_i32).prop_map(f64::from), length.clone()),
        vec((9_900..10_100_i32).prop_map(|cents| f64::from(cents) / 100.0), length),
    ]
}

/// Whatever a double can be.
fn odd_value() -> impl Strategy<Value = f64> {
    let special = vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        2.0,
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        5e-324,
        1e17,
        1e-300,
    ];
    prop_oneof![3 => prop::sample::select(special), 1 => any::<f64>()]
}

fn odd_series() -> impl Strategy<Value = Vec<f64>> {
    vec(odd_value(), 0..12)
}

fn mixed() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![odd_series(), series(0..20)]
}

/// The rank statistic read plainly, over all pairs.
fn naive_statistic(mu: f64, experiment: &[f64], control: &[f64]) -> Option<f64> {
    let number = |value: f64| if value.is_nan() { f64::INFINITY } else { value };
    let shifted: Vec<f64> = experiment.iter().map(|value| number(number(*value) - mu)).collect();
    let control: Vec<f64> = control.iter().map(|value| number(*value)).collect();
    let wins = |one: &f64| control.iter().map(|other| one.total_cmp(other) as i32 + 1).sum::<i32>();
    let (n, m) = (shifted.len() as f64, control.len() as f64);
    let excess = f64::from(shifted.iter().map(wins).sum::<i32>()) / 2.0 - n * m / 2.0;
    let mut all = [shifted, control].concat();
    all.sort_by(f64::total_cmp);
    let groups = all.chunk_by(|this, next| this.total_cmp(next).is_eq()).map(|group| group.len() as f64);
    let ties: f64 = groups.map(|size| size.powi(3) - size).sum();
    let deviation = ((n * m / 12.0) * ((n + m + 1.0) - ties / ((n + m) * (n + m - 1.0)))).sqrt();
    let correction = if excess == 0.0 { 0.0 } else { 0.5 * excess.signum() };
    (deviation != 0.0).then(|| (excess - correction) / deviation)
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    let direction = prop::sample::select(vec![Direction::Either, Direction::Increase, Direction::Decrease]);
    let missing = prop::sample::select(vec![missing::Strategy::Remove, missing::Strategy::Replace]);
    let measure = prop::sample::select(vec![Measure::MeanRatio, Measure::Cles]);
    let thresholds =
        || (0.0..1.5_f64, 0.5..2.0_f64).prop_map(|(decrease, increase)| EffectThresholds { decrease, increase });
    (direction, missing, measure, any::<(bool, bool)>(), thresholds(), thresholds()).prop_map(
        |(direction, missing, measure, (critical, must_have_data), allowed, critical_from)| Comparison {
            direction,
            missing,
            critical,
            must_have_data,
            allowed,
            critical_from,
            ..Comparison::by(measure)
        },
    )
}

/// Settings of a metric, most of them sensible.
fn any_settings() -> impl Strategy<Value = Value> {
    let value = prop::sample::select(vec![
        json!("increase"),
        json!("decrease"),
        json!("remove"),
        json!("replace"),
        json!("cles"),
        json!(true),
        json!(false),
        json!(1),
        json!(0.5),
        json!(-1.0),
        json!(null),
        json!([1]),
        json!({"measure": "cles"}),
    ]);
    let key = |keys: &'static [&'static str]| prop::sample::select(keys).prop_map(str::to_owned);
    let nested = vec(
        (
            key(&["measure", "allowedIncrease", "allowedDecrease", "criticalIncrease", "strategy", "outlierFactor"]),
            value.clone(),
        ),
        0..4,
    );
    let top = vec((key(&["direction", "nanStrategy", "critical", "mustHaveData", "muted"]), value), 0..4);
    (top, option::of(nested.clone()), option::of(nested)).prop_map(|(top, effect, outliers)| {
        let mut settings: Map<String, Value> = top.into_iter().collect();
        let nested = [("effectSize", effect), ("outliers", outliers)];
        settings.extend(
            nested
                .into_iter()
                .filter_map(|(name, fields)| Some((name.to_owned(), Value::Object(fields?.into_iter().collect())))),
        );
        Value::Object(settings)
    })
}

fn pair(name: String, control: Vec<f64>, experiment: Vec<f64>) -> MetricSetPair {
    let values = [("control".to_owned(), control), ("experiment".to_owned(), experiment)].into();
    MetricSetPair { name, values, ..MetricSetPair::default() }
}

const THRESHOLDS: ScoreThresholds = ScoreThresholds { pass: 95.0, marginal: 75.0 };

proptest! {
    #[test]
    fn the_fast_rank_statistic_is_the_plain_one(
        experiment in series(1..80), control in series(1..80), mu in prop_oneof![-5.0..5.0_f64, (-5..5).prop_map(f64::from)],
    ) {
        let fast = mann_whitney::wilcoxon_diff(mu, 0.0, &experiment, &control).ok();
        prop_assert_eq!(fast, naive_statistic(mu, &experiment, &control));
    }

    #[test]
    fn it_is_for_odd_values_too(
        experiment in vec(odd_value(), 1..12), control in vec(odd_value(), 1..12), mu in odd_value(),
    ) {
        let fast = mann_whitney::wilcoxon_diff(mu, 0.0, &experiment, &control).ok();
        prop_assert_eq!(fast, naive_statistic(mu, &experiment, &control));
    }

    #[test]
    fn the_statistic_falls_as_the_shift_grows(
        experiment in vec(-100.0..100.0_f64, 2..40), control in vec(-100.0..100.0_f64, 2..40),
        (low, more) in (-50.0..50.0_f64, 0.0..50.0_f64),
    ) {
        let mut ranks = mann_whitney::RankStatistic::new(&experiment, &control).unwrap();
        prop_assert!(ranks.standardised(low).unwrap() >= ranks.standardised(low + more).unwrap());
    }

    #[test]
    fn the_estimate_lies_in_its_interval(experiment in series(5..60), control in series(5..60)) {
        let Ok(shift) = mann_whitney::test(&experiment, &control, 0.98) else { return Ok(()) };
        let [lower, upper] = shift.confidence_interval;
        prop_assert!(lower <= shift.estimate + 1e-3 && shift.estimate <= upper + 1e-3, "{:?}", shift);
    }

    #[test]
    fn swapping_the_samples_mirrors_the_statistic(experiment in series(1..40), control in series(1..40)) {
        let swapped = mann_whitney::wilcoxon_diff(0.0, 0.0, &control, &experiment).ok().map(|value| -value);
        // So that zero is zero whatever its sign.
        let plus_zero = |value: Option<f64>| value.map(|value| value + 0.0);
        let statistic = mann_whitney::wilcoxon_diff(0.0, 0.0, &experiment, &control).ok();
        prop_assert_eq!(plus_zero(statistic), plus_zero(swapped));
        let both = effect_size::cles(&control, &experiment) + effect_size::cles(&experiment, &control);
        prop_assert!((both - 1.0).abs() < 1e-12);
        let d = |one: &[f64], other: &[f64]| effect_size::cohen_d(&Summary::of(one), &Summary::of(other));
        prop_assert_eq!(d(&control, &experiment).to_bits(), d(&experiment, &control).to_bits());
    }

    #[test]
    fn swapping_the_samples_mirrors_the_interval(
        experiment in vec(-100.0..100.0_f64, 8..40), control in vec(-100.0..100.0_f64, 8..40),
    ) {
        let shift = mann_whitney::test(&experiment, &control, 0.98).unwrap();
        let mirrored = mann_whitney::test(&control, &experiment, 0.98).unwrap();
        for (bound, other) in [(0, 1), (1, 0)] {
            let difference = shift.confidence_interval[bound] + mirrored.confidence_interval[other];
            prop_assert!(difference.abs() < 1e-3, "{:?} {:?}", shift, mirrored);
        }
    }

    #[test]
    fn shifting_the_experiment_shifts_the_interval(
        experiment in vec(-100.0..100.0_f64, 8..40), control in vec(-100.0..100.0_f64, 8..40), by in -50.0..50.0_f64,
    ) {
        let shift = mann_whitney::test(&experiment, &control, 0.98).unwrap();
        let moved: Vec<f64> = experiment.iter().map(|value| value + by).collect();
        let moved = mann_whitney::test(&moved, &control, 0.98).unwrap();
        for (before, after) in shift.confidence_interval.into_iter().zip(moved.confidence_interval) {
            prop_assert!((after - before - by).abs() < 1e-3, "{:?} {:?}", shift, moved);
        }
    }

    #[test]
    fn no_values_panic(
        control in odd_series(), experiment in odd_series(), comparison in any_comparison(), seed in any::<i64>(),
        level in odd_value(), percent in odd_value(), factor in odd_value(),
    ) {
        let verdict = |seed| classify::classify("m", &control, &experiment, &comparison, &mut Noise::seeded(seed));
        let outcome = |seed| verdict(seed).map(|verdict| (verdict.classification, verdict.deviation.to_bits()));
        prop_assert_eq!(outcome(seed), outcome(seed));
        let _ = mann_whitney::test(&experiment, &control, level);
        let _ = (effect_size::cles(&control, &experiment), statistics::percentile(&control, percent));
        for detector in [Detector::iqr(factor), Detector::guarded_iqr(factor), Detector::k_sigma(factor)] {
            prop_assert_eq!(detector.is_ok(), factor > 0.0);
            let Ok(detector) = detector else { continue };
            let mask = detector.detect(&control);
            prop_assert_eq!(mask.len(), control.len());
            prop_assert!(mask.iter().zip(&control).all(|(outlier, value)| !(*outlier && value.is_nan())));
            prop_assert_eq!(detector.remove(&control).len(), mask.iter().filter(|outlier| !**outlier).count());
        }
    }

    #[test]
    fn larger_factors_find_fewer_outliers(values in series(0..60), factor in 0.1..5.0_f64, more in 0.0..5.0_f64) {
        for make in [Detector::iqr, Detector::guarded_iqr, Detector::k_sigma] {
            let (narrow, wide) = (make(factor).unwrap().detect(&values), make(factor + more).unwrap().detect(&values));
            prop_assert!(narrow.iter().zip(&wide).all(|(narrow, wide)| *narrow || !wide));
        }
        let (plain, guarded) = (Detector::iqr(factor).unwrap(), Detector::guarded_iqr(factor).unwrap());
        let masks = (plain.detect(&values), guarded.detect(&values));
        prop_assert!(masks.0.iter().zip(&masks.1).all(|(plain, guarded)| *plain || !guarded));
    }

    #[test]
    fn percentiles_ascend_between_the_extremes(values in series(1..60), low in 0.1..100.0_f64, high in 0.1..100.0_f64) {
        let (low, high) = (low.min(high), low.max(high));
        let (lower, upper) = (statistics::percentile(&values, low), statistics::percentile(&values, high));
        let Summary { min, max, mean, .. } = Summary::of(&values);
        prop_assert!(min <= lower && lower <= upper && upper <= max && min - 1e-9 <= mean && mean <= max + 1e-9);
    }

    #[test]
    fn what_counts_in_one_direction_counts_in_either(control in series(5..40), experiment in series(5..40)) {
        let found = |direction| {
            let comparison = Comparison { direction, ..Comparison::by(Measure::Cles) };
            let verdict = classify::classify("m", &control, &experiment, &comparison, &mut Noise::default());
            verdict.map(|verdict| verdict.classification)
        };
        let expected = match (found(Direction::Increase), found(Direction::Decrease)) {
            (Ok(Classification::Pass), low) => low,
            (high, _) => high,
        };
        prop_assert_eq!(found(Direction::Either), expected);
    }

    #[test]
    fn a_judgement_scores_0_to_100_and_is_read_back(
        metrics in vec((any_settings(), mixed(), mixed(), vec(0..4_usize, 0..3)), 0..8),
        first_weight in option::of(0.0..100.0_f64),
    ) {
        let mut config = CanaryConfig { classifier: Some(ClassifierConfig::default()), ..CanaryConfig::default() };
        let mut pairs = Vec::new();
        for (index, (canary, control, experiment, groups)) in metrics.into_iter().enumerate() {
            let name = format!("m{index}");
            let groups = Some(groups.iter().map(|group| format!("g{group}")).collect());
            let analysis_configurations = [("canary".to_owned(), canary.as_object().cloned())].into();
            config.metrics.push(MetricConfig { name: name.clone(), groups, analysis_configurations, ..Default::default() });
            pairs.push(pair(name, control, experiment));
        }
        if let (Some(weight), Some(classifier)) = (first_weight, &mut config.classifier) {
            classifier.group_weights.insert("g0".into(), weight);
        }
        let Ok(result) = judge(&config, &THRESHOLDS, &pairs) else { return Ok(()) };
        prop_assert!((0.0..=100.0).contains(&result.score.score), "{:?}", result.score);
        prop_assert!(result.group_scores.iter().all(|group| (0.0..=100.0).contains(&group.score)));
        prop_assert_eq!(result.results.len(), pairs.len());
        // Values of JSON, not texts: reading a text may change a number's last digit.
        let json = serde_json::to_value(&result).unwrap();
        let read: gennaker_judge::JudgeResult = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(read).unwrap(), json);
        let json = serde_json::to_value(&pairs).unwrap();
        let read: Vec<MetricSetPair> = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(read).unwrap(), json);
    }
}
