//! What was read and what nobody read: the entries of `gennaker config check` and the warnings at start.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use crate::origin::Origin;

/// A setting that a service uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The service that reads it.
    pub service: String,
    /// The key as the service spells it.
    pub key: String,
    /// The value in force, secrets masked; `None` if there is none.
    pub value: Option<String>,
    /// Where it was set.
    pub origin: Origin,
}

/// Something in the configuration that an operator should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Where it stands.
    pub origin: Origin,
    /// The key.
    pub key: String,
    /// What is the matter.
    pub problem: Problem,
}

/// What is the matter with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No service reads it; of a section that nobody reads, the section.
    UnknownKey {
        /// A known key that it is close to.
        suggestion: Option<String>,
    },
    /// The same file sets it in two spellings or two places; this one counts.
    SetTwice {
        /// The place that does not count.
        ignored: Origin,
    },
    /// A property of Spring that is not read.
    Unsupported {
        /// What to do instead.
        advice: &'static str,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Warning { origin, key, problem } = self;
        match problem {
            Problem::UnknownKey { suggestion: Some(known) } => {
                write!(formatter, "{origin}: unknown key `{key}` has no effect; did you mean `{known}`?")
            }
            Problem::UnknownKey { suggestion: None } => {
                write!(formatter, "{origin}: unknown key `{key}` has no effect; remove it or correct it")
            }
            Problem::SetTwice { ignored } => {
                write!(formatter, "{origin}: `{key}` is set here and at {ignored}, which has no effect; remove one")
            }
            Problem::Unsupported { advice } => {
                write!(formatter, "{origin}: `{key}` is not supported and has no effect; {advice}")
            }
        }
    }
}

/// A key that a binding met and did not know.
#[derive(Debug, Clone)]
pub(crate) struct Unknown {
    pub(crate) warning: Warning,
    /// The source and the uniform key, as in [`Ledger::known`].
    pub(crate) place: (Arc<str>, String),
}

/// The notes of all services.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// By service and uniform key.
    entries: BTreeMap<(String, String), Entry>,
    warnings: Vec<Warning>,
    unknown: Vec<Unknown>,
    /// The places that somebody reads: the source's name and the uniform key.
    known: BTreeSet<(Arc<str>, String)>,
}

impl Ledger {
    /// Notes that a setting is used; the last reader of a service says how.
    pub(crate) fn entry(&mut self, uniform: String, entry: Entry) {
        self.entries.insert((entry.service.clone(), uniform), entry);
    }

    /// Notes a warning, once.
    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Notes places that are read and keys that are not.
    pub(crate) fn places(&mut self, known: Vec<(Arc<str>, String)>, unknown: Vec<Unknown>) {
        self.known.extend(known);
        self.unknown.extend(unknown);
    }

    /// The settings in use, by service and key.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.values().cloned().collect()
    }

    /// The warnings by place, each once. A key of a shared file that one service does not know and another reads
    /// is no warning.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let mut all = self.warnings.clone();
        for unknown in &self.unknown {
            let repeated = all.iter().any(|one| one.origin == unknown.warning.origin && one.key == unknown.warning.key);
            if !repeated && !self.is_read(&unknown.place) {
                all.push(unknown.warning.clone());
            }
        }
        all.sort_by(|left, right| (&left.origin, &left.key).cmp(&(&right.origin, &right.key)));
        all
    }

    /// Whether somebody reads the place or something below it.
    pub(crate) fn is_read(&self, place: &(Arc<str>, String)) -> bool {
        let next = self.known.range(place.clone()..).next();
        next.is_some_and(|(source, key)| *source == place.0 && key.starts_with(&place.1))
    }
}
