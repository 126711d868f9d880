//! Running a recorded execution through the planner again: as it was at any moment, and whether it would be decided so today.
//!
//! The first event of an execution holds its stages as they were accepted, every other one what happened; so the events alone make
//! the state again. What changes only outside the planner (its store, its services) takes no part.
//!
//! It says where the planner, as it is now, would not have done what was recorded: an event that it would not have waited for,
//! and, at the end, a state that is not the stored one. It does not say which of the two is right.

use gennaker_base::Timestamp;
use gennaker_wire::{Execution, Status};

use super::{Action, Event, State, plan};

/// Why a recording cannot be replayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There are no events.
    #[error("nothing is recorded of it; it may be older than its events are kept")]
    Empty,
    /// The first event does not hold the stages.
    #[error("its first event is {0:?} and not \"accepted\": it was recorded by a version that cannot be replayed")]
    NotFromTheStart(&'static str),
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its number in the execution, from 1.
    pub sequence: u64,
    /// When it was taken into the state.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What came of a replay.
#[derive(Debug)]
pub struct Replay {
    /// The state after the last event.
    pub state: State,
    /// The numbers of the events that the planner would not have waited for: they changed nothing.
    pub ignored: Vec<u64>,
}

/// Runs the events through the planner, those up to `until` if that is given. `head` is the execution as it is stored, at whatever
/// moment: what its run changed in it is taken back first.
///
/// # Errors
/// If the events do not begin with the execution's acceptance.
pub fn replay(head: &Execution, events: &[Recorded], until: Option<Timestamp>) -> Result<Replay, Error> {
    retrace(head, events, until, |_, _, _| {})
}

/// The same, and tells `watch` of each event with the state after it and what was to be done then.
///
/// # Errors
/// As [`replay`].
pub fn retrace(
    head: &Execution,
    events: &[Recorded],
    until: Option<Timestamp>,
    mut watch: impl FnMut(&Recorded, &State, &[Action]),
) -> Result<Replay, Error> {
    let first = events.first().ok_or(Error::Empty)?;
    let Event::Accepted { stages, .. } = &first.event else {
        return Err(Error::NotFromTheStart(first.event.kind()));
    };
    let mut state = State::new(Execution { stages: stages.clone(), ..accepted(head) });
    let mut ignored = Vec::new();
    for (number, recorded) in events.iter().enumerate() {
        // It was accepted at its beginning, whatever the clocks of two nodes say.
        if number > 0 && until.is_some_and(|until| recorded.at > until) {
            break;
        }
        let before = state.revision();
        let actions = plan(&mut state, recorded.event.clone(), recorded.at);
        let expected = matches!(recorded.event, Event::Accepted { .. } | Event::Signalled(_));
        if !expected && state.revision() == before && actions.is_empty() {
            ignored.push(recorded.sequence);
        }
        watch(recorded, &state, &actions);
    }
    Ok(Replay { state, ignored })
}

/// The execution as it was accepted.
fn accepted(head: &Execution) -> Execution {
    Execution {
        status: Status::NotStarted,
        start_time: None,
        end_time: None,
        canceled: false,
        canceled_by: None,
        cancellation_reason: None,
        paused: None,
        ..head.clone()
    }
}
