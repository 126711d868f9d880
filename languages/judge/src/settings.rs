//! A metric's settings: what stands under `analysisConfigurations.canary`, with its defaults.
//!
//! ```
//! use gennaker_judge::{MetricConfig, settings::{Direction, Settings}};
//!
//! let metric: MetricConfig = serde_json::from_str(
//!     r#"{"name": "errors", "analysisConfigurations": {"canary": {
//!         "direction": "increase", "critical": true, "nanStrategy": "replace", "mustHaveData": true, "muted": false,
//!         "effectSize": {"measure": "meanRatio", "allowedIncrease": 1.1, "criticalIncrease": 1.5},
//!         "outliers": {"strategy": "remove", "outlierFactor": 3.0}}}}"#,
//! )?;
//! let settings = Settings::of(&metric)?;
//! assert_eq!(settings.comparison.direction, Direction::Increase);
//! assert_eq!((settings.comparison.allowed.decrease, settings.comparison.allowed.increase), (1.0, 1.1));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A name that is not known (of a direction, a strategy, a measure) stands for the default. So does a text that is no text;
//! a number or a flag that is none is refused. `null` is 0 for a number, false for a flag, and refused for a text. These
//! are upstream's rules, whose judgement fails with an exception where this refuses.
//!
//! Sources: upstream's `NetflixACAJudge.classifyMetric`, `MapUtils`.

use serde_json::{Map, Value};

use crate::{
    config::MetricConfig,
    effect_size::Measure,
    missing,
    outliers::{self, Detector},
};

/// Why a metric's settings cannot be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A setting is of another type than it must be.
    #[error(
        "the setting {path} of metric {metric:?} must be {expected}, and it is {got}: correct it in the canary configuration"
    )]
    Type {
        /// The metric.
        metric: String,
        /// Where it stands below `analysisConfigurations`, for example `canary.effectSize.allowedIncrease`.
        path: String,
        /// `a number`, `true or false` or `a text`.
        expected: &'static str,
        /// What it is, as JSON.
        got: String,
    },
    /// The setting `outliers.outlierFactor` is of no use.
    #[error("the setting canary.outliers.outlierFactor of metric {metric:?}: {source}")]
    Outliers {
        /// The metric.
        metric: String,
        /// What is wrong with it.
        source: outliers::Error,
    },
}

/// All settings of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// How its two series are compared.
    pub comparison: Comparison,
    /// `outliers`: what finds the points that are left out before, `None` to keep all. By default all are kept.
    pub outliers: Option<Detector>,
    /// `muted`: whether the scores leave it out; false by default.
    pub muted: bool,
}

/// How an experiment is compared to its control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// `direction`: what counts as a deviation.
    pub direction: Direction,
    /// `nanStrategy`: what to make of gaps, and of a series that is nothing else.
    pub missing: missing::Strategy,
    /// `critical`: whether a deviation beyond `critical_from` fails the canary; false by default.
    pub critical: bool,
    /// `mustHaveData`: whether to have no data is a failure of the metric, unless it is critical; false by default.
    pub must_have_data: bool,
    /// `effectSize.measure`: what the two pairs of thresholds are about.
    pub measure: Measure,
    /// `effectSize.allowedDecrease` and `allowedIncrease`: the effect sizes from which on a metric is low or high.
    pub allowed: EffectThresholds,
    /// `effectSize.criticalDecrease` and `criticalIncrease`: those from which on that is critical.
    pub critical_from: EffectThresholds,
    /// The fraction of the estimated shift that the confidence interval must lie away from zero; 0.25, no setting.
    pub tolerance: f64,
    /// The level of the confidence interval; 0.98, no setting.
    pub confidence_level: f64,
}

/// Which deviations count; `increase`, `decrease` and `either` in JSON. Source: upstream's `MetricDirection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Only higher values.
    Increase,
    /// Only lower values.
    Decrease,
    /// Both.
    #[default]
    Either,
}

/// The effect sizes from which on a deviation counts, in terms of a [`Measure`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectThresholds {
    /// At most this is low.
    pub decrease: f64,
    /// At least this is high.
    pub increase: f64,
}

impl Direction {
    /// The direction of that name; [`Direction::Either`] for any other name.
    pub fn parse(name: &str) -> Self {
        match name {
            "increase" => Direction::Increase,
            "decrease" => Direction::Decrease,
            _ => Direction::Either,
        }
    }
}

impl Comparison {
    /// A comparison by this measure, everything else as it is without settings.
    pub fn by(measure: Measure) -> Self {
        let neutral = EffectThresholds { decrease: measure.neutral(), increase: measure.neutral() };
        Comparison {
            direction: Direction::Either,
            missing: missing::Strategy::Remove,
            critical: false,
            must_have_data: false,
            measure,
            allowed: neutral,
            critical_from: neutral,
            tolerance: 0.25,
            confidence_level: 0.98,
        }
    }
}

