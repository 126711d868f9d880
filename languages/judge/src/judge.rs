//! The whole judgement: every metric classified, then scored.

use std::collections::HashMap;

use crate::{
    classify,
    config::{CanaryConfig, MetricConfig, ScoreThresholds},
    mann_whitney::MAX_POINTS,
    metrics::{CONTROL, EXPERIMENT, MetricSetPair},
    noise::Noise,
    result::{AnalysisResult, Classification, JudgeResult, ResultMetadata, SeriesMetadata},
    score,
    settings::{self, Settings},
    statistics::Summary,
};

/// Why there is no judgement. Upstream's fails with an exception in these cases too, [`Error::TooManyPoints`] excepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// Values came for a metric that the configuration does not have.
    #[error("Could not find metric config for {0}")]
    UnknownMetric(String),
    /// A metric lacks its control or its experiment; an empty series would be no data.
    #[error("metric {metric:?} has no values of its {series}: send an empty list if there are none")]
    NoSeries {
        /// The metric.
        metric: String,
        /// `control` or `experiment`.
        series: &'static str,
    },
    /// A series is longer than [`MAX_POINTS`].
    #[error(
        "the {series} of metric {metric:?} has {points} points, and at most {MAX_POINTS} are compared: use a longer step"
    )]
    TooManyPoints {
        /// The metric.
        metric: String,
        /// `control` or `experiment`.
        series: &'static str,
        /// How many points it has.
        points: usize,
    },
    /// A metric's settings cannot be read.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The configuration says nothing of scores.
    #[error("the canary configuration has no classifier: give it one, be it without group weights")]
    NoClassifier,
    /// The metrics cannot be scored.
    #[error(transparent)]
    Score(#[from] score::Error),
}

/// Judges by the default noise, so that the same input always gets the same judgement; see [`judge_with`].
pub fn judge(
    config: &CanaryConfig,
    thresholds: &ScoreThresholds,
    metrics: &[MetricSetPair],
) -> Result<JudgeResult, Error> {
    judge_with(config, thresholds, metrics, &mut Noise::default())
}

/// Compares each metric's experiment to its control, and scores the canary.
///
/// `noise` is used for metrics both series of which are constant, in their order. A metric that cannot be compared is
/// classified as an error and counts in no score; what is wrong with the configuration or the values fails the whole.
/// Source: upstream's `NetflixACAJudge.judge`.
pub fn judge_with(
    config: &CanaryConfig,
    thresholds: &ScoreThresholds,
    metrics: &[MetricSetPair],
    noise: &mut Noise,
) -> Result<JudgeResult, Error> {
    let classifier = config.classifier.as_ref().ok_or(Error::NoClassifier)?;
    let mut by_name: HashMap<&str, &MetricConfig> = HashMap::with_capacity(config.metrics.len());
    for metric in &config.metrics {
        by_name.entry(&metric.name).or_insert(metric);
    }
    let mut results = Vec::with_capacity(metrics.len());
    for pair in metrics {
        let metric = by_name.get(pair.name.as_str()).ok_or_else(|| Error::UnknownMetric(pair.name.clone()))?;
        results.push(judge_metric(metric, pair, noise)?);
    }
    Ok(score::score(classifier, thresholds, results)?)
}

/// Compares one metric's experiment to its control, by the metric's settings.
///
/// Fails if its settings cannot be read, or a series is missing or too long.
/// Source: upstream's `NetflixACAJudge.classifyMetric`.
pub fn judge_metric(metric: &MetricConfig, pair: &MetricSetPair, noise: &mut Noise) -> Result<AnalysisResult, Error> {
    let Settings { comparison, outliers, muted } = Settings::of(metric)?;
    let (control, experiment) = (series(pair, CONTROL)?, series(pair, EXPERIMENT)?);
    let (control, experiment) = (comparison.missing.apply(control), comparison.missing.apply(experiment));
    let kept = outliers.map(|detector| (detector.remove(&control), detector.remove(&experiment)));
    let (control, experiment) = match &kept {
        Some((control, experiment)) => (control.as_ref(), experiment.as_ref()),
        None => (control.as_ref(), experiment.as_ref()),
    };
    let metadata = |values| Some(SeriesMetadata { stats: Summary::of(values) });
    let unclassified = AnalysisResult {
        name: pair.name.clone(),
        tags: pair.tags.clone(),
        id: pair.id.clone(),
        classification: Classification::Error,
        classification_reason: Some("Metric Classification Failed".to_owned()),
        groups: metric.groups.clone(),
        experiment_metadata: metadata(experiment),
        control_metadata: metadata(control),
        result_metadata: None,
        critical: false,
        muted,
    };
    Ok(match classify::classify(&pair.name, control, experiment, &comparison, noise) {
        Err(_) => unclassified,
        Ok(verdict) => AnalysisResult {
            classification: verdict.classification,
            classification_reason: verdict.reason,
            result_metadata: Some(ResultMetadata { ratio: verdict.deviation }),
            critical: verdict.critical,
            ..unclassified
        },
    })
}

fn series<'a>(pair: &'a MetricSetPair, name: &'static str) -> Result<&'a [f64], Error> {
    let metric = || pair.name.clone();
    let values = pair.values.get(name).ok_or_else(|| Error::NoSeries { metric: metric(), series: name })?;
    if values.len() > MAX_POINTS {
        return Err(Error::TooManyPoints { metric: metric(), series: name, points: values.len() });
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
