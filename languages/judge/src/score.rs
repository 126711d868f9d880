//! From the classifications of metrics to the score of the canary.
//!
//! ```
//! use gennaker_judge::{AnalysisResult, ClassifierConfig, ScoreClassification, ScoreThresholds, score::score};
//!
//! let results = ["web", "web", "jvm"].map(|group| AnalysisResult { groups: Some(vec![group.into()]), ..Default::default() });
//! let weights = ClassifierConfig { group_weights: [("web".into(), 70.0)].into(), ..Default::default() };
//! let judgement = score(&weights, &ScoreThresholds { pass: 95.0, marginal: 75.0 }, results.into())?;
//! assert_eq!(judgement.score.score, 100.0);
//! assert_eq!(judgement.score.classification, ScoreClassification::Pass);
//! # Ok::<(), gennaker_judge::score::Error>(())
//! ```
//!
//! A group's score is the percentage of its metrics that pass; the canary's is their weighted sum, rounded to two decimal
//! places. It is 0 as soon as a critical metric does not pass, or half of the metrics have no data.
//!
//! Guarantees: 0 to 100 if every weight is, and those of the groups that have metrics make 100 together.
//!
//! Weights are taken as they are: a group that has a weight but no metric is missing from the sum, and so are 100 less the
//! weights where every group has one.
//!
//! Sources: upstream's `ScoringHelper`, `WeightedSumScorer`, `ThresholdScoreClassifier`.

use std::collections::{BTreeMap, HashMap};

use crate::{
    config::{ClassifierConfig, ScoreThresholds},
    result::{AnalysisResult, Classification, GroupScore, JudgeResult, Score, ScoreClassification},
};

/// The name of the judge, in configurations and in its results.
pub const JUDGE_NAME: &str = "NetflixACAJudge-v1.0";

/// From which percentage of metrics without data on a canary fails.
const NODATA_THRESHOLD: f64 = 50.0;

/// Why there is no score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A metric that is not muted has no list of groups.
    #[error("metric {0:?} has no list of groups: give it one in the canary configuration, be it an empty one")]
    NoGroups(String),
}

/// Scores metrics that have been classified; muted ones are among the results and in no score.
///
/// Fails if a metric that is not muted has no `groups`. Source: upstream's `ScoringHelper.score`.
pub fn score(
    classifier: &ClassifierConfig,
    thresholds: &ScoreThresholds,
    results: Vec<AnalysisResult>,
) -> Result<JudgeResult, Error> {
    let scored: Vec<&AnalysisResult> = results.iter().filter(|result| !result.muted).collect();
    let groups = group_tallies(&scored)?;
    let (score, reason) = match failure(&scored) {
        Some(reason) => (0.0, reason),
        None => (summary_score(&groups, &classifier.group_weights), String::new()),
    };
    let classification = classify(score, thresholds);
    let group_scores = groups
        .into_iter()
        .map(|(name, tally)| GroupScore { name: name.to_owned(), score: tally.score(), ..GroupScore::default() })
        .collect();
    Ok(JudgeResult {
        judge_name: JUDGE_NAME.to_owned(),
        group_scores,
        score: Score { score, classification, classification_reason: reason },
        results,
    })
}

/// What a score means by these thresholds. Source: upstream's `ThresholdScoreClassifier`.
pub fn classify(score: f64, thresholds: &ScoreThresholds) -> ScoreClassification {
    if score >= thresholds.pass {
        ScoreClassification::Pass
    } else if score >= thresholds.marginal {
        ScoreClassification::Marginal
    } else {
        ScoreClassification::Fail
    }
}

/// What counts of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    passed: usize,
    /// Those that passed and those that failed, not those without data or with an error.
    counted: usize,
}

impl Tally {
    fn score(self) -> f64 {
        if self.counted == 0 { 0.0 } else { self.passed as f64 / self.counted as f64 * 100.0 }
    }
}

/// The groups in the order of their first metrics.
fn group_tallies<'a>(results: &[&'a AnalysisResult]) -> Result<Vec<(&'a str, Tally)>, Error> {
    let mut places = HashMap::new();
    let mut tallies: Vec<(&str, Tally)> = Vec::new();
    for result in results {
        for group in result.groups.as_ref().ok_or_else(|| Error::NoGroups(result.name.clone()))? {
            let place = *places.entry(group.as_str()).or_insert_with(|| {
                tallies.push((group, Tally::default()));
                tallies.len() - 1
            });
            let tally = &mut tallies[place].1;
            match result.classification {
                Classification::Pass => {
                    tally.passed += 1;
                    tally.counted += 1;
                }
                Classification::High | Classification::Low | Classification::NodataFailMetric => tally.counted += 1,
                Classification::Nodata | Classification::Error => {}
            }
        }
    }
    Ok(tallies)
}

/// Why the canary fails without regard to the groups.
fn failure(results: &[&AnalysisResult]) -> Option<String> {
    let critical = results.iter().find(|result| result.critical && result.classification != Classification::Pass);
    if let Some(critical) = critical {
        let reason = critical.classification_reason.as_deref().unwrap_or("null");
        return Some(format!("Canary Failed: {reason}"));
    }
    let nodata = results.iter().filter(|result| result.classification == Classification::Nodata).count();
    // Not a number, hence no failure, if there are no results.
    let percentage = nodata as f64 / results.len() as f64 * 100.0;
    (percentage >= NODATA_THRESHOLD)
        .then(|| format!("Canary Failed: {NODATA_THRESHOLD}% or more metrics returned NODATA"))
}

fn summary_score(groups: &[(&str, Tally)], weights: &BTreeMap<String, f64>) -> f64 {
    let unweighted = groups.iter().filter(|(name, _)| !weights.contains_key(*name)).count();
    let rest = 100.0 - weights.values().fold(0.0, |sum, weight| sum + weight);
    let of_unweighted = if unweighted == 0 { 0.0 } else { rest / unweighted as f64 };
    let score = groups.iter().fold(0.0, |sum, (name, tally)| {
        // A group in which nothing could be counted is not held against the canary.
        let score = if tally.counted == 0 { 100.0 } else { tally.score() };
        sum + score * (weights.get(*name).unwrap_or(&of_unweighted) / 100.0)
    });
    rounded(score)
}

/// To two decimal places, half away from zero, judged by the decimal digits: 1.005 becomes 1.01, though it lies below.
///
/// Source: Commons Math's `Precision.round`.
fn rounded(value: f64) -> f64 {
    let text = format!("{value}");
    let Some((whole, fraction)) = text.split_once('.') else { return value };
    let mut digits = fraction.bytes();
    let Some(third) = digits.nth(2) else { return value };
    let cut = &text[..whole.len() + 3];
    if third < b'5' {
        return cut.parse().unwrap_or(value);
    }
    let Ok(hundredths) = cut.replace('.', "").parse::<i128>() else { return value };
    // The sign of -0.xx is not in the number.
    let up = if value < 0.0 { hundredths - 1 } else { hundredths + 1 };
    let (sign, up) = (if up < 0 { "-" } else { "" }, up.unsigned_abs());
    format!("{sign}{}.{:02}", up / 100, up % 100).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests;
