//! The set `canary`: the canary judge and its parts (`gennaker-judge`).
//!
//! A case is `{"id", "kind", ...arguments, "expected"}`; `kind` says which part is asked, by the names below. Texts such as
//! `"NaN"` stand for those numbers.
//!
//! Numbers are compared within the tolerance of their kind: 1e-3 for the bounds and the estimate of a test, whose roots are
//! searched to 1e-4; 1e-4 for a metric both series of which are constant (`degenerate`), where the original adds noise;
//! 1e-9 otherwise; always times the number's size if that is over 1. Groups are compared by name.

use std::fmt::Display;

use gennaker_judge::{
    AnalysisResult, CanaryConfig, JudgeResult, MetricSetPair, ScoreThresholds, classify, effect_size,
    effect_size::Measure,
    mann_whitney, missing,
    noise::Noise,
    outliers::Detector,
    score,
    settings::{Comparison, Direction, EffectThresholds},
    statistics,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{Case, Failure, Set};

/// The set `canary`.
pub(super) struct Canary;

impl Set for Canary {
    fn name(&self) -> &'static str {
        "canary"
    }

    fn about(&self) -> &'static str {
        "the canary judge, its statistics and scores"
    }

    fn play(&self, case: &Case) -> Result<(), Failure> {
        let expected = case.json.get("expected").ok_or_else(|| Failure::NotPlayed("it expects nothing".into()))?;
        let kind = case.json.get("kind").and_then(Value::as_str).unwrap_or_default();
        let (part, tolerance): (fn(&Value) -> Answer, f64) = match kind {
            "judge" => (judge, 1e-9),
            "scoring" => (scoring, 1e-9),
            "classify" if case.json["degenerate"] == true => (classify_metric, 1e-4),
            "classify" => (classify_metric, 1e-9),
            "mannWhitney" => (mann_whitney_test, 1e-3),
            "wilcoxonDiff" => (wilcoxon_diff, 1e-9),
            "stats" => (stats, 1e-9),
            "effectSize" => (effect_sizes, 1e-9),
            "outliers" => (outliers, 1e-9),
            "nan" => (nan, 1e-9),
            _ => return Err(Failure::NotPlayed(format!("there is no kind {kind:?} of canary case"))),
        };
        let got = part(&case.json).map_err(|Refusal(reason)| Failure::NotPlayed(reason))?;
        let expected = in_order(expected.clone());
        // A number that is near enough is replaced by the recorded one, so that all can be compared exactly.
        let got = agreeing(&expected, in_order(got), tolerance);
        Failure::unless_equal(&expected, got)
    }
}

/// Why a part gives no answer.
struct Refusal(String);

impl<E: Display> From<E> for Refusal {
    fn from(error: E) -> Self {
        Refusal(error.to_string())
    }
}

type Answer = Result<Value, Refusal>;

/// The scores of groups in the order of their names.
fn in_order(mut answer: Value) -> Value {
    if let Some(Value::Array(groups)) = answer.get_mut("groupScores") {
        groups.sort_by_key(|group| group["name"].as_str().map(str::to_owned));
    }
    answer
}

fn agreeing(expected: &Value, got: Value, tolerance: f64) -> Value {
    match (expected, got) {
        (Value::Number(wanted), Value::Number(number)) => {
            let (wanted, number) = (wanted.as_f64().unwrap_or(f64::NAN), number.as_f64().unwrap_or(f64::NAN));
            let near = (wanted - number).abs() <= tolerance * wanted.abs().max(1.0);
            if near { expected.clone() } else { json!(number) }
        }
        (Value::Array(expected), Value::Array(got)) => {
            let pairs = got.into_iter().enumerate();
            pairs
                .map(|(index, value)| agreeing(expected.get(index).unwrap_or(&Value::Null), value, tolerance))
                .collect()
        }
        (Value::Object(expected), Value::Object(got)) => {
            let fields = got.into_iter();
            let agreed = fields.map(|(name, value)| {
                let value = agreeing(expected.get(&name).unwrap_or(&Value::Null), value, tolerance);
                (name, value)
            });
            Value::Object(agreed.collect())
        }
        (_, got) => got,
    }
}

