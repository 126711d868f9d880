//! A recorded execution: run through today's planner again, compared with what is stored, and kept as a file that is a test case.
//!
//! A [`Case`] needs nothing but itself: the execution as it was accepted, everything that happened, and the execution that came of
//! it. `GET /pipelines/{id}/replay?export=true` makes one; `gennaker execution replay --file` and the tests in
//! `tests/it/replays/` run it.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let case = gennaker_orca::recording::Case::read(&std::fs::read_to_string("case.json")?)?;
//! assert!(case.rerun()?.same);
//! # Ok(())
//! # }
//! ```
//!
//! What comes of a rerun depends on the file and the planner alone. It is not a judgment on which of the two is right: a planner
//! that was mended does decide differently.

mod compare;
mod redact;

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, IgnoredEvent, Replayed};
use serde::{Deserialize, Serialize};

pub use self::redact::NotRedacted;
use crate::planner::{
    Event, State,
    replay::{self, Recorded, Replay},
};

/// The format of the files that this version writes, and the highest that it reads.
const FORMAT: u32 = 1;

/// Why a file is no case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not JSON, or has another shape.
    #[error("it is no recorded execution: {0}; export one with `gennaker execution replay ID --export FILE`")]
    Shape(#[from] serde_json::Error),
    /// A newer version wrote it.
    #[error("it has the format {0}, and this version reads up to {FORMAT}: use the version that wrote it")]
    Format(u32),
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseEvent {
    /// Its number in the execution, from 1.
    pub number: u64,
    /// When it was taken into the state.
    pub at: Timestamp,
    /// The epoch of the owner that recorded it; `None` for the creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// What happened.
    pub what: Event,
}

/// A recorded execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    /// The file's format.
    pub format: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// The execution without its stages, which the first event has.
    pub head: Execution,
    /// Everything that happened, the first one first.
    pub events: Vec<CaseEvent>,
    /// The execution that came of it.
    pub expected: Execution,
}

impl Case {
    /// The case of these events and the execution that came of them.
    pub fn new(expected: Execution, events: Vec<CaseEvent>) -> Self {
        let head = Execution { stages: Vec::new(), ..expected.clone() };
        Case { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), head, events, expected }
    }

    /// The case in a file.
    ///
    /// # Errors
    /// If the text is no case, or one of a newer version.
    pub fn read(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Formatted {
            format: u32,
        }
        // The format first: a newer one may have another shape.
        let Formatted { format } = serde_json::from_str(text)?;
        if format > FORMAT {
            return Err(Error::Format(format));
        }
        Ok(serde_json::from_str(text)?)
    }

    /// Runs it through today's planner, and compares what comes of it with what it expects.
    ///
    /// # Errors
    /// If the events do not begin with the execution's acceptance.
    pub fn rerun(&self) -> Result<Replayed, replay::Error> {
        let replay = replay::replay(&self.head, &self.recorded(), None)?;
        Ok(outcome(&self.recorded(), &replay, compare::executions(&self.expected, &replay.state.to_execution())))
    }

    /// The same case without the texts that the pipeline's author, its users and its services put in: each has a placeholder,
    /// equal texts the same one. Names, types, ids, the keys of objects, numbers and `true` or `false` stay.
    ///
    /// # Errors
    /// If it would not replay as this one does.
    pub fn redacted(&self) -> Result<Case, NotRedacted> {
        redact::redacted(self)
    }

    fn recorded(&self) -> Vec<Recorded> {
        let events = self.events.iter();
        events.map(|event| Recorded { sequence: event.number, at: event.at, event: event.what.clone() }).collect()
    }
}

/// What came of replaying these events: `stored` is the state in the store.
pub(crate) fn replayed(events: &[Recorded], replay: &Replay, stored: &State) -> Replayed {
    outcome(events, replay, compare::states(stored, &replay.state))
}

fn outcome(events: &[Recorded], replay: &Replay, difference: Option<gennaker_wire::Difference>) -> Replayed {
    let ignored = events.iter().filter(|event| replay.ignored.contains(&event.sequence));
    let ignored: Vec<IgnoredEvent> = ignored
        .map(|recorded| IgnoredEvent {
            number: recorded.sequence,
            at: recorded.at,
            kind: recorded.event.kind().to_owned(),
            stage: stage_of(&recorded.event).map(str::to_owned),
        })
        .collect();
    Replayed { events: events.len() as u64, same: ignored.is_empty() && difference.is_none(), ignored, difference }
}

/// The stage that an event is about, commands left out.
pub(crate) fn stage_of(event: &Event) -> Option<&str> {
    match event {
        Event::Composed { stage, .. }
        | Event::Skipped { stage, .. }
        | Event::ComposedAfter { stage, .. }
        | Event::ComposedOnFailure { stage, .. }
        | Event::Stepped { stage, .. }
        | Event::TimedOut { stage, .. }
        | Event::CleanedUp { stage, .. }
        | Event::Nudged { stage } => Some(stage),
        Event::Accepted { .. } | Event::Begin | Event::Woken | Event::Recovered | Event::Signalled(_) => None,
    }
}

#[cfg(test)]
pub(crate) mod script;
#[cfg(test)]
mod tests;
