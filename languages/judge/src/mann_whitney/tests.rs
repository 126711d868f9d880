use super::*;

const NAN: f64 = f64::NAN;
const INFINITY: f64 = f64::INFINITY;

/// The rule read plainly: rank all points anew.
fn naive(mu: f64, experiment: &[f64], control: &[f64]) -> ranks::Counts {
    let numbers = |value: f64| if value.is_nan() { INFINITY } else { value };
    let experiment: Vec<f64> = experiment.iter().map(|value| numbers(numbers(*value) - mu)).collect();
    let control: Vec<f64> = control.iter().map(|value| numbers(*value)).collect();
    let twice_wins =
        experiment.iter().flat_map(|one| control.iter().map(|other| one.total_cmp(other) as i64 + 1)).sum::<i64>()
            as u64;
    let mut all = [experiment, control].concat();
    all.sort_by(f64::total_cmp);
    let ties = all.chunk_by(|a, b| a.total_cmp(b).is_eq()).map(|group| (group.len().pow(3) - group.len()) as u64).sum();
    ranks::Counts { twice_wins, ties }
}

#[track_caller]
fn assert_counts(mu: f64, experiment: &[f64], control: &[f64]) {
    let counts = RankStatistic::new(experiment, control).unwrap().counts(mu);
    assert_eq!(counts, naive(mu, experiment, control), "{mu} {experiment:?} {control:?}");
}

#[test]
fn ties_within_and_between_samples_count() {
    assert_counts(0.0, &[1.0], &[1.0]);
    assert_counts(1.0, &[1.0, 2.0, 2.0, 3.0], &[0.0, 1.0, 1.0, 1.0, 2.0, 5.0]);
    assert_counts(0.5, &[1.5, 1.5, 1.0], &[1.0, 1.0, 0.5, 7.0]);
    assert_counts(-3.0, &[1.0; 9], &[4.0; 7]);
}

#[test]
fn values_that_a_shift_makes_equal_are_tied() {
    assert_counts(1e17, &[1.0, 2.0, 3.0, 1e17], &[-1e17, 0.0, 5.0]);
    assert_counts(INFINITY, &[1.0, INFINITY, f64::NEG_INFINITY], &[1.0, 2.0]);
    assert_counts(NAN, &[1.0, 2.0], &[1.0, INFINITY]);
}

#[test]
fn odd_values_have_a_rank() {
    assert_counts(0.0, &[-0.0, 0.0, NAN, -NAN, INFINITY], &[0.0, -0.0, NAN, f64::NEG_INFINITY, f64::MAX]);
    assert_counts(f64::MIN, &[f64::MAX, f64::MIN, 5e-324], &[f64::MAX, INFINITY, 0.0]);
}

#[test]
fn intervals_are_those_of_the_original() {
    let shift = test(&[10.0, 20.0, 30.0, 40.0], &[1.0, 2.0, 3.0, 4.0], 0.95).unwrap();
    assert!((shift.confidence_interval[0] - 6.0).abs() < 1e-3, "{shift:?}");
    assert!((shift.confidence_interval[1] - 39.0).abs() < 1e-3, "{shift:?}");
    assert!((shift.estimate - 22.5).abs() < 1e-3, "{shift:?}");
}

#[test]
fn what_cannot_be_tested_is_refused() {
    assert_eq!(test(&[], &[1.0], 0.95), Err(Error::Empty));
    assert_eq!(test(&[1.0], &[], 0.95), Err(Error::Empty));
    assert_eq!(test(&[2.0], &[1.0], 0.95), Err(Error::Tied));
    assert_eq!(test(&[2.0; 3], &[1.0; 4], 0.95), Err(Error::Tied));
    assert_eq!(test(&[2.0, 3.0], &[1.0, 2.0], 1.5), Err(Error::ConfidenceLevel(1.5)));
    assert!(matches!(test(&[2.0, 3.0], &[1.0, 2.0], NAN), Err(Error::ConfidenceLevel(_))));
    assert_eq!(test(&vec![0.0; MAX_POINTS + 1], &[1.0], 0.95), Err(Error::TooManyPoints(MAX_POINTS + 1)));
    assert_eq!(wilcoxon_diff(1.0, 0.0, &[2.0; 3], &[1.0; 3]), Err(Error::Tied));
}

#[test]
fn the_quantile_is_taken_off() {
    let (experiment, control) = ([1.0, 4.0, 2.0], [0.0, 3.0]);
    let plain = wilcoxon_diff(0.5, 0.0, &experiment, &control).unwrap();
    assert_eq!(wilcoxon_diff(0.5, 1.5, &experiment, &control), Ok(plain - 1.5));
}
