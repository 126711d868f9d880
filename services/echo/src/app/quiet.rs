//! The quiet period: when pipelines that respect it are not started by certain triggers.
//!
//! Upstream: `QuietPeriodIndicator`, and its properties.

use gennaker_base::Timestamp;
use serde::Serialize;

use crate::QuietPeriod;

/// What stands for an end that is not set, or cannot be read.
const NEVER: i64 = -1;

/// The period, read.
#[derive(Debug, Clone)]
pub(crate) struct Quiet {
    enabled: bool,
    start: i64,
    end: i64,
    suppressed: Vec<String>,
}

/// The answer to whether it is quiet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuietNow {
    /// Whether there is a period.
    enabled: bool,
    /// Whether it is now.
    in_quiet_period: bool,
    /// Its first millisecond; -1 if there is none.
    start_time: i64,
    /// Its last millisecond; -1 if there is none.
    end_time: i64,
}

impl Quiet {
    /// The period of the configuration. A time that cannot be read is a warning, and makes no period.
    pub(crate) fn new(options: &QuietPeriod) -> Quiet {
        let (start, end) = (millis("start-iso", &options.start_iso), millis("end-iso", &options.end_iso));
        let enabled = options.enabled && start > 0 && end > 0;
        Quiet { enabled, start, end, suppressed: options.suppressed_trigger_types.clone() }
    }

    /// What clients are told.
    pub(crate) fn at(&self, now: Timestamp) -> QuietNow {
        QuietNow {
            enabled: self.enabled,
            in_quiet_period: self.is_quiet(now),
            start_time: self.start,
            end_time: self.end,
        }
    }

    /// Whether a trigger of this type starts nothing now that respects the period.
    pub(crate) fn suppresses(&self, now: Timestamp, trigger_type: &str) -> bool {
        self.is_quiet(now) && self.suppressed.iter().any(|suppressed| suppressed.eq_ignore_ascii_case(trigger_type))
    }

    fn is_quiet(&self, now: Timestamp) -> bool {
        self.enabled && (self.start..=self.end).contains(&now.millis())
    }
}

fn millis(key: &str, text: &str) -> i64 {
    if text.is_empty() {
        return NEVER;
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => time.as_millisecond(),
        Err(error) => {
            tracing::warn!(
                "quiet-period.{key} is no time as 2026-12-24T00:00:00Z, so there is no quiet period: {error}"
            );
            NEVER
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(start: &str, end: &str) -> Quiet {
        Quiet::new(&QuietPeriod {
            start_iso: start.to_owned(),
            end_iso: end.to_owned(),
            suppressed_trigger_types: vec!["cron".to_owned()],
            ..QuietPeriod::default()
        })
    }

    #[test]
    fn a_period_has_two_ends() {
        let at = |millis| Timestamp::from_millis(millis);
        let period = quiet("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z");
        assert!(period.suppresses(at(1000), "CRON") && period.suppresses(at(2000), "cron"));
        assert!(!period.suppresses(at(999), "cron") && !period.suppresses(at(2001), "cron"));
        assert!(!period.suppresses(at(1500), "webhook"));
        assert!(period.at(at(1500)).in_quiet_period);
    }

    #[test]
    fn without_both_there_is_none() {
        let none = QuietNow { enabled: false, in_quiet_period: false, start_time: 1000, end_time: -1 };
        for end in ["", "tomorrow"] {
            assert_eq!(quiet("1970-01-01T00:00:01Z", end).at(Timestamp::from_millis(1500)), none);
        }
    }
}