/// A series, in which texts stand for numbers that JSON does not have.
#[derive(Default)]
struct Series(Vec<f64>);

impl<'de> Deserialize<'de> for Series {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A pair's values are read so.
        let values = json!({"values": {"series": Value::deserialize(deserializer)?}});
        let mut pair = MetricSetPair::deserialize(values).map_err(serde::de::Error::custom)?;
        Ok(Series(pair.values.remove("series").unwrap_or_default()))
    }
}

/// A number as the judge writes it.
fn number(value: f64) -> Value {
    match value {
        f64::INFINITY => json!("Infinity"),
        f64::NEG_INFINITY => json!("-Infinity"),
        _ if value.is_nan() => json!("NaN"),
        _ => json!(value),
    }
}

fn numbers(values: &[f64]) -> Value {
    values.iter().copied().map(number).collect()
}

/// A case's arguments, as the part's types have them.
fn arguments<T: DeserializeOwned>(case: &Value) -> Result<T, Refusal> {
    Ok(T::deserialize(case)?)
}

#[derive(Deserialize)]
struct Compared {
    experiment: Series,
    control: Series,
}

fn judge(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Judge {
        canary_config: CanaryConfig,
        score_thresholds: ScoreThresholds,
        metrics: Vec<Metric>,
    }
    #[derive(Deserialize)]
    struct Metric {
        name: String,
        #[serde(flatten)]
        compared: Compared,
    }
    let Judge { canary_config, score_thresholds, metrics } = arguments(case)?;
    let pairs: Vec<MetricSetPair> = metrics
        .into_iter()
        .map(|Metric { name, compared: Compared { experiment: Series(experiment), control: Series(control) } }| {
            let values = [("experiment".to_owned(), experiment), ("control".to_owned(), control)].into();
            MetricSetPair { name, values, ..MetricSetPair::default() }
        })
        .collect();
    let judged = gennaker_judge::judge(&canary_config, &score_thresholds, &pairs)?;
    let results: Result<Value, Refusal> = judged.results.iter().map(result).collect();
    let mut answer = scores(&judged)?;
    answer["results"] = results?;
    Ok(answer)
}

/// A metric's result in the short form that is recorded.
fn result(result: &AnalysisResult) -> Answer {
    let json = serde_json::to_value(result)?;
    Ok(json!({
        "name": json["name"],
        "classification": json["classification"],
        "classificationReason": json["classificationReason"],
        "critical": json["critical"],
        "muted": json["muted"],
        "groups": json["groups"],
        "ratio": json["resultMetadata"]["ratio"],
        "experimentStats": json["experimentMetadata"]["stats"],
        "controlStats": json["controlMetadata"]["stats"],
    }))
}

fn scores(judged: &JudgeResult) -> Answer {
    let groups: Vec<_> =
        judged.group_scores.iter().map(|group| json!({"name": group.name, "score": group.score})).collect();
    Ok(json!({"groupScores": groups, "score": serde_json::to_value(&judged.score)?}))
}

fn scoring(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Scoring {
        canary_config: CanaryConfig,
        score_thresholds: ScoreThresholds,
        metric_results: Vec<AnalysisResult>,
    }
    let Scoring { canary_config, score_thresholds, metric_results } = arguments(case)?;
    let classifier = canary_config.classifier.ok_or("the configuration has no classifier")?;
    scores(&score::score(&classifier, &score_thresholds, metric_results)?)
}

