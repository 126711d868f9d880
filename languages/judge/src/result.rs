//! A judgement, in upstream's JSON.
//!
//! Fields without a value are left out, and numbers that are not finite are texts, as upstream's mapper does it.
//!
//! Sources: upstream's `CanaryJudgeResult`, `CanaryAnalysisResult`, `CanaryJudgeGroupScore`, `CanaryJudgeScore`,
//! `MetricClassificationLabel`, `ScoreClassificationLabel`.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{number, statistics::Summary};

/// The whole judgement. Source: upstream's `CanaryJudgeResult`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JudgeResult {
    /// Who judged.
    pub judge_name: String,
    /// A result for each pair of series, in their order.
    pub results: Vec<AnalysisResult>,
    /// The score of each group that has a metric which is not muted, in the order of their first metrics.
    pub group_scores: Vec<GroupScore>,
    /// The score of all.
    pub score: Score,
}

/// What one metric came to. Source: upstream's `CanaryAnalysisResult`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AnalysisResult {
    /// The metric's name.
    pub name: String,
    /// The pair's tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// The pair's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How the experiment compares to the control.
    pub classification: Classification,
    /// Why, as shown to the user; a metric that passes usually has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classification_reason: Option<String>,
    /// The metric's groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// The experiment, as it was compared: without gaps and outliers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_metadata: Option<SeriesMetadata>,
    /// The control, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_metadata: Option<SeriesMetadata>,
    /// The comparison; none if it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_metadata: Option<ResultMetadata>,
    /// Whether it fails the whole canary: not whether the metric is configured as critical.
    pub critical: bool,
    /// Whether the scores leave it out.
    pub muted: bool,
}

/// What is told of a series.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SeriesMetadata {
    /// Its statistics.
    pub stats: Summary,
}

/// What is told of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResultMetadata {
    /// The experiment's mean as a multiple of the control's, whatever the metric's effect size is; NaN if one is zero, 1 if
    /// the two were not compared.
    #[serde(with = "number")]
    pub ratio: f64,
}

/// How an experiment compares to its control. Source: upstream's `MetricClassificationLabel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Classification {
    /// It is like the control, or differs in a direction or to an extent that is allowed.
    #[default]
    Pass,
    /// It is higher.
    High,
    /// It is lower.
    Low,
    /// One of the two has no data; counts in no score.
    Nodata,
    /// One of the two has no data, though it must have; counts as a failure.
    NodataFailMetric,
    /// They could not be compared; counts in no score.
    Error,
}

/// The score of a group. Source: upstream's `CanaryJudgeGroupScore`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GroupScore {
    /// The group.
    pub name: String,
    /// The percentage of its metrics that passed, of those that have data; 0 if none has.
    pub score: f64,
    /// Empty: groups are not classified.
    pub classification: String,
    /// Empty.
    pub classification_reason: String,
}

/// The score of the canary. Source: upstream's `CanaryJudgeScore`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Score {
    /// The weighted scores of the groups, rounded to two decimal places: 0 to 100 if the weights are.
    #[serde(with = "number")]
    pub score: f64,
    /// What it means.
    pub classification: ScoreClassification,
    /// Why it is 0 without regard to the groups; empty if it is not.
    pub classification_reason: String,
}

/// What a score means. Source: upstream's `ScoreClassificationLabel`, those that its classifier gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScoreClassification {
    /// It reaches the threshold to pass.
    Pass,
    /// It reaches only the threshold to be marginal.
    Marginal,
    /// It reaches neither.
    Fail,
}

/// As in JSON.
impl fmt::Display for Classification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Classification::Pass => "Pass",
            Classification::High => "High",
            Classification::Low => "Low",
            Classification::Nodata => "Nodata",
            Classification::NodataFailMetric => "NodataFailMetric",
            Classification::Error => "Error",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_upstreams() {
        let series = |mean: f64| Some(SeriesMetadata { stats: Summary { mean, ..Summary::default() } });
        let result = JudgeResult {
            judge_name: "j".into(),
            results: vec![
                AnalysisResult {
                    name: "m".into(),
                    experiment_metadata: series(f64::NAN),
                    control_metadata: series(1.5),
                    result_metadata: Some(ResultMetadata { ratio: f64::NAN }),
                    ..AnalysisResult::default()
                },
                AnalysisResult { classification: Classification::NodataFailMetric, ..AnalysisResult::default() },
            ],
            group_scores: vec![GroupScore { name: "g".into(), score: 50.0, ..GroupScore::default() }],
            score: Score {
                score: 50.0,
                classification: ScoreClassification::Marginal,
                classification_reason: String::new(),
            },
        };
        let json = json!({
            "judgeName": "j",
            "results": [
                {
                    "name": "m", "classification": "Pass", "critical": false, "muted": false,
                    "experimentMetadata": {"stats": {"min": 0.0, "max": 0.0, "mean": "NaN", "std": 0.0, "count": 0}},
                    "controlMetadata": {"stats": {"min": 0.0, "max": 0.0, "mean": 1.5, "std": 0.0, "count": 0}},
                    "resultMetadata": {"ratio": "NaN"},
                },
                {"name": "", "classification": "NodataFailMetric", "critical": false, "muted": false},
            ],
            "groupScores": [{"name": "g", "score": 50.0, "classification": "", "classificationReason": ""}],
            "score": {"score": 50.0, "classification": "Marginal", "classificationReason": ""},
        });
        assert_eq!(serde_json::to_value(&result).unwrap(), json);
        let read = JudgeResult::deserialize(&json).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), json);
    }

    #[test]
    fn classifications_are_written_as_in_json() {
        for one in [Classification::Pass, Classification::Nodata, Classification::NodataFailMetric] {
            assert_eq!(serde_json::to_value(one).unwrap(), one.to_string());
        }
    }
}
