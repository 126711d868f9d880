use super::*;

fn result(classification: Classification, groups: &[&str]) -> AnalysisResult {
    let groups = Some(groups.iter().map(|&group| group.to_owned()).collect());
    AnalysisResult { name: "m".into(), classification, groups, ..AnalysisResult::default() }
}

fn scored(weights: &[(&str, f64)], results: Vec<AnalysisResult>) -> JudgeResult {
    let group_weights = weights.iter().map(|&(name, weight)| (name.to_owned(), weight)).collect();
    let classifier = ClassifierConfig { group_weights, ..ClassifierConfig::default() };
    score(&classifier, &ScoreThresholds { pass: 90.0, marginal: 50.0 }, results).unwrap()
}

fn groups(result: &JudgeResult) -> Vec<(&str, f64)> {
    result.group_scores.iter().map(|group| (group.name.as_str(), group.score)).collect()
}

use Classification::{Error as Failed, High, Low, Nodata, NodataFailMetric, Pass};

#[test]
fn a_group_scores_what_share_of_it_passes() {
    let results = [Pass, High, Low, NodataFailMetric, Nodata, Failed].map(|one| result(one, &["a"]));
    let judged = scored(&[("a", 100.0)], results.into());
    assert_eq!(groups(&judged), [("a", 25.0)]);
    assert_eq!((judged.score.score, judged.score.classification), (25.0, ScoreClassification::Fail));
}

#[test]
fn groups_without_a_weight_share_the_rest() {
    let results = vec![result(Pass, &["a"]), result(High, &["b", "c"]), result(Pass, &["c"])];
    let judged = scored(&[("a", 40.0)], results.clone());
    assert_eq!(groups(&judged), [("a", 100.0), ("b", 0.0), ("c", 50.0)]);
    assert_eq!((judged.score.score, judged.score.classification), (55.0, ScoreClassification::Marginal));
    assert_eq!(scored(&[], results).score.score, 50.0);
}

#[test]
fn weights_are_taken_as_they_are() {
    let results = vec![result(Pass, &["a"]), result(Pass, &["b"])];
    assert_eq!(scored(&[("a", 30.0), ("b", 30.0)], results.clone()).score.score, 60.0);
    assert_eq!(scored(&[("a", 30.0), ("b", 30.0), ("c", 40.0)], results.clone()).score.score, 60.0);
    assert_eq!(scored(&[("a", 150.0)], results.clone()).score.score, 100.0);
    assert_eq!(scored(&[("a", 150.0), ("b", 150.0)], results).score.score, 300.0);
}

#[test]
fn a_group_without_data_does_not_count_against_the_canary() {
    let judged = scored(&[], vec![result(Pass, &["a"]), result(Failed, &["b"])]);
    assert_eq!(groups(&judged), [("a", 100.0), ("b", 0.0)]);
    assert_eq!(judged.score.score, 100.0);
}

#[test]
fn half_of_the_metrics_without_data_fail_the_canary() {
    let judged = scored(&[], vec![result(Pass, &["a"]), result(Nodata, &["a"])]);
    assert_eq!((judged.score.score, judged.score.classification), (0.0, ScoreClassification::Fail));
    assert_eq!(judged.score.classification_reason, "Canary Failed: 50% or more metrics returned NODATA");
    assert_eq!(
        scored(&[], vec![result(Pass, &["a"]), result(Pass, &["a"]), result(Nodata, &["a"])]).score.score,
        100.0
    );
}

#[test]
fn a_critical_metric_that_does_not_pass_fails_the_canary() {
    let critical = |classification, reason: Option<&str>| AnalysisResult {
        critical: true,
        classification_reason: reason.map(str::to_owned),
        ..result(classification, &["a"])
    };
    let reason = |metric| {
        let judged = scored(&[], vec![result(Pass, &["a"]), result(Pass, &["a"]), metric]);
        (judged.score.score, judged.score.classification_reason)
    };
    assert_eq!(reason(critical(High, Some("m is high"))), (0.0, "Canary Failed: m is high".to_owned()));
    assert_eq!(reason(critical(Nodata, None)), (0.0, "Canary Failed: null".to_owned()));
    assert_eq!(reason(critical(Pass, None)), (100.0, String::new()));
}

#[test]
fn muted_metrics_are_listed_and_not_scored() {
    let muted = AnalysisResult { muted: true, groups: None, critical: true, ..result(High, &[]) };
    let judged = scored(&[], vec![muted.clone(), result(Pass, &["a"])]);
    assert_eq!((judged.results.len(), judged.score.score), (2, 100.0));
    let judged = scored(&[("a", 100.0)], vec![muted]);
    assert_eq!((groups(&judged), judged.score.score), (vec![], 0.0));
    assert_eq!(judged.score.classification_reason, "");
}

#[test]
fn metrics_need_groups() {
    let none = AnalysisResult { name: "m".into(), ..AnalysisResult::default() };
    let thresholds = ScoreThresholds { pass: 90.0, marginal: 50.0 };
    assert_eq!(score(&ClassifierConfig::default(), &thresholds, vec![none]), Err(Error::NoGroups("m".into())));
}

#[test]
fn thresholds_are_reached_by_being_equal() {
    let thresholds = ScoreThresholds { pass: 90.0, marginal: 50.0 };
    let classes = [90.0, 89.99, 50.0, 49.99, f64::NAN].map(|score| classify(score, &thresholds));
    use ScoreClassification::{Fail, Marginal, Pass};
    assert_eq!(classes, [Pass, Marginal, Marginal, Fail, Fail]);
}

#[test]
fn scores_are_rounded_by_their_digits() {
    for (value, expected) in [
        (83.33333333333333, 83.33),
        (66.66666666666666, 66.67),
        (1.005, 1.01),
        (0.005, 0.01),
        (-0.005, -0.01),
        (-0.004, 0.0),
        (99.995, 100.0),
        (-1.005, -1.01),
        (49.5, 49.5),
        (1e300, 1e300),
        (1e-300, 0.0),
    ] {
        assert_eq!(rounded(value), expected, "{value}");
    }
    assert!(rounded(f64::NAN).is_nan());
    assert_eq!(rounded(f64::NEG_INFINITY), f64::NEG_INFINITY);
}