impl Settings {
    /// The settings of a metric.
    ///
    /// Fails if one is of the wrong type, and if outliers are to be removed by a factor that is not above zero.
    pub fn of(metric: &MetricConfig) -> Result<Self, Error> {
        let canary = metric.analysis_configurations.get("canary").and_then(Option::as_ref);
        let reader = Reader { metric: &metric.name, canary };
        let by_default = Comparison::by(reader.text(&["effectSize", "measure"], Measure::parse)?);
        let threshold = |name, default| reader.number(&["effectSize", name], default);
        let comparison = Comparison {
            direction: reader.text(&["direction"], Direction::parse)?,
            missing: reader.text(&["nanStrategy"], missing::Strategy::parse)?,
            critical: reader.flag("critical")?,
            must_have_data: reader.flag("mustHaveData")?,
            allowed: EffectThresholds {
                decrease: threshold("allowedDecrease", by_default.allowed.decrease)?,
                increase: threshold("allowedIncrease", by_default.allowed.increase)?,
            },
            critical_from: EffectThresholds {
                decrease: threshold("criticalDecrease", by_default.critical_from.decrease)?,
                increase: threshold("criticalIncrease", by_default.critical_from.increase)?,
            },
            ..by_default
        };
        let factor = reader.number(&["outliers", "outlierFactor"], 3.0)?;
        let outliers = match reader.text(&["outliers", "strategy"], outliers::Strategy::parse)? {
            outliers::Strategy::Keep => None,
            outliers::Strategy::Remove => Some(
                Detector::guarded_iqr(factor)
                    .map_err(|source| Error::Outliers { metric: metric.name.clone(), source })?,
            ),
        };
        Ok(Settings { comparison, outliers, muted: reader.flag("muted")? })
    }
}

/// Reads settings of one metric.
struct Reader<'a> {
    metric: &'a str,
    canary: Option<&'a Map<String, Value>>,
}

/// What stands at a path.
enum Found<'a> {
    Nothing,
    One(&'a Value),
    /// Whatever a list on the way holds there: upstream looks into each element, and makes a list of what it finds.
    InList(&'a Value),
}

impl Reader<'_> {
    fn text<T: Default>(&self, path: &[&str], parse: fn(&str) -> T) -> Result<T, Error> {
        match self.find(path) {
            Found::One(Value::String(text)) => Ok(parse(text)),
            Found::One(Value::Null) => Err(self.error(path, "a text", &Value::Null)),
            // Upstream takes the text of anything else, which is no name that it knows.
            _ => Ok(T::default()),
        }
    }

    fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.find(&[name]) {
            Found::Nothing | Found::One(Value::Null) => Ok(false),
            Found::One(Value::Bool(flag)) => Ok(*flag),
            Found::One(other) | Found::InList(other) => Err(self.error(&[name], "true or false", other)),
        }
    }

    fn number(&self, path: &[&str], default: f64) -> Result<f64, Error> {
        match self.find(path) {
            Found::Nothing => Ok(default),
            Found::One(Value::Null) => Ok(0.0),
            Found::One(other) => other.as_f64().ok_or_else(|| self.error(path, "a number", other)),
            Found::InList(other) => Err(self.error(path, "a number", other)),
        }
    }

    fn find(&self, path: &[&str]) -> Found<'_> {
        let Some((first, rest)) = path.split_first() else { return Found::Nothing };
        let Some(mut value) = self.canary.and_then(|canary| canary.get(*first)) else { return Found::Nothing };
        for (passed, name) in rest.iter().enumerate() {
            if matches!(value, Value::Array(_)) {
                return if holds(value, &rest[passed..]) { Found::InList(value) } else { Found::Nothing };
            }
            match value.get(*name) {
                Some(inner) => value = inner,
                None => return Found::Nothing,
            }
        }
        Found::One(value)
    }

    fn error(&self, path: &[&str], expected: &'static str, got: &Value) -> Error {
        /// Enough to find it by.
        const SHOWN: usize = 100;
        let path = format!("canary.{}", path.join("."));
        Error::Type { metric: self.metric.into(), path, expected, got: got.to_string().chars().take(SHOWN).collect() }
    }
}

/// Whether something stands at that path below an element of a list, lists in it looked into as well.
fn holds(list: &Value, path: &[&str]) -> bool {
    let mut open = vec![(list, 0)];
    while let Some((value, passed)) = open.pop() {
        let Some(name) = path.get(passed) else { return true };
        match value {
            Value::Array(elements) => open.extend(elements.iter().map(|element| (element, passed))),
            Value::Object(fields) => open.extend(fields.get(*name).map(|field| (field, passed + 1))),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests;
