//! What was measured: the values of a metric for the control and for the experiment, in upstream's JSON.
//!
//! ```
//! use gennaker_judge::MetricSetPair;
//!
//! let json = r#"{"name": "errors", "values": {"control": [0, 1, "NaN"], "experiment": [0, 2, 1]}}"#;
//! let pair: MetricSetPair = serde_json::from_str(json)?;
//! assert_eq!(pair.values["experiment"], [0.0, 2.0, 1.0]);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Source: upstream's `MetricSetPair`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::number;

/// The name of the control's values in a [`MetricSetPair`].
pub const CONTROL: &str = "control";

/// The name of the experiment's values in a [`MetricSetPair`].
pub const EXPERIMENT: &str = "experiment";

/// The values of one metric (with one set of tags) for control and experiment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricSetPair {
    /// The metric's name in the configuration.
    pub name: String,
    /// The pair's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What tells this pair from others of the metric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// The values of [`CONTROL`] and [`EXPERIMENT`], one a step; a gap is NaN, `"NaN"` in JSON. `null` is read as 0.
    #[serde(with = "number::lists")]
    pub values: BTreeMap<String, Vec<f64>>,
    /// From when they are, by the same names; the judge does not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<BTreeMap<String, MetricSetScope>>,
    /// What the metrics store said, by the same names; the judge does not ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<String, BTreeMap<String, String>>>,
}

/// When a series begins, and how far its values are apart. Source: upstream's `MetricSetPair.MetricSetScope`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricSetScope {
    /// When the first value is of, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time_iso: Option<String>,
    /// The same, in milliseconds since 1970.
    pub start_time_millis: i64,
    /// Milliseconds from one value to the next.
    pub step_millis: i64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_upstreams() {
        let json = json!({
            "name": "errors", "id": "1", "tags": {"zone": "a"},
            "values": {"control": [1.0, "NaN"], "experiment": [2.5, "Infinity"]},
            "scopes": {"control": {"startTimeIso": "2026-01-01T00:00:00Z", "startTimeMillis": 1, "stepMillis": 60000}},
            "attributes": {"control": {"query": "q"}},
        });
        let pair = MetricSetPair::deserialize(&json).unwrap();
        assert_eq!(serde_json::to_value(pair).unwrap(), json);
        let bare = MetricSetPair { name: "m".into(), ..MetricSetPair::default() };
        assert_eq!(serde_json::to_value(&bare).unwrap(), json!({"name": "m", "values": {}}));
    }
}
