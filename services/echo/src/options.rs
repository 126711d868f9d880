//! What can be configured.

use serde::{Deserialize, Serialize};

/// The configuration of echo. Each group stands under upstream's key, so that whoever starts the service sets it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// When nothing is started by itself: `quietPeriod`.
    #[serde(skip)]
    pub quiet_period: QuietPeriod,
}

/// A time in which pipelines that respect it are not started by certain triggers: `quietPeriod`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuietPeriod {
    /// Whether there is one, if both its ends are set; true by default.
    pub enabled: bool,
    /// Its first moment, as `2026-12-24T00:00:00Z`.
    pub start_iso: String,
    /// Its last moment.
    pub end_iso: String,
    /// The types of triggers that do not start anything then; none by default.
    pub suppressed_trigger_types: Vec<String>,
}

impl Default for QuietPeriod {
    fn default() -> Self {
        QuietPeriod {
            enabled: true,
            start_iso: String::new(),
            end_iso: String::new(),
            suppressed_trigger_types: Vec::new(),
        }
    }
}
