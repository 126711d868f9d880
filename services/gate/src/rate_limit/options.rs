//! `rate-limit` in `gate.yml`, upstream's keys and defaults.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ANONYMOUS, DECK};

/// The settings under `rate-limit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Options {
    /// Whether requests are counted; off by default.
    pub enabled: bool,
    /// Whether too many requests are only written to the log; on by default.
    pub learning: bool,
    /// How many requests a caller has for each window, 60 by default.
    pub capacity: u32,
    /// How long a window is in seconds, 10 by default.
    pub rate_seconds: u32,
    /// Other capacities, by caller.
    pub capacity_by_principal: Vec<PrincipalOverride>,
    /// Other capacities, by what callers name in `X-RateLimit-App`; enforced only for those whom `enforcing` lists as
    /// `app:<name>`.
    pub capacity_by_source_app: Vec<AppOverride>,
    /// Other lengths of windows, by caller.
    pub rate_seconds_by_principal: Vec<PrincipalOverride>,
    /// Callers who are refused although `learning` is on.
    pub enforcing: Vec<String>,
    /// Callers who are not refused although `learning` is off.
    pub ignoring: Vec<String>,
}

/// A number for one caller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrincipalOverride {
    /// The caller.
    pub principal: String,
    /// The number.
    #[serde(rename = "override")]
    pub number: u32,
}

/// A number for one application that calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppOverride {
    /// What it names itself, in any case.
    pub source_app: String,
    /// The number.
    #[serde(rename = "override")]
    pub number: u32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            enabled: false,
            learning: true,
            capacity: 60,
            rate_seconds: 10,
            capacity_by_principal: Vec::new(),
            capacity_by_source_app: Vec::new(),
            rate_seconds_by_principal: Vec::new(),
            enforcing: Vec::new(),
            ignoring: Vec::new(),
        }
    }
}

/// The limit of one caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) capacity: u32,
    pub(super) window: Duration,
    pub(super) learning: bool,
}

impl Options {
    /// Whether requests of who names itself so are counted.
    pub(super) fn counts(&self, app: Option<&str>) -> bool {
        !app.is_some_and(|app| app.eq_ignore_ascii_case(DECK)) || self.enforces_app(DECK)
    }

    /// The limit of a caller; upstream has one entry for all that are anonymous.
    pub(super) fn limit(&self, principal: &str, app: Option<&str>) -> Limit {
        let name = if principal.starts_with(ANONYMOUS) { ANONYMOUS } else { principal };
        let of = |entries: &[PrincipalOverride]| {
            entries.iter().find(|entry| entry.principal == name).map(|entry| entry.number)
        };
        let of_app = app.and_then(|app| {
            let found = self.capacity_by_source_app.iter().find(|entry| entry.source_app.eq_ignore_ascii_case(app));
            found.map(|entry| (app, entry.number))
        });
        let learning = match of_app {
            Some((app, _)) => !self.enforces_app(app),
            None => {
                !self.enforcing.iter().any(|entry| entry == name)
                    && (self.learning || self.ignoring.iter().any(|entry| entry == name))
            }
        };
        let capacity = of(&self.capacity_by_principal).or(of_app.map(|(_, number)| number)).unwrap_or(self.capacity);
        let seconds = of(&self.rate_seconds_by_principal).unwrap_or(self.rate_seconds).max(1);
        Limit { capacity, window: Duration::from_secs(seconds.into()), learning }
    }

    fn enforces_app(&self, app: &str) -> bool {
        self.enforcing.iter().any(|entry| *entry == format!("app:{}", app.to_lowercase()))
    }
}