fn classify_metric(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Classify {
        name: String,
        #[serde(flatten)]
        compared: Compared,
        tolerance: f64,
        confidence_level: f64,
        allowed_decrease: f64,
        allowed_increase: f64,
        critical_decrease: f64,
        critical_increase: f64,
        effect_size_measure: String,
        direction: String,
        nan_strategy: String,
        critical: bool,
        must_have_data: bool,
    }
    let case: Classify = arguments(case)?;
    let comparison = Comparison {
        direction: Direction::parse(&case.direction),
        missing: missing::Strategy::parse(&case.nan_strategy),
        critical: case.critical,
        must_have_data: case.must_have_data,
        measure: Measure::parse(&case.effect_size_measure),
        allowed: EffectThresholds { decrease: case.allowed_decrease, increase: case.allowed_increase },
        critical_from: EffectThresholds { decrease: case.critical_decrease, increase: case.critical_increase },
        tolerance: case.tolerance,
        confidence_level: case.confidence_level,
    };
    let Compared { experiment: Series(experiment), control: Series(control) } = case.compared;
    let verdict = classify::classify(&case.name, &control, &experiment, &comparison, &mut Noise::default())?;
    Ok(json!({
        "classification": verdict.classification,
        "reason": verdict.reason,
        "deviation": number(verdict.deviation),
        "critical": verdict.critical,
    }))
}

fn mann_whitney_test(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Test {
        #[serde(flatten)]
        compared: Compared,
        confidence_level: f64,
    }
    let Test { compared: Compared { experiment, control }, confidence_level } = arguments(case)?;
    let shift = mann_whitney::test(&experiment.0, &control.0, confidence_level)?;
    Ok(json!({"confidenceInterval": numbers(&shift.confidence_interval), "estimate": number(shift.estimate)}))
}

fn wilcoxon_diff(case: &Value) -> Answer {
    #[derive(Deserialize)]
    struct Diff {
        #[serde(flatten)]
        compared: Compared,
        mu: f64,
        quantile: f64,
    }
    let Diff { compared: Compared { experiment, control }, mu, quantile } = arguments(case)?;
    Ok(json!({"value": number(mann_whitney::wilcoxon_diff(mu, quantile, &experiment.0, &control.0)?)}))
}

fn stats(case: &Value) -> Answer {
    #[derive(Deserialize)]
    struct Stats {
        values: Series,
        percentiles: Vec<Value>,
    }
    let Stats { values: Series(values), percentiles } = arguments(case)?;
    let mut answer = serde_json::to_value(statistics::Summary::of(&values))?;
    let percentile = |percent: Value| {
        let value = statistics::percentile(&values, percent.as_f64().unwrap_or(f64::NAN));
        (percent.to_string(), number(value))
    };
    answer["percentiles"] = Value::Object(percentiles.into_iter().map(percentile).collect::<Map<_, _>>());
    answer["median"] = number(statistics::median(&values));
    Ok(answer)
}

fn effect_sizes(case: &Value) -> Answer {
    let Compared { experiment: Series(experiment), control: Series(control) } = arguments(case)?;
    let cohen_d = effect_size::cohen_d(&statistics::Summary::of(&control), &statistics::Summary::of(&experiment));
    Ok(json!({
        "meanRatio": number(effect_size::mean_ratio(&control, &experiment)),
        "cles": number(effect_size::cles(&control, &experiment)),
        "cohenD": number(cohen_d),
    }))
}

fn outliers(case: &Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Outliers {
        values: Series,
        detector: String,
        factor: f64,
        #[serde(default)]
        reduce_sensitivity: Option<bool>,
    }
    let Outliers { values: Series(values), detector, factor, reduce_sensitivity } = arguments(case)?;
    let detector = match (detector.as_str(), reduce_sensitivity) {
        ("ksigma", _) => Detector::k_sigma(factor)?,
        ("iqr", Some(true)) => Detector::guarded_iqr(factor)?,
        ("iqr", _) => Detector::iqr(factor)?,
        _ => return Err(Refusal(format!("there is no detector {detector:?}"))),
    };
    Ok(json!({"outlier": detector.detect(&values), "kept": numbers(&detector.remove(&values))}))
}

fn nan(case: &Value) -> Answer {
    #[derive(Deserialize)]
    struct Gaps {
        values: Series,
    }
    let Gaps { values: Series(values) } = arguments(case)?;
    let [remove, replace] = [missing::Strategy::Remove, missing::Strategy::Replace];
    Ok(json!({"remove": numbers(&remove.apply(&values)), "replace": numbers(&replace.apply(&values))}))
}
