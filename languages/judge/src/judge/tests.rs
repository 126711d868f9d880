use serde::Deserialize;
use serde_json::{Value, json};

use super::*;

fn config(canary: Value) -> CanaryConfig {
    CanaryConfig::deserialize(json!({
        "metrics": [
            {"name": "m", "groups": ["g"], "analysisConfigurations": {"canary": canary}},
            {"name": "m", "groups": ["second of its name"]},
        ],
        "classifier": {"groupWeights": {}},
    }))
    .unwrap()
}

fn pair(control: Value, experiment: Value) -> MetricSetPair {
    let values = json!({"control": control, "experiment": experiment});
    MetricSetPair::deserialize(json!({"name": "m", "id": "i", "tags": {"zone": "a"}, "values": values})).unwrap()
}

fn judged(config: &CanaryConfig, pair: MetricSetPair) -> Result<JudgeResult, Error> {
    judge(config, &ScoreThresholds { pass: 95.0, marginal: 75.0 }, &[pair])
}

#[test]
fn a_judgement_has_everything_that_clients_show() {
    let result =
        judged(&config(json!({"critical": true})), pair(json!([1, 2, 3, 2, 1.5]), json!([11, 12, 13, 12, 11.5])));
    let stats = |mean, max, min, std| json!({"stats": {"count": 5, "mean": mean, "max": max, "min": min, "std": std}});
    let expected = json!({
        "judgeName": "NetflixACAJudge-v1.0",
        "results": [{
            "name": "m", "id": "i", "tags": {"zone": "a"}, "groups": ["g"], "classification": "High",
            "classificationReason": "The metric m was classified as High (Critical)", "critical": true, "muted": false,
            "controlMetadata": stats(1.9, 3.0, 1.0, 0.7416198487095663),
            "experimentMetadata": stats(11.9, 13.0, 11.0, 0.7416198487095662),
            "resultMetadata": {"ratio": 6.2631578947368425},
        }],
        "groupScores": [{"name": "g", "score": 0.0, "classification": "", "classificationReason": ""}],
        "score": {
            "score": 0.0, "classification": "Fail",
            "classificationReason": "Canary Failed: The metric m was classified as High (Critical)",
        },
    });
    assert_eq!(serde_json::to_value(result.unwrap()).unwrap(), expected);
}

#[test]
fn gaps_and_outliers_are_gone_before_anything_is_computed() {
    let with_outlier = || pair(json!([1, 2, "NaN", 2, 1, 2, 1]), json!([1, 2, 1, 2, 1, 2, 1e6]));
    let stats = |canary| {
        let result = judged(&config(canary), with_outlier()).unwrap().results.remove(0);
        (result.control_metadata.unwrap().stats.count, result.experiment_metadata.unwrap().stats.max)
    };
    assert_eq!(stats(json!({})), (6, 1e6));
    assert_eq!(stats(json!({"nanStrategy": "replace"})), (7, 1e6));
    assert_eq!(stats(json!({"outliers": {"strategy": "remove"}})), (6, 2.0));
}

#[test]
fn a_metric_that_cannot_be_compared_is_an_error_and_not_scored() {
    let result = judged(&config(json!({"critical": true})), pair(json!([1]), json!([2]))).unwrap();
    let metric = &result.results[0];
    assert_eq!(metric.classification, Classification::Error);
    assert_eq!(metric.classification_reason.as_deref(), Some("Metric Classification Failed"));
    assert_eq!((metric.critical, metric.result_metadata), (false, None));
    assert_eq!((result.group_scores[0].score, result.score.score), (0.0, 100.0));
}

#[test]
fn what_is_wrong_is_said() {
    let good = config(json!({}));
    let values = || pair(json!([1]), json!([2]));
    let message = |config: &CanaryConfig, pair| judged(config, pair).unwrap_err().to_string();
    assert_eq!(
        message(&CanaryConfig { metrics: vec![], ..good.clone() }, values()),
        "Could not find metric config for m"
    );
    assert_eq!(
        message(&CanaryConfig { classifier: None, ..good.clone() }, values()),
        "the canary configuration has no classifier: give it one, be it without group weights"
    );
    let mut one_sided = values();
    one_sided.values.remove(CONTROL);
    assert_eq!(
        message(&good, one_sided),
        "metric \"m\" has no values of its control: send an empty list if there are none"
    );
    let mut long = values();
    long.values.insert(EXPERIMENT.into(), vec![0.0; MAX_POINTS + 1]);
    assert_eq!(
        message(&good, long),
        "the experiment of metric \"m\" has 100001 points, and at most 100000 are compared: use a longer step"
    );
    assert!(matches!(judged(&config(json!({"critical": 1})), values()), Err(Error::Settings(_))));
    let mut groupless = good;
    groupless.metrics[0].groups = None;
    assert!(matches!(judged(&groupless, values()), Err(Error::Score(score::Error::NoGroups(_)))));
}

#[test]
fn nothing_to_judge_fails_the_canary() {
    let result = judge(&config(json!({})), &ScoreThresholds { pass: 95.0, marginal: 75.0 }, &[]).unwrap();
    assert_eq!((result.score.score, result.group_scores.len()), (0.0, 0));
}
