//! A canary configuration, as far as the judge reads it, in upstream's JSON.
//!
//! ```
//! use gennaker_judge::CanaryConfig;
//!
//! let config: CanaryConfig = serde_json::from_str(
//!     r#"{"name": "shop", "metrics": [{"name": "errors", "groups": ["web"], "analysisConfigurations": {}}],
//!         "classifier": {"groupWeights": {"web": 100}}}"#,
//! )?;
//! assert_eq!(config.metrics[0].groups.as_deref(), Some(&["web".to_owned()][..]));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! What the judge does not read (queries, templates, time stamps ...) is kept as it came, in `other`.
//!
//! Sources: upstream's `CanaryConfig`, `CanaryMetricConfig`, `CanaryClassifierConfig`, `CanaryClassifierThresholdsConfig`.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::number;

/// What is measured, and how it is weighed. Source: upstream's `CanaryConfig`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CanaryConfig {
    /// The metrics, of which the first of a name counts.
    #[serde(default, deserialize_with = "null_as_default")]
    pub metrics: Vec<MetricConfig>,
    /// The weights of groups; a judgement fails without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classifier: Option<ClassifierConfig>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// One metric. Source: upstream's `CanaryMetricConfig`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricConfig {
    /// By which its values find it.
    pub name: String,
    /// The groups to whose scores it counts; a judgement fails without them, unless the metric is muted. None is allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// The settings of each kind of analysis by its name, of which there is `canary`; see [`crate::settings`].
    #[serde(default, deserialize_with = "null_as_default")]
    pub analysis_configurations: BTreeMap<String, Option<Map<String, Value>>>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How scores are made. Source: upstream's `CanaryClassifierConfig`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassifierConfig {
    /// The weight of each group in percent. Groups without one share what is left of 100 evenly.
    ///
    /// They should make 100 together, and are taken as they are if they do not. `null` as a weight is 0.
    #[serde(default, with = "number::map")]
    pub group_weights: BTreeMap<String, f64>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// From which score on a canary passes. Source: upstream's `CanaryClassifierThresholdsConfig`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoreThresholds {
    /// From here on, 0 to 100, it passes.
    pub pass: f64,
    /// From here on, 0 to 100, it is marginal; below it fails.
    pub marginal: f64,
}

pub(crate) fn null_as_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_read_is_kept() {
        let json = json!({
            "name": "shop", "configVersion": "1", "judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {}},
            "metrics": [{
                "name": "errors", "query": {"type": "prometheus"}, "groups": ["web"], "scopeName": "default",
                "analysisConfigurations": {"canary": {"direction": "increase"}, "other": null},
            }],
            "classifier": {"groupWeights": {"web": 100.0}, "scoreThresholds": {"pass": 95.0, "marginal": 75.0}},
        });
        let config = CanaryConfig::deserialize(&json).unwrap();
        assert_eq!(serde_json::to_value(config).unwrap(), json);
    }

    #[test]
    fn absent_and_null_are_none() {
        assert_eq!(
            CanaryConfig::deserialize(json!({"metrics": null, "classifier": null})).unwrap(),
            CanaryConfig::default()
        );
        let metric = MetricConfig::deserialize(json!({"name": "m", "analysisConfigurations": null})).unwrap();
        assert_eq!(metric, MetricConfig { name: "m".into(), ..MetricConfig::default() });
        let classifier = ClassifierConfig::deserialize(json!({"groupWeights": {"a": null, "b": "50"}})).unwrap();
        assert_eq!(classifier.group_weights.values().copied().collect::<Vec<_>>(), [0.0, 50.0]);
    }

    #[test]
    fn thresholds_are_needed() {
        assert!(ScoreThresholds::deserialize(json!({"pass": 90})).is_err());
        assert!(ScoreThresholds::deserialize(json!({"pass": 90, "marginal": null})).is_err());
        let thresholds = ScoreThresholds::deserialize(json!({"pass": 90, "marginal": 75.5})).unwrap();
        assert_eq!(thresholds, ScoreThresholds { pass: 90.0, marginal: 75.5 });
    }
}
