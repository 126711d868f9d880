//! The pure core: [`plan`] decides everything that happens in an execution.
//!
//! `plan(state, event, now) -> actions`: which stage starts, which task runs next, what a failure does to the graph, when it
//! is over. It does no I/O and has no clock. The engine records the state that it leaves behind, and only then performs the
//! actions; each action comes back as an event. The events are recorded too, so an execution can be replayed.
//!
//! ```text
//! event        Accepted | Begin | Composed | Skipped | ComposedAfter | ComposedOnFailure | Stepped | TimedOut | CleanedUp
//!              | Nudged | Woken | Recovered | Signalled
//! action       Compose | ComposeAfter | ComposeOnFailure | Step | TimeOut | CleanUp | Abandon
//! phase of a   Waiting -> Composing -> Before -> Tasks -> ComposingAfter -> After -> Done
//!   stage                                        `-----> ComposingOnFailure -> OnFailure -> CleaningUp -> Done
//! ```
//!
//! A stage that halts, or is cancelled, passes `CleaningUp` only if it has something to undo.
//!
//! A stage whose before-stage failed although the pipeline goes on leaves out its tasks: from `Before` it turns to
//! `ComposingAfter`.
//!
//! The rules (what a failed stage does to its branch and to the whole, when a join starts, what a cancellation leaves) are
//! upstream's: `StartStageHandler`, `CompleteTaskHandler`, `CompleteStageHandler`, `CompleteExecutionHandler` and
//! `StageExecution.failureStatus`.

mod cleanup;
mod event;
mod family;
mod flow;
mod outcome;
mod phase;
pub mod replay;
mod restart;
mod signal;
mod state;
mod step;
mod synthetic;
#[cfg(test)]
mod tests;
mod timing;

use gennaker_base::Timestamp;

pub(crate) use self::step::{CLUSTER_HELD, NO_SUCH_STAGE};
pub use self::{
    event::{Action, CleanUp, Event, Signal},
    phase::Phase,
    restart::restarted,
    state::{Changes, Run, StageState, State, TaskRun, Wake},
};

/// Takes one event into the state and returns what is to be done now. Nothing is to be done once the execution is over.
///
/// An event that comes too late (a step of a task that was abandoned, a composition of a stage that was cancelled) changes
/// nothing.
pub fn plan(state: &mut State, event: Event, now: Timestamp) -> Vec<Action> {
    let mut actions = Vec::new();
    match event {
        Event::Accepted { begins: true, .. } | Event::Begin => flow::begin(state, now),
        Event::Accepted { begins: false, .. } => {}
        Event::Composed { stage, generation, evaluated, result } => {
            step::composed(state, &stage, generation, evaluated, result, now, &mut actions);
        }
        Event::Skipped { stage, generation } => step::skipped(state, &stage, generation, now),
        Event::ComposedAfter { stage, generation, result } => {
            step::composed_around(state, &stage, generation, Phase::ComposingAfter, result, now, &mut actions);
        }
        Event::ComposedOnFailure { stage, generation, result } => {
            step::composed_around(state, &stage, generation, Phase::ComposingOnFailure, result, now, &mut actions);
        }
        Event::Stepped { stage, generation, task, evaluated, result } => {
            step::stepped(state, &stage, generation, &task, evaluated, result, now);
        }
        Event::TimedOut { stage, generation, task, result } => {
            step::timed_out(state, &stage, generation, &task, result, now);
        }
        Event::CleanedUp { stage, generation, result } => {
            cleanup::cleaned_up(state, &stage, generation, result, now);
        }
        Event::Nudged { stage } => step::nudged(state, &stage, &mut actions),
        Event::Woken => step::woken(state, now, &mut actions),
        Event::Recovered => step::recovered(state, &mut actions),
        Event::Signalled(signal) => signal::take(state, signal, now, &mut actions),
    }
    flow::advance(state, now, &mut actions);
    actions
}
