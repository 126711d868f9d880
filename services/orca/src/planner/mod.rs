//! The pure core: [`plan`] decides everything that happens in an execution.
//!
//! `plan(state, event, now) -> actions`: which stage starts, which task runs next, what a failure does to the graph, when it
//! is over. It does no I/O and has no clock. The engine records the state that it leaves behind, and only then performs the
//! actions; each action comes back as an event. The events are recorded too, so an execution can be replayed.
//!
//! ```text
//! event        Begin | Composed | Skipped | ComposedAfter | ComposedOnFailure | Stepped | Woken | Recovered | Signalled
//! action       Compose | ComposeAfter | ComposeOnFailure | Step | Abandon
//! phase of a   Waiting -> Composing -> Before -> Tasks -> ComposingAfter -> After -> Done
//!   stage                                        `-----> ComposingOnFailure -> OnFailure -> Done
//! ```
//!
//! A stage whose before-stage failed although the pipeline goes on leaves out its tasks: from `Before` it turns to
//! `ComposingAfter`.
//!
//! The rules (what a failed stage does to its branch and to the whole, when a join starts, what a cancellation leaves) are
//! upstream's: `StartStageHandler`, `CompleteTaskHandler`, `CompleteStageHandler`, `CompleteExecutionHandler` and
//! `StageExecution.failureStatus`.

mod event;
mod flow;
mod outcome;
mod signal;
mod state;
mod step;
mod synthetic;
#[cfg(test)]
mod tests;

use gennaker_base::Timestamp;

pub use self::{
    event::{Action, Event, Signal},
    state::{Phase, Run, StageState, State, TaskRun, Wake},
};

/// Takes one event into the state and returns what is to be done now. Nothing is to be done once the execution is over.
///
/// An event that comes too late (a step of a task that was abandoned, a composition of a stage that was cancelled) changes
/// nothing.
pub fn plan(state: &mut State, event: Event, now: Timestamp) -> Vec<Action> {
    let mut actions = Vec::new();
    match event {
        Event::Begin => flow::begin(state, now),
        Event::Composed { stage, generation, evaluated, result } => {
            step::composed(state, &stage, generation, evaluated, result, now);
        }
        Event::Skipped { stage, generation } => step::skipped(state, &stage, generation, now),
        Event::ComposedAfter { stage, generation, result } => {
            step::composed_around(state, &stage, generation, Phase::ComposingAfter, result, now);
        }
        Event::ComposedOnFailure { stage, generation, result } => {
            step::composed_around(state, &stage, generation, Phase::ComposingOnFailure, result, now);
        }
        Event::Stepped { stage, generation, task, evaluated, result } => {
            step::stepped(state, &stage, generation, &task, evaluated, result, now);
        }
        Event::Woken => step::woken(state, now, &mut actions),
        Event::Recovered => step::recovered(state, &mut actions),
        Event::Signalled(signal) => signal::take(state, signal, now, &mut actions),
    }
    flow::advance(state, now, &mut actions);
    actions
}
