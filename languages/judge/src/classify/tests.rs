use super::*;
use crate::settings::EffectThresholds;

const CONTROL: [f64; 5] = [1.0, 2.0, 3.0, 2.5, 1.5];
const HIGH: [f64; 5] = [11.0, 12.0, 13.0, 12.5, 11.5];

fn compare(control: &[f64], experiment: &[f64], comparison: Comparison) -> Verdict {
    classify("m", control, experiment, &comparison, &mut Noise::default()).unwrap()
}

fn by_ratio() -> Comparison {
    Comparison::by(Measure::MeanRatio)
}

#[test]
fn higher_and_lower_are_told_apart() {
    let high = compare(&CONTROL, &HIGH, by_ratio());
    assert_eq!((high.classification, high.deviation), (Classification::High, 6.0));
    assert_eq!(high.reason.as_deref(), Some("m was classified as High"));
    let low = compare(&HIGH, &CONTROL, by_ratio());
    assert_eq!((low.classification, low.critical), (Classification::Low, false));
    assert_eq!(low.reason.as_deref(), Some("m was classified as Low"));
}

#[test]
fn only_the_direction_that_was_asked_for_counts() {
    let only = |direction| Comparison { direction, ..by_ratio() };
    let passes = Verdict { deviation: 6.0, ..Verdict::PASS };
    assert_eq!(compare(&CONTROL, &HIGH, only(Direction::Decrease)), passes);
    assert_eq!(compare(&HIGH, &CONTROL, only(Direction::Increase)).classification, Classification::Pass);
    assert_eq!(compare(&CONTROL, &HIGH, only(Direction::Increase)).classification, Classification::High);
    assert_eq!(compare(&HIGH, &CONTROL, only(Direction::Decrease)).classification, Classification::Low);
}

#[test]
fn an_effect_must_reach_its_threshold() {
    let allowed = |decrease, increase| Comparison { allowed: EffectThresholds { decrease, increase }, ..by_ratio() };
    assert_eq!(compare(&CONTROL, &HIGH, allowed(1.0, 6.1)).classification, Classification::Pass);
    assert_eq!(compare(&CONTROL, &HIGH, allowed(1.0, 6.0)).classification, Classification::High);
    assert_eq!(compare(&HIGH, &CONTROL, allowed(0.1, 1.0)).classification, Classification::Pass);
    let by_share = |increase| Comparison {
        allowed: EffectThresholds { decrease: 0.5, increase },
        ..Comparison::by(Measure::Cles)
    };
    assert_eq!(compare(&CONTROL, &HIGH, by_share(1.0)).classification, Classification::High);
    assert_eq!(compare(&CONTROL, &HIGH, by_share(1.1)).classification, Classification::Pass);
}

#[test]
fn an_effect_that_cannot_be_computed_reaches_every_threshold() {
    let zero = [0.0; 5];
    let far = EffectThresholds { decrease: -1e9, increase: 1e9 };
    let comparison = Comparison { allowed: far, critical_from: far, critical: true, ..by_ratio() };
    let verdict = compare(&zero, &HIGH, comparison);
    assert!(verdict.deviation.is_nan());
    assert_eq!((verdict.classification, verdict.critical), (Classification::High, true));
}

#[test]
fn critical_metrics_fail_the_canary_beyond_their_own_threshold() {
    let critical = |increase| Comparison {
        critical: true,
        critical_from: EffectThresholds { decrease: 1.0, increase },
        ..by_ratio()
    };
    let verdict = compare(&CONTROL, &HIGH, critical(2.0));
    assert!(verdict.critical);
    assert_eq!(verdict.reason.as_deref(), Some("The metric m was classified as High (Critical)"));
    let verdict = compare(&CONTROL, &HIGH, critical(7.0));
    assert!(!verdict.critical);
    assert_eq!(verdict.reason.as_deref(), Some("m was classified as High"));
}

#[test]
fn no_data_is_what_the_settings_say() {
    let of = |missing, critical, must_have_data| {
        let verdict = compare(&CONTROL, &[], Comparison { missing, critical, must_have_data, ..by_ratio() });
        (verdict.classification, verdict.critical, verdict.reason)
    };
    let reason = Some("Missing data for m".to_owned());
    let (remove, replace) = (missing::Strategy::Remove, missing::Strategy::Replace);
    assert_eq!(of(remove, false, false), (Classification::Nodata, false, reason.clone()));
    assert_eq!(of(remove, true, false), (Classification::Nodata, true, reason.clone()));
    assert_eq!(of(remove, false, true), (Classification::NodataFailMetric, false, reason.clone()));
    assert_eq!(of(remove, true, true), (Classification::Nodata, true, reason));
    assert_eq!(of(replace, true, true), (Classification::Pass, false, None));
}

#[test]
fn what_is_the_same_passes() {
    let identical = compare(&[2.0, 1.0, -0.0], &[0.0, 1.0, 2.0], by_ratio());
    assert_eq!(identical.reason.as_deref(), Some("The Canary and Baseline data are identical"));
    assert_eq!(compare(&[1.0; 3], &[1.0; 2], by_ratio()), Verdict::PASS);
}

#[test]
fn constant_series_are_blurred_repeatably() {
    let first = compare(&[1.0; 5], &[10.0; 5], by_ratio());
    assert_eq!(first, compare(&[1.0; 5], &[10.0; 5], by_ratio()));
    assert_eq!(first.classification, Classification::High);
    assert!(first.deviation != 10.0 && (first.deviation - 10.0).abs() < 1e-3, "{}", first.deviation);
}

#[test]
fn two_single_points_cannot_be_compared() {
    let result = classify("m", &[1.0], &[2.0], &by_ratio(), &mut Noise::default());
    assert_eq!(result, Err(mann_whitney::Error::Tied));
}

#[test]
fn infinite_values_do_not_panic() {
    let (infinite, negative) = (f64::INFINITY, f64::NEG_INFINITY);
    for experiment in
        [vec![infinite; 3], vec![negative; 3], vec![infinite, negative, 1.0], vec![f64::MAX; 2], vec![infinite]]
    {
        for control in [vec![infinite; 2], vec![1.0; 2], vec![negative, 1.0], vec![f64::MIN, 0.0]] {
            let _ = classify("m", &control, &experiment, &by_ratio(), &mut Noise::default());
        }
    }
}
